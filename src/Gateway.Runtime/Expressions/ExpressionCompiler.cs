using System.Globalization;

namespace Gateway.Runtime.Expressions;

/// <summary>Why an expression was refused.</summary>
/// <param name="Position">Place in the text, from 0.</param>
/// <param name="Text">Cause and cure.</param>
public sealed record ExpressionError(int Position, string Text);

/// <summary>Finds a tag by name while an expression is compiled.</summary>
/// <param name="name">Name in the text.</param>
/// <param name="index">Index of the tag.</param>
/// <param name="unit">Its engineering unit as text.</param>
/// <returns>False when there is no such tag.</returns>
public delegate bool ExpressionTagResolver(string name, out int index, out string unit);

/// <summary>
/// Compiles infix text to a postfix program and checks its units. <c>+ - &lt; = min max if</c> need equal dimensions and
/// convert the factor of the right side; a plain number takes the other side's unit; the result is converted to the
/// declared unit, so <c>EFF_FIT_601 * EFF_AIT_603</c> in m3/h and mg/L declared as kg/d needs no factor by hand.
/// Grammar, loosest first: <c>or</c>, <c>and</c>, comparison, <c>+ -</c>, <c>* /</c>, unary <c>- not</c>, call or name or number.
/// </summary>
public sealed class ExpressionCompiler
{
    private const int MaxNesting = 64;
    private readonly string _text;
    private readonly ExpressionTagResolver _resolve;
    private readonly List<ExpressionStep> _steps = [];
    private readonly List<int> _inputs = [];
    private int _at;
    private int _nesting;
    private ExpressionError? _error;

    private ExpressionCompiler(string text, ExpressionTagResolver resolve)
    {
        _text = text;
        _resolve = resolve;
    }

    /// <summary>What an operand is: its unit, and whether it is a plain number that takes the unit of its neighbor.</summary>
    private readonly record struct Operand(Unit Unit, bool Plain);

    /// <summary>Compiles <paramref name="text"/> for a tag whose unit is <paramref name="resultUnit"/>.</summary>
    /// <returns>The program, or null with the error.</returns>
    public static ExpressionProgram? Compile(string text, string resultUnit, ExpressionTagResolver resolve, out ExpressionError? error)
    {
        var compiler = new ExpressionCompiler(text, resolve);
        Operand result = compiler.Or();
        compiler.Space();
        if (compiler._error is null && compiler._at < text.Length)
            compiler.Fail($"unexpected '{text[compiler._at]}'");
        if (compiler._error is null)
            compiler.ConvertResult(result, resultUnit);
        if (compiler._error is null && compiler.Depth() > ExpressionProgram.MaxDepth)
            compiler.Fail($"the expression nests deeper than {ExpressionProgram.MaxDepth} values; split it into two tags");
        error = compiler._error;
        return error is null ? new ExpressionProgram(text, [.. compiler._steps], [.. compiler._inputs]) : null;
    }

    private void ConvertResult(Operand result, string resultUnit)
    {
        if (!Unit.TryParse(resultUnit, out Unit wanted, out string unknown))
            Fail($"the unit '{resultUnit}' has the unknown symbol '{unknown}'");
        else if (!result.Plain && !result.Unit.SameDimension(wanted))
            Fail($"the expression gives {result.Unit}, but the tag's unit '{resultUnit}' is {wanted}");
        else if (!result.Plain)
            Scale(result.Unit.Factor / wanted.Factor);
    }

    private Operand Or()
    {
        Operand left = And();
        while (_error is null && Word("or"))
            left = Logic(left, And(), ExpressionOpcode.Or);
        return left;
    }

    private Operand And()
    {
        Operand left = Comparison();
        while (_error is null && Word("and"))
            left = Logic(left, Comparison(), ExpressionOpcode.And);
        return left;
    }

    private Operand Logic(Operand left, Operand right, ExpressionOpcode opcode)
    {
        if (!left.Unit.IsDimensionless || !right.Unit.IsDimensionless)
            Fail("'and', 'or' and 'not' need pure numbers; compare the value with a limit first");
        Emit(opcode);
        return new Operand(Unit.One, false);
    }

    private Operand Comparison()
    {
        Operand left = Sum();
        Space();
        foreach (var (sign, opcode, negated) in Comparisons)
        {
            if (_error is not null || !Sign(sign))
                continue;
            Match(left, Sum(), "compare");
            Emit(opcode);
            // a > b is not (a <= b), which keeps one opcode per meaning; NaN stays NaN through both steps.
            if (negated)
                Emit(ExpressionOpcode.Not);
            return new Operand(Unit.One, false);
        }
        return left;
    }

    private static readonly (string Sign, ExpressionOpcode Opcode, bool Negated)[] Comparisons =
    [
        ("<=", ExpressionOpcode.LessOrEqual, false),
        (">=", ExpressionOpcode.Less, true),
        ("<", ExpressionOpcode.Less, false),
        (">", ExpressionOpcode.LessOrEqual, true),
        ("==", ExpressionOpcode.Equal, false),
        ("!=", ExpressionOpcode.NotEqual, false),
    ];

    private Operand Sum()
    {
        Operand left = Product();
        while (_error is null)
        {
            ExpressionOpcode opcode;
            if (Sign("+"))
                opcode = ExpressionOpcode.Add;
            else if (Sign("-"))
                opcode = ExpressionOpcode.Subtract;
            else
                break;
            left = Match(left, Product(), opcode == ExpressionOpcode.Add ? "add" : "subtract");
            Emit(opcode);
        }
        return left;
    }

    private Operand Product()
    {
        Operand left = Unary();
        while (_error is null)
        {
            if (Sign("*"))
            {
                Operand right = Unary();
                Emit(ExpressionOpcode.Multiply);
                left = new Operand(Unit.Multiply(left.Unit, right.Unit), left.Plain && right.Plain);
            }
            else if (Sign("/"))
            {
                Operand right = Unary();
                Emit(ExpressionOpcode.Divide);
                left = new Operand(Unit.Divide(left.Unit, right.Unit), left.Plain && right.Plain);
            }
            else
            {
                break;
            }
        }
        return left;
    }

    private Operand Unary()
    {
        if (++_nesting > MaxNesting)
            return Fail("too many nested parts");
        try
        {
            if (Sign("-"))
            {
                Operand operand = Unary();
                Emit(ExpressionOpcode.Negate);
                return operand;
            }
            if (Word("not"))
            {
                Operand operand = Unary();
                if (!operand.Unit.IsDimensionless)
                    return Fail("'not' needs a pure number; compare the value with a limit first");
                Emit(ExpressionOpcode.Not);
                return new Operand(Unit.One, false);
            }
            return Primary();
        }
        finally
        {
            _nesting--;
        }
    }

    private Operand Primary()
    {
        Space();
        if (_error is not null)
            return default;
        if (_at >= _text.Length)
            return Fail("the expression ends where a value was expected");
        if (Sign("("))
        {
            Operand inner = Or();
            Expect(")");
            return inner;
        }
        char c = _text[_at];
        if (char.IsAsciiDigit(c) || c == '.')
            return Number();
        return char.IsAsciiLetter(c) || c == '_' ? NameOrCall() : Fail($"unexpected '{c}'");
    }

    private Operand Number()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.' || IsExponent(start)))
            _at++;
        string digits = _text[start.._at];
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            _at = start;
            return Fail($"'{digits}' is not a number");
        }
        _steps.Add(new ExpressionStep(ExpressionOpcode.Constant, Constant: value));
        return new Operand(Unit.One, true);
    }

    private bool IsExponent(int start)
    {
        char c = _text[_at];
        bool afterExponent = _at > start && _text[_at - 1] is 'e' or 'E';
        return c is 'e' or 'E' ? _at + 1 < _text.Length && (char.IsAsciiDigit(_text[_at + 1]) || _text[_at + 1] is '+' or '-') : afterExponent && c is '+' or '-';
    }

    private Operand NameOrCall()
    {
        int start = _at;
        string name = Name();
        Space();
        if (_at < _text.Length && _text[_at] == '(')
        {
            _at++;
            return Call(name, start);
        }
        return Load(name, start, ExpressionOpcode.Load);
    }

    private Operand Load(string name, int start, ExpressionOpcode opcode)
    {
        if (!_resolve(name, out int tag, out string unitText))
        {
            _at = start;
            return Fail($"tag '{name}' is not defined");
        }
        if (!Unit.TryParse(unitText, out Unit unit, out string unknown))
        {
            _at = start;
            return Fail($"the unit '{unitText}' of tag '{name}' has the unknown symbol '{unknown}'");
        }
        if (!_inputs.Contains(tag))
            _inputs.Add(tag);
        _steps.Add(new ExpressionStep(opcode, tag));
        return new Operand(opcode == ExpressionOpcode.IsGood ? Unit.One : unit, false);
    }

    private Operand Call(string name, int start)
    {
        switch (name)
        {
            case "abs": return Closed(Or(), ExpressionOpcode.Abs);
            case "sqrt":
                Operand radicand = Or();
                if (!radicand.Unit.IsDimensionless)
                    return Fail("'sqrt' needs a pure number; divide by a value of the same unit first");
                return Closed(radicand, ExpressionOpcode.Sqrt);
            case "min": return Fold(ExpressionOpcode.Min);
            case "max": return Fold(ExpressionOpcode.Max);
            case "good":
                Space();
                int at = _at;
                Operand loaded = Load(Name(), at, ExpressionOpcode.IsGood);
                Expect(")");
                return loaded;
            case "if":
                Operand condition = Or();
                if (!condition.Unit.IsDimensionless)
                    return Fail("the condition of 'if' must be a pure number; compare the value with a limit");
                Expect(",");
                Operand chosen = Or();
                Expect(",");
                return Closed(Match(chosen, Or(), "choose between"), ExpressionOpcode.Select);
            case "bit":
                Or();
                Expect(",");
                Or();
                return Closed(new Operand(Unit.One, false), ExpressionOpcode.Bit);
            default:
                _at = start;
                return Fail($"function '{name}' is not known; there are abs, sqrt, min, max, if, good and bit");
        }
    }

    private Operand Closed(Operand operand, ExpressionOpcode opcode)
    {
        Expect(")");
        Emit(opcode);
        return operand;
    }

    private Operand Fold(ExpressionOpcode opcode)
    {
        Operand left = Or();
        Expect(",");
        do
        {
            left = Match(left, Or(), "compare");
            Emit(opcode);
        }
        while (_error is null && Sign(","));
        Expect(")");
        return left;
    }

    /// <summary>Brings the right operand, which is on top of the stack, to the unit of the left one.</summary>
    private Operand Match(Operand left, Operand right, string verb)
    {
        if (_error is not null)
            return default;
        if (right.Plain)
            return left;
        if (left.Plain)
            return right;
        if (!left.Unit.SameDimension(right.Unit))
            return Fail($"cannot {verb} {left.Unit} and {right.Unit}");
        Scale(right.Unit.Factor / left.Unit.Factor);
        return left;
    }

    private void Scale(double factor)
    {
        if (factor == 1)
            return;
        _steps.Add(new ExpressionStep(ExpressionOpcode.Constant, Constant: factor));
        Emit(ExpressionOpcode.Multiply);
    }

    private void Emit(ExpressionOpcode opcode) => _steps.Add(new ExpressionStep(opcode));

    private int Depth()
    {
        int depth = 0, deepest = 0;
        foreach (ExpressionStep step in _steps)
        {
            depth += step.Opcode switch
            {
                ExpressionOpcode.Constant or ExpressionOpcode.Load or ExpressionOpcode.IsGood => 1,
                ExpressionOpcode.Negate or ExpressionOpcode.Abs or ExpressionOpcode.Sqrt or ExpressionOpcode.Not => 0,
                ExpressionOpcode.Select => -2,
                _ => -1,
            };
            deepest = Math.Max(deepest, depth);
        }
        return deepest;
    }

    private string Name()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
            _at++;
        return _text[start.._at];
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
            _at++;
    }

    private bool Sign(string sign)
    {
        Space();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
            return false;
        _at += sign.Length;
        return true;
    }

    private bool Word(string word)
    {
        Space();
        int end = _at + word.Length;
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0 || (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] == '_')))
            return false;
        _at = end;
        return true;
    }

    private void Expect(string sign)
    {
        if (_error is null && !Sign(sign))
            Fail($"'{sign}' expected");
    }

    private Operand Fail(string text)
    {
        _error ??= new ExpressionError(Math.Min(_at, _text.Length), text);
        return default;
    }
}
