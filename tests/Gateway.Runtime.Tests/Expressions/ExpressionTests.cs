using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Expressions;

public sealed class ExpressionTests
{
    private static readonly (string Name, string Unit, double Value)[] Tags =
    [
        ("Flow", "m3/h", 12000), ("NH4", "mg/L", 2.5), ("Mlss", "g/L", 3.5), ("Power", "kW", 3600), ("A", "", 3), ("B", "", -4), ("Level", "m", 5), ("Word", "", 0b1010), ("Zero", "", 0),
    ];

    private static bool Resolve(string name, out int index, out string unit)
    {
        index = Array.FindIndex(Tags, t => t.Name == name);
        unit = index < 0 ? "" : Tags[index].Unit;
        return index >= 0;
    }

    private static TagTable Table()
    {
        var table = new TagTable(Tags.Length);
        for (int i = 0; i < Tags.Length; i++)
            table.Set(i, Tags[i].Value, Quality.Good, 100 + i);
        return table;
    }

    private static double Evaluate(string text, string unit = "")
    {
        ExpressionProgram? program = ExpressionCompiler.Compile(text, unit, Resolve, out ExpressionError? error);
        Assert.True(program is not null, error?.Text);
        return program.Run(Table(), out Quality quality, out _) is var value && quality.IsGood ? value : double.NaN;
    }

    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) * 3", 9)]
    [InlineData("2 - 3 - 4", -5)]
    [InlineData("16 / 4 / 2", 2)]
    [InlineData("-A * -B", -12)]
    [InlineData("1.5e3 + .5", 1500.5)]
    [InlineData("1e-3*1000", 1)]
    [InlineData("min(A, B, 7) + max(A, B)", -1)]
    [InlineData("abs(B) + sqrt(16)", 8)]
    [InlineData("A > B", 1)]
    [InlineData("A >= 3", 1)]
    [InlineData("A > 3", 0)]
    [InlineData("A <= 3 and B < 0 or 0", 1)]
    [InlineData("not (A == 3) or A != 3", 0)]
    [InlineData("if(A > 0, 10, 20)", 10)]
    [InlineData("if(A < 0, 10, 20)", 20)]
    [InlineData("bit(Word, 1) + bit(Word, 2) * 10 + bit(Word, 3) * 100", 101)]
    [InlineData("good(A)", 1)]
    public void Arithmetic_gives_the_value_a_calculator_gives(string text, double expected) => Assert.Equal(expected, Evaluate(text), 12);

    // 12,000 m3/h at 2.5 mg/L: 30 kg/h, 720 kg/d. 3,600 kW over 12,000 m3/h: 0.3 kWh/m3.
    [Theory]
    [InlineData("Flow * NH4", "kg/h", 30)]
    [InlineData("Flow * NH4", "kg/d", 720)]
    [InlineData("Power / Flow", "kWh/m3", 0.3)]
    [InlineData("NH4 + Mlss", "mg/L", 3502.5)]
    [InlineData("Mlss + NH4", "g/L", 3.5025)]
    [InlineData("NH4 + 1", "mg/L", 3.5)]
    [InlineData("max(NH4, 4)", "mg/L", 4)]
    [InlineData("NH4 > Mlss", "", 0)]
    [InlineData("if(Flow > 1000, NH4, 0)", "mg/L", 2.5)]
    [InlineData("Flow", "m3/d", 288000)]
    [InlineData("A / 4", "%", 75)]
    public void Units_are_converted_to_the_declared_unit(string text, string unit, double expected) => Assert.Equal(expected, Evaluate(text, unit), 9);

    [Theory]
    [InlineData("Flow + NH4", "m3/h", 10, "cannot add")]
    [InlineData("Flow * NH4", "mg/L", 10, "but the tag's unit 'mg/L'")]
    [InlineData("Flow > NH4", "", 10, "cannot compare")]
    [InlineData("Missing + 1", "", 0, "tag 'Missing' is not defined")]
    [InlineData("A + ", "", 4, "ends where a value was expected")]
    [InlineData("(A + 1", "", 6, "')' expected")]
    [InlineData("A ? B", "", 2, "unexpected '?'")]
    [InlineData("sine(A)", "", 0, "function 'sine' is not known")]
    [InlineData("1.2.3", "", 0, "'1.2.3' is not a number")]
    [InlineData("sqrt(Level)", "m", 10, "needs a pure number")]
    [InlineData("not Level", "", 9, "needs a pure number")]
    [InlineData("A", "parsec", 1, "unknown symbol 'parsec'")]
    [InlineData("", "", 0, "ends where a value was expected")]
    public void A_wrong_expression_is_refused_at_its_place(string text, string unit, int position, string cause)
    {
        Assert.Null(ExpressionCompiler.Compile(text, unit, Resolve, out ExpressionError? error));
        Assert.NotNull(error);
        Assert.Contains(cause, error.Text, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_overflow()
    {
        Assert.Null(ExpressionCompiler.Compile(new string('(', 100_000), "", Resolve, out ExpressionError? error));
        Assert.Contains("nested", error!.Text, StringComparison.Ordinal);
        string chain = string.Join("+(", Enumerable.Repeat("A", 50)) + new string(')', 49);
        Assert.Null(ExpressionCompiler.Compile(chain, "", Resolve, out error));
        Assert.Contains("deeper", error!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void F24_the_result_is_as_bad_as_its_worst_needed_input_and_as_old_as_its_oldest()
    {
        ExpressionProgram sum = ExpressionCompiler.Compile("A + B", "", Resolve, out _)!;
        ExpressionProgram choice = ExpressionCompiler.Compile("if(A > 0, A, B)", "", Resolve, out _)!;
        TagTable table = Table();
        table.SetQuality(5, Quality.BadTimeout);
        sum.Run(table, out Quality quality, out _);
        Assert.Equal(Quality.BadTimeout, quality);
        choice.Run(table, out quality, out long time);
        Assert.Equal(Quality.Good, quality);
        Assert.Equal(104, time);
        table.SetQuality(5, Quality.UncertainLastUsableValue);
        sum.Run(table, out quality, out time);
        Assert.Equal(Quality.UncertainLastUsableValue, quality);
        Assert.Equal(104, time);
    }

    [Theory]
    [InlineData("A / Zero")]
    [InlineData("sqrt(B)")]
    [InlineData("A / Zero > 1")]
    [InlineData("not (A / Zero)")]
    [InlineData("min(A / Zero, 1)")]
    public void Arithmetic_without_an_answer_is_bad_and_never_a_number(string text)
    {
        ExpressionProgram program = ExpressionCompiler.Compile(text, "", Resolve, out _)!;
        program.Run(Table(), out Quality quality, out _);
        Assert.Equal(Quality.BadDecodingError, quality);
    }
}
