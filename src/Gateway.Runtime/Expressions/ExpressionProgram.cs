using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Expressions;

/// <summary>Operations of the stack machine.</summary>
public enum ExpressionOpcode : byte
{
    /// <summary>Push a constant.</summary>
    Constant,
    /// <summary>Push the value and quality of a tag.</summary>
    Load,
    /// <summary>Push 1 when the tag is good, else 0; the result itself is always good.</summary>
    IsGood,
    /// <summary>a + b.</summary>
    Add,
    /// <summary>a − b.</summary>
    Subtract,
    /// <summary>a × b.</summary>
    Multiply,
    /// <summary>a ÷ b; division by zero is not a number and makes the result bad.</summary>
    Divide,
    /// <summary>−a.</summary>
    Negate,
    /// <summary>The smaller.</summary>
    Min,
    /// <summary>The larger.</summary>
    Max,
    /// <summary>Absolute value.</summary>
    Abs,
    /// <summary>Square root; of a negative number it is not a number.</summary>
    Sqrt,
    /// <summary>a &lt; b as 1 or 0.</summary>
    Less,
    /// <summary>a ≤ b as 1 or 0.</summary>
    LessOrEqual,
    /// <summary>a = b as 1 or 0.</summary>
    Equal,
    /// <summary>a ≠ b as 1 or 0.</summary>
    NotEqual,
    /// <summary>Both not zero.</summary>
    And,
    /// <summary>Either not zero.</summary>
    Or,
    /// <summary>1 when zero.</summary>
    Not,
    /// <summary>condition, a, b → a when the condition is not zero, else b; only the chosen one's quality counts.</summary>
    Select,
    /// <summary>a, n → bit n (0 to 63) of the integer a.</summary>
    Bit,
}

/// <summary>One step of a program.</summary>
/// <param name="Opcode">What to do.</param>
/// <param name="Tag">Index of the tag for Load and IsGood.</param>
/// <param name="Constant">Number for Constant.</param>
public readonly record struct ExpressionStep(ExpressionOpcode Opcode, int Tag = -1, double Constant = 0);

/// <summary>
/// A calculation in postfix form, compiled and unit-checked at load and run each scan on a fixed stack. The quality of
/// the result is the worst of its needed inputs, its source time the oldest of them. Immutable.
/// </summary>
public sealed class ExpressionProgram
{
    /// <summary>Deepest stack a program may need.</summary>
    public const int MaxDepth = 32;

    /// <summary>Makes a program from checked steps.</summary>
    internal ExpressionProgram(string source, ExpressionStep[] steps, int[] inputs)
    {
        Source = source;
        Steps = steps;
        Inputs = inputs;
    }

    /// <summary>The text it was compiled from.</summary>
    public string Source { get; }

    /// <summary>The postfix steps.</summary>
    public ExpressionStep[] Steps { get; }

    /// <summary>Index of each tag the program reads.</summary>
    public int[] Inputs { get; }

    /// <summary>Runs the program; allocates nothing.</summary>
    /// <param name="tags">Live values.</param>
    /// <param name="quality">Worst quality of the needed inputs; bad when the result is not a number.</param>
    /// <param name="sourceTime">Oldest source time of the needed inputs, UTC ticks; <see cref="long.MaxValue"/> for a constant expression.</param>
    /// <returns>The value; not a number when an input or the arithmetic gave none.</returns>
    public double Run(TagTable tags, out Quality quality, out long sourceTime)
    {
        Span<Cell> stack = stackalloc Cell[MaxDepth];
        int top = -1;
        foreach (ref readonly ExpressionStep step in Steps.AsSpan())
            Execute(in step, tags, stack, ref top);
        Cell result = stack[top];
        quality = result.Quality;
        sourceTime = result.Time;
        if (!quality.IsBad && !double.IsFinite(result.Value))
            quality = Quality.BadDecodingError;
        return result.Value;
    }

    private static void Execute(in ExpressionStep step, TagTable tags, Span<Cell> stack, ref int top)
    {
        switch (step.Opcode)
        {
            case ExpressionOpcode.Constant:
                stack[++top] = new Cell(step.Constant, Quality.Good, long.MaxValue);
                return;
            case ExpressionOpcode.Load:
                ref readonly TagValue value = ref tags[step.Tag];
                stack[++top] = new Cell(value.Value, value.Quality, value.SourceTime);
                return;
            case ExpressionOpcode.IsGood:
                stack[++top] = new Cell(tags[step.Tag].Quality.IsGood ? 1 : 0, Quality.Good, tags[step.Tag].SourceTime);
                return;
            case ExpressionOpcode.Negate:
            case ExpressionOpcode.Abs:
            case ExpressionOpcode.Sqrt:
            case ExpressionOpcode.Not:
                stack[top].Value = Unary(step.Opcode, stack[top].Value);
                return;
            case ExpressionOpcode.Select:
                Cell condition = stack[top - 2], chosen = condition.Value != 0 ? stack[top - 1] : stack[top];
                top -= 2;
                stack[top] = new Cell(chosen.Value, Quality.Worst(condition.Quality, chosen.Quality), Math.Min(condition.Time, chosen.Time));
                return;
            default:
                Cell right = stack[top--];
                ref Cell left = ref stack[top];
                left = new Cell(Binary(step.Opcode, left.Value, right.Value), Quality.Worst(left.Quality, right.Quality), Math.Min(left.Time, right.Time));
                return;
        }
    }

    private static double Unary(ExpressionOpcode opcode, double a) => opcode switch
    {
        ExpressionOpcode.Negate => -a,
        ExpressionOpcode.Abs => Math.Abs(a),
        ExpressionOpcode.Sqrt => Math.Sqrt(a),
        _ => double.IsNaN(a) ? double.NaN : a == 0 ? 1 : 0,
    };

    private static double Binary(ExpressionOpcode opcode, double a, double b)
    {
        // A comparison with something that is not a number has no answer; false would be invented.
        if (double.IsNaN(a) || double.IsNaN(b))
            return double.NaN;
        return opcode switch
        {
            ExpressionOpcode.Add => a + b,
            ExpressionOpcode.Subtract => a - b,
            ExpressionOpcode.Multiply => a * b,
            ExpressionOpcode.Divide => b == 0 ? double.NaN : a / b,
            ExpressionOpcode.Min => Math.Min(a, b),
            ExpressionOpcode.Max => Math.Max(a, b),
            ExpressionOpcode.Less => a < b ? 1 : 0,
            ExpressionOpcode.LessOrEqual => a <= b ? 1 : 0,
            ExpressionOpcode.Equal => a == b ? 1 : 0,
            ExpressionOpcode.NotEqual => a != b ? 1 : 0,
            ExpressionOpcode.And => a != 0 && b != 0 ? 1 : 0,
            ExpressionOpcode.Or => a != 0 || b != 0 ? 1 : 0,
            ExpressionOpcode.Bit => b is >= 0 and < 64 && Math.Abs(a) < 9.2e18 ? ((long)a >> (int)b) & 1 : double.NaN,
            _ => double.NaN,
        };
    }

    private struct Cell(double value, Quality quality, long time)
    {
        public double Value = value;
        public Quality Quality = quality;
        public long Time = time;
    }
}
