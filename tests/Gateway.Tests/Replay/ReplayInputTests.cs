using Gateway.Replay;
using Gateway.Runtime.Tags;

namespace Gateway.Tests.Replay;

public sealed class ReplayInputTests : IDisposable
{
    private static readonly TagDefinition[] Tags = [new() { Index = 0, Name = "FLOW" }, new() { Index = 1, Name = "NH4" }];
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private List<(long Time, int Tag, double Value, Quality Quality)> Read(string text)
    {
        File.WriteAllText(_file, text);
        using var input = new ReplayInput(_file, Tags);
        var rows = new List<(long, int, double, Quality)>();
        for (; !input.AtEnd; input.MoveNext())
            rows.Add((input.Time, input.Tag, input.Value, input.Quality));
        return rows;
    }

    [Theory]
    [InlineData("time,tag,value,quality\n2026-03-01T08:00:00+08:00,NH4,2.5,Good\n")]
    [InlineData("\uFEFFtime;tag;value;quality\r\n2026-03-01T08:00:00+08:00;NH4;2.5;Good\r\n\r\n")]
    [InlineData("value,quality,time,tag\n2.5,,2026-03-01T00:00:00Z,\"NH4\"")]
    [InlineData("time,tag,value\n2026-03-01T00:00:00.000Z,NH4,2.5\n")]
    public void A_row_reads_the_same_in_every_form_a_spreadsheet_writes(string text)
    {
        var row = Assert.Single(Read(text));
        Assert.Equal((new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks, 1, 2.5, Quality.Good), row);
    }

    [Fact]
    public void An_empty_value_is_not_a_number_and_a_quality_has_its_standard_name()
    {
        var rows = Read("time,tag,value,quality\n2026-03-01T00:00:00Z,FLOW,,BadTimeout\n2026-03-01T00:00:01Z,FLOW,-1e3,Uncertain\n");
        Assert.True(double.IsNaN(rows[0].Value));
        Assert.Equal(Quality.BadTimeout, rows[0].Quality);
        Assert.Equal((-1000.0, Quality.Uncertain), (rows[1].Value, rows[1].Quality));
    }

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("time,tag\n", 1, "column 'value' is missing")]
    [InlineData("time,tag,value\n2026-03-01T00:00:00,NH4,1\n", 2, "not an ISO 8601 time with an offset")]
    [InlineData("time,tag,value\n2026-03-01T00:00:01Z,NH4,1\n2026-03-01T00:00:00Z,NH4,1\n", 3, "not sorted")]
    [InlineData("time,tag,value\n2026-03-01T00:00:00Z,NOX,1\n", 2, "tag 'NOX' is not defined")]
    [InlineData("time,tag,value\n2026-03-01T00:00:00Z,NH4,\"1,5\"\n", 2, "'1,5' is not a number")]
    [InlineData("time,tag,value,quality\n2026-03-01T00:00:00Z,NH4,1,Fine\n", 2, "quality 'Fine' is not known")]
    [InlineData("time,tag,value\n2026-03-01T00:00:00Z,\"NH4,1\n", 2, "does not end on its line")]
    [InlineData("time,tag,value\n2026-03-01T00:00:00Z,\"NH4\"x,1\n", 2, "follows a closing quote")]
    public void A_wrong_file_is_refused_with_line_cause_and_cure(string text, int line, string cause)
    {
        var error = Assert.Throws<ReplayInputException>(() => Read(text));
        Assert.StartsWith($"{_file}({line},1): error GW6001: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused() => Assert.Throws<ReplayInputException>(() => new ReplayInput(_file + ".none", Tags));
}
