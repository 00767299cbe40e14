using System.Text;
using Gateway.Configuration;
using Gateway.Fuzz.Engine;
using Gateway.Replay;

namespace Gateway.Fuzz.Targets;

/// <summary>Recorded inputs: every row is read or the file is refused with its line.</summary>
internal sealed class ReplayInputTarget : FuzzTarget
{
    private readonly SiteFolder _folder = new();
    private readonly SiteConfiguration _site;

    public ReplayInputTarget() => _site = SiteLoader.Load(_folder.Path).Site ?? throw new InvalidOperationException("the base site is wrong");

    public override IReadOnlyList<string> Words { get; } = ["time,tag,value,quality", "NH4", "FLOW", "Good", "Bad", "Uncertain", "2026-03-01T08:00:00+08:00", "Z", "\"", ";", "\n", "\r\n", "0x80000000"];

    public override int Feed(byte[] input)
    {
        string file = _folder.FileOf("input.csv");
        File.WriteAllBytes(file, input);
        try
        {
            using var rows = new ReplayInput(file, _site.Plant.Tags);
            long last = long.MinValue;
            for (; !rows.AtEnd; rows.MoveNext())
            {
                Require(rows.Time >= last, "the rows are not sorted");
                Require((uint)rows.Tag < (uint)_site.Plant.Tags.Length, "the tag does not exist");
                last = rows.Time;
            }
            return HashCode.Combine("read", Math.Min(rows.Rows, 4));
        }
        catch (ReplayInputException refused)
        {
            return refused.Message.Length > 0 ? refused.Message[refused.Message.LastIndexOf("GW6", StringComparison.Ordinal)..].Length : -1;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Recorded commands, carried out over two seconds of the small site: refused with their line or run to the end.</summary>
internal sealed class ReplayCommandsTarget : FuzzTarget
{
    private const string Input = "time,tag,value,quality\n2026-03-01T00:00:00Z,NH4,3,Good\n2026-03-01T00:00:01Z,NH4,30,Good\n2026-03-01T00:00:02Z,NH4,2,Good\n";

    private readonly SiteFolder _folder = new();
    private readonly SiteConfiguration _site;

    public ReplayCommandsTarget()
    {
        _site = SiteLoader.Load(_folder.Path).Site ?? throw new InvalidOperationException("the base site is wrong");
        File.WriteAllText(_folder.FileOf("input.csv"), Input);
    }

    public override IReadOnlyList<string> Words { get; } =
        ["ack", "shelve", "unshelve", "suppress", "unsuppress", "outOfService", "returnToService", "reset", "write", "mode", "setpoint", "restart", "clockStep", "NH4_H", "SP", "2026-03-01T00:00:01Z", ",", "\n", "-1e9", "1e18"];

    public override int Feed(byte[] input)
    {
        File.WriteAllBytes(_folder.FileOf("commands.csv"), input);
        try
        {
            var (scans, _, hash) = new ReplayRunner(_site.Plant).Run(_folder.FileOf("input.csv"), _folder.FileOf("commands.csv"), null, _folder.FileOf("out"), null);
            Require(scans > 1000 / _site.Plant.BasePeriodMs && hash.Length == 64, $"{scans} scans, hash {hash}");
            return hash.GetHashCode(StringComparison.Ordinal) & 0xFF;
        }
        catch (ReplayInputException refused)
        {
            return refused.Message[refused.Message.LastIndexOf("GW6", StringComparison.Ordinal)..].Length;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }
}
