using System.Text.Json;

namespace Gateway.Runtime.Tests.Compliance;

/// <summary>The shipped standards against figures typed from the published tables, and against the file's own rules.</summary>
public sealed class StandardsDataTests
{
    private static readonly string[] Confidences = ["read", "secondHand", "memory", "proposal", "gap"];

    [Theory]
    [InlineData("COD", "1A", 50)]
    [InlineData("COD", "1B", 60)]
    [InlineData("COD", "2", 100)]
    [InlineData("COD", "3", 120)]
    [InlineData("BOD5", "1A", 10)]
    [InlineData("SS", "1B", 20)]
    [InlineData("animal-vegetable-oil", "3", 20)]
    [InlineData("petroleum", "2", 5)]
    [InlineData("LAS", "1A", 0.5)]
    [InlineData("TN", "1A", 15)]
    [InlineData("TN", "1B", 20)]
    [InlineData("colour", "2", 40)]
    [InlineData("faecal-coliform", "1A", 1000)]
    [InlineData("faecal-coliform", "2", 10000)]
    [InlineData("Hg", "*", 0.001)]
    [InlineData("Pb", "*", 0.1)]
    [InlineData("Ni", "*", 0.05)]
    [InlineData("benzo-a-pyrene", "*", 0.00003)]
    [InlineData("AOX", "*", 1.0)]
    public void Discharge_limits_are_those_of_the_tables(string parameter, string @class, double limit)
    {
        JsonElement row = Assert.Single(Rows("gb-18918-2002.json"), r => Is(r, parameter) && r.GetProperty("table").GetString() != "one-off");
        Assert.Equal("dailyMean", row.GetProperty("statistic").GetString());
        Assert.Equal(limit, row.GetProperty("values").GetProperty(@class).GetProperty("limit").GetDouble());
    }

    [Theory]
    [InlineData("1A", 5, 8)]
    [InlineData("1B", 8, 15)]
    [InlineData("2", 25, 30)]
    public void Ammonia_has_its_bracket_value_up_to_12_degrees(string @class, double limit, double cold)
    {
        JsonElement row = Assert.Single(Rows("gb-18918-2002.json"), r => Is(r, "NH3-N") && r.GetProperty("table").GetString() == "1");
        JsonElement value = row.GetProperty("values").GetProperty(@class);
        Assert.Equal((limit, cold, 12.0), (value.GetProperty("limit").GetDouble(), value.GetProperty("coldLimit").GetDouble(), value.GetProperty("coldThreshold").GetDouble()));
        Assert.False(row.GetProperty("values").TryGetProperty("3", out _));
    }

    [Theory]
    [InlineData("builtTo", "2005-12-31", 1, 1.5)]
    [InlineData("builtFrom", "2006-01-01", 0.5, 1)]
    public void Phosphorus_depends_on_when_the_plant_was_built(string key, string date, double a, double b)
    {
        JsonElement row = Assert.Single(Rows("gb-18918-2002.json"), r => Is(r, "TP") && r.TryGetProperty(key, out _));
        Assert.Equal(date, row.GetProperty(key).GetString());
        Assert.Equal(a, row.GetProperty("values").GetProperty("1A").GetProperty("limit").GetDouble());
        Assert.Equal(b, row.GetProperty("values").GetProperty("1B").GetProperty("limit").GetDouble());
    }

    [Fact]
    public void The_one_off_table_is_there_and_invents_no_value()
    {
        JsonElement[] rows = [.. Rows("gb-18918-2002.json").Where(r => r.GetProperty("table").GetString() == "one-off")];
        Assert.Equal(12, rows.Length);
        foreach (JsonElement row in rows)
        {
            Assert.Equal(("2026-03-01", "gap", "oneOff"), (row.GetProperty("effectiveFrom").GetString(), row.GetProperty("confidence").GetString(), row.GetProperty("statistic").GetString()));
            Assert.All(row.GetProperty("values").EnumerateObject(), v => Assert.Equal(JsonValueKind.Null, v.Value.GetProperty("limit").ValueKind));
        }
    }

    [Theory]
    [InlineData("NH3-N", "limit", 0.15, 0.5, 1.0, 1.5, 2.0)]
    [InlineData("COD", "limit", 15.0, 15.0, 20.0, 30.0, 40.0)]
    [InlineData("DO", "limitLow", 7.5, 6.0, 5.0, 3.0, 2.0)]
    [InlineData("TN", "limit", 0.2, 0.5, 1.0, 1.5, 2.0)]
    [InlineData("Hg", "limit", 0.00005, 0.00005, 0.0001, 0.001, 0.001)]
    public void Surface_water_classes_are_those_of_table_1(string parameter, string key, params double[] limits)
    {
        JsonElement row = Assert.Single(Rows("gb-3838-2002.json"), r => Is(r, parameter));
        Assert.Equal(limits, row.GetProperty("values").EnumerateObject().Select(v => v.Value.GetProperty(key).GetDouble()));
    }

    [Theory]
    [InlineData("quasi-class-iv.json", "COD", "dailyMean", "contract", "memory", "limit", 30)]
    [InlineData("quasi-class-iv.json", "NH3-N", "dailyMean", "DB12/599-2015-A", "memory", "coldLimit", 3)]
    [InlineData("quasi-class-iv.json", "SS", "dailyMean", "DB11/890-2012-B", "memory", "limit", 5)]
    [InlineData("black-odorous-waters.json", "ORP", "", "notHeavy", "secondHand", "limitLow", -200)]
    [InlineData("black-odorous-waters.json", "transparency", "", "notBlackOdorous", "secondHand", "limitLow", 25)]
    [InlineData("gb-5749-2022.json", "turbidity", "", "smallSupply", "memory", "limit", 3)]
    [InlineData("gb-5749-2022.json", "free-chlorine", "", "leavingPlant", "memory", "limitLow", 0.3)]
    [InlineData("gb-5749-2022.json", "total-chlorine", "", "networkEnd", "memory", "limitLow", 0.05)]
    [InlineData("eu-91-271.json", "BOD5", "annualSamples", "*", "secondHand", "cap", 50)]
    [InlineData("eu-91-271.json", "COD", "annualSamples", "*", "memory", "minRemoval", 75)]
    [InlineData("eu-91-271.json", "TSS", "annualSamples", "mountain", "memory", "cap", 150)]
    [InlineData("eu-91-271.json", "TP", "annualMean", "over-100000", "memory", "limit", 1)]
    [InlineData("eu-2024-3019.json", "TN", "annualMean", "from-150000", "secondHand", "limit", 8)]
    [InlineData("eu-2024-3019.json", "TP", "annualMean", "10000-150000", "secondHand", "minRemoval", 87.5)]
    [InlineData("us-40cfr133.json", "BOD5", "rolling7Day", "secondary", "read", "limit", 45)]
    [InlineData("us-40cfr133.json", "CBOD5", "rolling30Day", "secondary", "read", "limit", 25)]
    [InlineData("us-40cfr133.json", "SS", "rolling30DayRemoval", "secondary", "read", "limitLow", 85)]
    [InlineData("us-40cfr133.json", "CBOD5", "rolling7Day", "equivalent", "secondHand", "limit", 60)]
    [InlineData("us-40cfr133.json", "pH", "monthlyExcursion", "*", "memory", "limit", 446)]
    [InlineData("us-swtr.json", "turbidity", "monthlyPercentile", "conventional", "read", "limit", 0.3)]
    [InlineData("us-swtr.json", "turbidity", "oneOff", "alternative", "read", "limit", 5)]
    public void Other_values_are_those_of_the_sources_with_their_confidence(string file, string parameter, string statistic, string @class, string confidence, string key, double expected)
    {
        JsonElement row = Assert.Single(Rows(file), r => Is(r, parameter)
            && (r.TryGetProperty("statistic", out JsonElement s) ? s.GetString() : "") == statistic && r.GetProperty("values").TryGetProperty(@class, out _));
        Assert.Equal(confidence, row.GetProperty("confidence").GetString());
        Assert.Equal(expected, row.GetProperty("values").GetProperty(@class).GetProperty(key).GetDouble());
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(7, 1)]
    [InlineData(12, 2)]
    [InlineData(24, 3)]
    [InlineData(52, 5)]
    [InlineData(104, 9)]
    [InlineData(300, 21)]
    [InlineData(301, 22)]
    [InlineData(351, 25)]
    [InlineData(365, 25)]
    public void Permitted_failures_are_those_of_table_3(int samples, int failures)
    {
        using JsonDocument document = Open("eu-91-271.json");
        JsonElement[] rows = [.. document.RootElement.GetProperty("allowedFailures").EnumerateArray()];
        Assert.Equal(25, rows.Length);
        JsonElement row = Assert.Single(rows, r => r.GetProperty("from").GetInt32() <= samples && samples <= r.GetProperty("to").GetInt32());
        Assert.Equal(failures, row.GetProperty("failures").GetInt32());
    }

    [Theory]
    [InlineData("gb-18918-2002.json", 75)]
    [InlineData("gb-3838-2002.json", 24)]
    [InlineData("quasi-class-iv.json", 9)]
    [InlineData("black-odorous-waters.json", 4)]
    [InlineData("gb-5749-2022.json", 25)]
    [InlineData("eu-91-271.json", 6)]
    [InlineData("eu-2024-3019.json", 6)]
    [InlineData("us-40cfr133.json", 20)]
    [InlineData("us-npdes-template.json", 18)]
    [InlineData("us-swtr.json", 7)]
    public void Every_row_names_its_clause_unit_and_confidence_and_only_gaps_lack_a_number(string file, int rows)
    {
        using JsonDocument document = Open(file);
        HashSet<string> classes = [.. document.RootElement.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("id").GetString()!), "*"];
        JsonElement[] limits = [.. document.RootElement.GetProperty("limits").EnumerateArray()];
        Assert.Equal(rows, limits.Length);
        foreach (JsonElement row in limits)
        {
            Assert.NotEmpty(row.GetProperty("clause").GetString()!);
            Assert.NotEmpty(row.GetProperty("unit").GetString()!);
            Assert.Contains(row.GetProperty("confidence").GetString(), Confidences);
            foreach (JsonProperty value in row.GetProperty("values").EnumerateObject())
            {
                Assert.Contains(value.Name, classes);
                bool number = value.Value.TryGetProperty("limit", out JsonElement limit) && limit.ValueKind == JsonValueKind.Number;
                Assert.True(number || value.Value.TryGetProperty("limitLow", out _) || value.Value.TryGetProperty("text", out _) || row.GetProperty("confidence").GetString() == "gap");
            }
        }
    }

    private static bool Is(JsonElement row, string parameter) => row.GetProperty("parameter").GetString() == parameter;

    private static JsonElement[] Rows(string file)
    {
        using JsonDocument document = Open(file);
        return [.. document.RootElement.GetProperty("limits").Clone().EnumerateArray()];
    }

    private static JsonDocument Open(string file)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at != null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "config", "standards", file);
            if (File.Exists(path))
                return JsonDocument.Parse(File.ReadAllText(path));
        }
        throw new FileNotFoundException("config/standards is not above the test's folder.", file);
    }
}
