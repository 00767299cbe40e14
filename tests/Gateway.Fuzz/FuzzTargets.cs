using Gateway.Fuzz.Engine;
using Gateway.Fuzz.Targets;

namespace Gateway.Fuzz;

/// <summary>All targets by name, with their committed corpora.</summary>
public static class FuzzTargets
{
    private static readonly SortedDictionary<string, Func<FuzzTarget>> s_all = new(StringComparer.Ordinal)
    {
        ["ascii-scanner"] = () => new AsciiScannerTarget(),
        ["expression"] = () => new ExpressionTarget(),
        ["http-json"] = () => new HttpCommandTarget(),
        ["modbus-pdu"] = () => new PduTarget(),
        ["modbus-tcp-client"] = () => new TcpClientTarget(),
        ["modbus-tcp-server"] = () => new TcpServerTarget(),
        ["opcua-frames"] = () => new OpcUaFrameTarget(),
        ["opcua-message"] = () => new OpcUaMessageTarget(),
        ["replay-commands"] = () => new ReplayCommandsTarget(),
        ["replay-input"] = () => new ReplayInputTarget(),
        ["rtu-scanner"] = () => new RtuScannerTarget(),
        ["site-alarms"] = () => new SiteTarget("alarms.csv"),
        ["site-compliance"] = () => new SiteTarget("compliance.json"),
        ["site-gateway"] = () => new SiteTarget("gateway.json"),
        ["site-outputs"] = () => new SiteTarget("outputs.csv"),
        ["site-tags"] = () => new SiteTarget("tags.csv"),
    };

    /// <summary>The folder of corpora beside the program.</summary>
    public static string CorpusFolder { get; } = Path.Combine(AppContext.BaseDirectory, "corpus");

    /// <summary>Names of all targets.</summary>
    public static IReadOnlyCollection<string> Names => s_all.Keys;

    /// <summary>Whether there is a target of that name.</summary>
    public static bool Exists(string name) => s_all.ContainsKey(name);

    /// <summary>Feeds one target.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="span">How long.</param>
    /// <param name="seed">Decides every input.</param>
    /// <param name="corpus">Folder of inputs to begin with, one file each; null for the committed ones.</param>
    public static FuzzResult Run(string name, TimeSpan span, ulong seed, string? corpus = null) =>
        new Fuzzer(name, s_all[name], Inputs(corpus ?? Path.Combine(CorpusFolder, name)), span, seed).Run();

    private static IEnumerable<byte[]> Inputs(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
}
