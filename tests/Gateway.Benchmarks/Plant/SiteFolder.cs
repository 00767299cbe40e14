using System.Globalization;
using System.Text;

namespace Gateway.Benchmarks.Plant;

/// <summary>The size of a generated site.</summary>
/// <param name="Plcs">Simulated PLCs, each a line of its own.</param>
/// <param name="RegistersPerPlc">16-bit values of each, one tag per register.</param>
/// <param name="PeriodMs">Poll period of every tag.</param>
/// <param name="Alarms">Alarms, spread over the tags.</param>
/// <param name="Windows">Compliance windows, a multiple of ten.</param>
internal sealed record SiteSize(int Plcs, int RegistersPerPlc, int PeriodMs, int Alarms, int Windows)
{
    /// <summary>Base period of the scan.</summary>
    public int ScanMs { get; init; } = 100;

    public int Tags => Plcs * RegistersPerPlc;
}

/// <summary>Writes the files of a site in the gateway's formats (docs/formats).</summary>
internal static class SiteFolder
{
    // Five parameters with two statistics each make ten windows per permit.
    private static readonly string[] s_parameters = ["COD", "NH3-N", "TN", "TP", "SS"];

    /// <summary>Writes the site and returns its folder.</summary>
    /// <param name="parent">Where the folder is made.</param>
    /// <param name="size">How large.</param>
    /// <param name="ports">Loopback port of each PLC.</param>
    public static string Write(string parent, SiteSize size, IReadOnlyList<string> ports)
    {
        string folder = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"site-{size.Tags}-{size.PeriodMs}-{ports[0]}"));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "gateway.json"), GatewayJson(size, ports));
        File.WriteAllText(Path.Combine(folder, "tags.csv"), TagsCsv(size));
        if (size.Alarms > 0)
            File.WriteAllText(Path.Combine(folder, "alarms.csv"), AlarmsCsv(size));
        if (size.Windows > 0)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "gb-18918-2002.json"), Path.Combine(folder, "gb-18918-2002.json"));
            File.WriteAllText(Path.Combine(folder, "compliance.json"), ComplianceJson(size));
        }
        return folder;
    }

    /// <summary>A raw value beyond, or far from, the limit of an alarm of the site, as <see cref="AlarmsCsv"/> gives it.</summary>
    public static ushort RawOf(int alarm, bool standing) => !standing ? (ushort)5000 : alarm % 4 < 2 ? (ushort)9900 : (ushort)0;

    /// <summary>The bytes of a write of such raw values, of consecutive alarms.</summary>
    public static byte[] WordsOf(int alarm, int count, bool standing) =>
        [.. Enumerable.Range(alarm, count).Select(i => RawOf(i, standing)).SelectMany(raw => new[] { (byte)(raw >> 8), (byte)raw })];

    /// <summary>Name of the tag of a register.</summary>
    public static string TagName(int index) => string.Create(CultureInfo.InvariantCulture, $"T{index:D6}");

    private static string GatewayJson(SiteSize size, IReadOnlyList<string> ports)
    {
        IEnumerable<string> lines = Enumerable.Range(0, size.Plcs).Select(p =>
            $$"""    { "name": "line{{p}}", "host": "127.0.0.1", "port": {{ports[p]}}, "devices": [ { "name": "plc{{p}}" } ] }""");
        return $$"""
            {
              "site": { "id": "benchmark", "name": "Benchmark", "timeZone": "+08:00" },
              "scan": { "basePeriodMs": {{size.ScanMs}} },
              "lines": [
            {{string.Join(",\n", lines)}}
              ]
            }
            """;
    }

    /// <summary>Every second tag is scaled; all have a range, a rate and a stuck check that do not fire.</summary>
    private static string TagsCsv(SiteSize size)
    {
        var text = new StringBuilder("tag,description,area,unit,device,address,type,rate,scaling,rawLow,rawHigh,low,high,rangeLow,rangeHigh,maxRate,stuckSeconds\n");
        for (int i = 0; i < size.Tags; i++)
        {
            int plc = i / size.RegistersPerPlc, register = i % size.RegistersPerPlc;
            string unit = i == 0 ? "m3/h" : i == 1 ? "degC" : "mg/L";
            string scaling = i % 2 == 0 ? "linear,0,10000,0,100,0,100" : ",,,,,0,10000";
            text.Append(CultureInfo.InvariantCulture, $"{TagName(i)},value {i},area{plc},{unit},plc{plc},{register},uint16,{size.PeriodMs},{scaling},1000000,3600\n");
        }
        return text.ToString();
    }

    private static string AlarmsCsv(SiteSize size)
    {
        string[] types = ["HH", "H", "L", "LL"];
        var text = new StringBuilder("id,tag,type,limit,deadband,onDelayS,offDelayS,priority,message\n");
        int step = Math.Max(size.Tags / size.Alarms, 1);
        for (int i = 0; i < size.Alarms; i++)
        {
            int tag = i * step, type = i % 4;
            double limit = (tag % 2 == 0 ? 1 : 100) * (type < 2 ? 95 - type * 5 : type * 5 - 5);
            string delay = i == 0 ? "0,0" : "1,1";
            text.Append(CultureInfo.InvariantCulture, $"A{i},{TagName(tag)},{types[type]},{limit},{(tag % 2 == 0 ? 1 : 100)},{delay},{1 + i % 4},value {tag} is out of its band\n");
        }
        return text.ToString();
    }

    private static string ComplianceJson(SiteSize size)
    {
        int permits = size.Windows / (2 * s_parameters.Length);
        IEnumerable<string> entries = Enumerable.Range(0, permits).Select(p =>
        {
            // Even tags are scaled to 0 to 100, which suits limits in mg/L.
            IEnumerable<string> parameters = s_parameters.Select((name, n) =>
                $$"""      { "parameter": "{{name}}", "valueTag": "{{TagName(2 + 2 * (p * s_parameters.Length + n))}}", "statistics": ["hour", "minute"] }""");
            return $$"""
                    { "id": "outfall-{{p}}", "standard": "gb-18918-2002.json", "class": "1A", "buildDate": "2008-06-01",
                      "flowTag": "{{TagName(0)}}", "temperatureTag": "{{TagName(1)}}", "parameters": [
                {{string.Join(",\n", parameters)}} ] }
                """;
        });
        return "{ \"permits\": [\n" + string.Join(",\n", entries) + "\n] }\n";
    }
}
