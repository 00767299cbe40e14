using System.Text.Json;
using Gateway.PlcSimulator.Cli;

namespace Gateway.PlcSimulator.Tests;

/// <summary>The verb bsm1 from its arguments to its document.</summary>
public sealed class Bsm1VerbTests
{
    [Fact]
    public async Task A_constant_week_in_open_loop_is_the_published_one()
    {
        using var document = await RunAsync("--influent", "constant", "--control", "open", "--days", "7");
        var root = document.RootElement;
        var figures = root.GetProperty("figures");
        Assert.Equal(5254.2823, figures.GetProperty("EQI").GetDouble(), 0.001);
        Assert.Equal(16277.9767, figures.GetProperty("OCI").GetDouble(), 0.001);
        Assert.False(figures.TryGetProperty("IAE_NO", out _));
        Assert.Equal(5, root.GetProperty("tanks").GetArrayLength());
        Assert.Equal(7.9179, root.GetProperty("tanks")[0].GetProperty("SNH").GetDouble(), 0.0001);
        Assert.Equal(10, root.GetProperty("settler").GetArrayLength());
        Assert.Equal(12.4969, root.GetProperty("settler")[0].GetProperty("TSS").GetDouble(), 0.0001);
        Assert.Equal(6393.9844, root.GetProperty("settler")[9].GetProperty("TSS").GetDouble(), 0.001);
        Assert.Equal(672, root.GetProperty("procedure").GetProperty("samples").GetInt32());
        Assert.True(root.GetProperty("procedure").GetProperty("idealDevices").GetBoolean());
    }

    [Fact]
    public async Task Generated_weather_runs_with_noise_and_the_same_seed_gives_the_same_figures()
    {
        using var first = await RunAsync("--influent", "storm", "--days", "2", "--seed", "4");
        using var second = await RunAsync("--influent", "storm", "--days", "2", "--seed", "4");
        Assert.Equal(first.RootElement.GetProperty("figures").GetRawText(), second.RootElement.GetProperty("figures").GetRawText());
        Assert.Equal(192, first.RootElement.GetProperty("procedure").GetProperty("samples").GetInt32());
        Assert.True(first.RootElement.GetProperty("procedure").GetProperty("noise").GetBoolean());
        Assert.InRange(first.RootElement.GetProperty("figures").GetProperty("IAE_O").GetDouble(), 0.01, 1);
    }

    [Theory]
    [InlineData("--influent", "/nowhere.csv")]
    [InlineData("--influent", "dry", "--days", "0")]
    [InlineData("--influent", "dry", "--noise", "/nowhere.csv")]
    [InlineData("--influent", "dry", "--control", "best")]
    [InlineData("--influent", "dry", "--mixing-filter", "maybe")]
    [InlineData("--control", "open")]
    public async Task Wrong_arguments_end_with_exit_code_1(params string[] arguments) =>
        Assert.Equal(1, await CommandLine.RunAsync(["bsm1", .. arguments]));

    private static async Task<JsonDocument> RunAsync(params string[] arguments)
    {
        var path = Path.GetTempFileName();
        try
        {
            Assert.Equal(0, await CommandLine.RunAsync(["bsm1", .. arguments, "--out", path]));
            return JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
