using System.Text;
using Gateway.Fuzz.Engine;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;

namespace Gateway.Fuzz.Targets;

/// <summary>Expressions: the text is refused at a place inside it, or the program runs and a result that is no number is bad.</summary>
internal sealed class ExpressionTarget : FuzzTarget
{
    private static readonly (string Name, string Unit)[] s_tags = [("FLOW", "m3/h"), ("NH4", "mg/L"), ("PLAIN", ""), ("TEMP", "degC"), ("RATIO", "%")];
    private static readonly string[] s_units = ["kg/d", "m3/h", "", "%", "mg/L", "degC", "nonsense"];

    private readonly TagTable _table = new(s_tags.Length);

    public ExpressionTarget()
    {
        for (int i = 0; i < s_tags.Length; i++)
            _table.Set(i, i - 1, i == 3 ? Quality.Bad : Quality.Good, 1);
    }

    public override IReadOnlyList<string> Words { get; } =
        ["FLOW", "NH4", "PLAIN", "TEMP", "RATIO", "min(", "max(", "if(", "abs(", "sqrt(", "good(", "bit(", " and ", " or ", "not ", "<=", "<>", "=", "((((((((", "))))))))", "- - - -", "1e308", " * ", " / "];

    public override int Feed(byte[] input)
    {
        if (input.Length == 0)
            return 0;
        // The first byte chooses the unit of the result.
        string text = Encoding.UTF8.GetString(input.AsSpan(1));
        ExpressionProgram? program = ExpressionCompiler.Compile(text, s_units[input[0] % s_units.Length], Resolve, out ExpressionError? error);
        Require(program is null == error is not null, "neither a program nor an error came out, or both");
        if (program is null)
        {
            Require(error!.Position >= 0 && error.Position <= text.Length && error.Text.Length > 0, $"the error lies at {error.Position} of {text.Length}");
            return HashCode.Combine(error.Text.Length, error.Text[0]);
        }
        double value = program.Run(_table, out Quality quality, out _);
        Require(quality.IsBad || double.IsFinite(value), "a result that is no number is shown as usable");
        return HashCode.Combine(program.Steps.Length, quality);
    }

    private static bool Resolve(string name, out int index, out string unit)
    {
        index = Array.FindIndex(s_tags, tag => tag.Name == name);
        unit = index < 0 ? "" : s_tags[index].Unit;
        return index >= 0;
    }
}
