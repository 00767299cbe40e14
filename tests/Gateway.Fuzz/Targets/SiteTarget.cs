using Gateway.Configuration;
using Gateway.Drivers.Modbus;
using Gateway.Fuzz.Engine;
using Gateway.Runtime.Scan;
using Gateway.Simulation.Time;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// One file of a site: it is refused with diagnostics or gives a site that can be built and scanned. A file that passes
/// the loader and throws later would stop the gateway at start.
/// </summary>
internal sealed class SiteTarget(string file) : FuzzTarget
{
    private const int MostMarks = 6;
    private const int Scans = 3;

    private readonly SiteFolder _folder = new();

    public override IReadOnlyList<string> Words { get; } =
    [
        "\"name\"", "\"host\"", "\"port\"", "\"devices\"", "\"lines\"", "\"unit\"", "\"order\"", "\"scan\"", "\"periodMs\"", "\"phaseMs\"", "\"transport\"",
        "\"timeZone\"", "\"window\"", "null", "true", "false", "\"rtu\"", "ABCD", "CDAB", "float32", "float64", "uint16", "int32", "bool", "bcd16", "string",
        "holding", "input", "coil", "discrete", "HH", "LL", "DEV", "ROC", "STATE", "BADPV", "yes", "no", "NH4", "FLOW", "LOAD", "min(", "max(", "if(", " * ",
        "\"", "\"\"", ",,", ";", "\r\n", "\uFEFF", "bad", "clamp", "uncertain", "+08:00", "Asia/Shanghai", "//", "/*", "hourlyMean", "dailyMean",
    ];

    public override int Feed(byte[] input)
    {
        File.WriteAllBytes(_folder.FileOf(file), input);
        SiteLoadResult loaded = SiteLoader.Load(_folder.Path);
        var mark = new HashCode();
        mark.Add(loaded.Site is null);
        foreach (Diagnostic diagnostic in loaded.Diagnostics.Take(MostMarks))
        {
            Require(diagnostic.ToString().Length > 0, "a diagnostic says nothing");
            mark.Add(diagnostic.Code);
        }
        Require(loaded.Site is not null || loaded.Diagnostics.Count > 0, "the site was refused without a word");
        if (loaded.Site is { } site)
            Scan(site);
        return mark.ToHashCode();
    }

    protected override void Dispose(bool disposing)
    {
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private static void Scan(SiteConfiguration site)
    {
        var outputs = new OutputMailbox(site.Plant.Outputs.Length);
        var time = new SimulatedTime();
        InputBinding[] bindings = [.. site.Lines.OfType<ModbusLineDefinition>().SelectMany(line => new ModbusLine(line, new ModbusLineOptions { Epoch = 0, Time = time, Outputs = outputs }).Bindings)];
        var scan = new ScanCycle(site.Plant, bindings, outputs, 1024);
        long period = site.Plant.BasePeriodMs * ScanTime.TicksPerMillisecond;
        for (int i = 1; i <= Scans; i++)
            scan.Execute(new ScanTime(i, time.GetUtcNow().UtcTicks + i * period, i * period));
    }
}
