using System.Globalization;
using System.Text;
using Gateway.Configuration;
using Gateway.Replay;
using Gateway.SystemTests.Support;

namespace Gateway.SystemTests.Replay;

/// <summary>A replay of the example site gives equal bytes; <c>.ci/run</c> compares the native file with the managed one.</summary>
public sealed class DeterminismTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-replay-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_runs_on_the_same_input_give_equal_bytes_and_other_input_other_ones()
    {
        string first = Run("first", WriteInput(seed: 1)), second = Run("second", WriteInput(seed: 1)), other = Run("other", WriteInput(seed: 2));

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        string[] files = [.. Directory.GetFiles(Path.Combine(_folder, "first")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Equal(["compliance.jsonl", "events.jsonl", "summary.json", "tags.csv"], files);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(InFirst(file)), File.ReadAllBytes(Path.Combine(_folder, "second", file))));
        // A replay in which nothing happens would be equal to itself too.
        string events = File.ReadAllText(InFirst("events.jsonl"));
        Assert.All((string[])["\"kind\":\"alarm\"", "\"kind\":\"compliance\"", "\"kind\":\"output\"", "\"kind\":\"quality\""], kind => Assert.Contains(kind, events, StringComparison.Ordinal));

        string InFirst(string file) => Path.Combine(_folder, "first", file);
    }

    private string Run(string name, string input)
    {
        SiteConfiguration site = ExampleSite.Load();
        string commands = Path.Combine(_folder, "commands.csv");
        File.WriteAllText(commands, """
            time,command,target,argument,user,reason
            2026-03-01T08:10:00+08:00,write,CHM_SP_501,500,ann,dose
            2026-03-01T08:20:00+08:00,shelve,EFF_NH4_H,600,ann,analyzer service
            2026-03-01T08:25:00+08:00,restart,,,ann,power cut
            """);
        return new ReplayRunner(site.Plant).Run(input, commands, null, Path.Combine(_folder, name), null).Hash;
    }

    /// <summary>Forty minutes of effluent with peaks, jumps and bad values, from a seed.</summary>
    private string WriteInput(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder("time,tag,value,quality\n");
        var start = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.FromHours(8));
        for (int second = 0; second < 2400; second += 10)
        {
            string time = (start + TimeSpan.FromSeconds(second)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{time},EFF_FIT_601,{15000 + random.Next(2000)},Good\n");
            text.Append(CultureInfo.InvariantCulture, $"{time},EFF_AIT_603,{random.NextDouble() * (second > 600 ? 12 : 3):F3},{(random.Next(20) == 0 ? "Bad" : "Good")}\n");
        }
        string file = Path.Combine(_folder, $"input-{seed}.csv");
        File.WriteAllText(file, text.ToString());
        return file;
    }
}
