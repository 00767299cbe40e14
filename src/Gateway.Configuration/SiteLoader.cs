using System.Security.Cryptography;
using System.Text;
using Gateway.Configuration.Alarms;
using Gateway.Configuration.Compliance;
using Gateway.Configuration.Csv;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Json;
using Gateway.Configuration.Outputs;
using Gateway.Configuration.Site;
using Gateway.Configuration.Tags;
using Gateway.Configuration.Text;
using Gateway.Drivers;
using Gateway.Drivers.OpcUa;
using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Outputs;

namespace Gateway.Configuration;

/// <summary>Largest files that are read.</summary>
/// <param name="JsonBytes">Bytes of a JSON file.</param>
/// <param name="CsvBytes">Bytes of a table.</param>
/// <param name="Rows">Rows of a table.</param>
internal sealed record LoadLimits(int JsonBytes = 4 << 20, int CsvBytes = 64 << 20, int Rows = 200_000);

/// <summary>
/// Turns a site's folder into a <see cref="SiteConfiguration"/>, or into all that is wrong with it. Nothing in the
/// files makes it throw. Each call stands alone, so any thread may make one.
/// </summary>
public sealed class SiteLoader
{
    private readonly string _folder;
    private readonly LoadLimits _limits;
    private readonly DiagnosticBag _bag = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private SiteLoader(string folder, LoadLimits limits)
    {
        _folder = folder;
        _limits = limits;
    }

    /// <summary>Loads the site in <paramref name="siteFolder"/>; diagnostics print paths as that folder was given.</summary>
    public static SiteLoadResult Load(string siteFolder) => Load(siteFolder, new LoadLimits());

    internal static SiteLoadResult Load(string siteFolder, LoadLimits limits)
    {
        var loader = new SiteLoader(siteFolder, limits);
        using (loader._hash)
            return loader.Load();
    }

    private SiteLoadResult Load()
    {
        if (!Directory.Exists(_folder))
        {
            _bag.Report(DiagnosticCodes.FileMissing, Location.Of(_folder), "the site folder does not exist; create it or correct the path");
            return new SiteLoadResult(null, _bag.ToList());
        }
        GatewayDocument? read = ReadText("gateway.json", _limits.JsonBytes) is { } gatewayText ? GatewayReader.Read(gatewayText, _bag) : null;
        GatewayDocument gateway = read ?? new GatewayDocument();
        TagSet tags = ReadTable(TagShape.Columns) is { } rows ? TagReader.Read(rows, gateway, read is not null) : new TagSet { IsKnown = false };
        CheckDevices(gateway, tags);
        List<AlarmDefinition> alarms = ReadTable(AlarmShape.Columns, isOptional: true) is { } alarmRows ? AlarmReader.Read(alarmRows, tags) : [];
        if (ReadTable(SuppressionShape.Columns, isOptional: true) is { } suppressionRows)
            SuppressionReader.Read(suppressionRows, tags, alarms);
        List<PermitLimit> permits = ReadPermits(tags);
        // Without the permits nothing is known of their figures.
        List<FigureTag> figures = _bag.ErrorCount > 0 ? [] : FigureReader.Read(tags, permits, _bag);
        List<OutputDefinition> outputs = ReadTable(OutputShape.Columns, isOptional: true) is { } outputRows ? OutputReader.Read(outputRows, tags, gateway) : [];
        PlantModel plant = new()
        {
            SiteId = gateway.SiteId,
            SiteName = gateway.SiteName,
            Calendar = gateway.Calendar,
            BasePeriodMs = gateway.Rates.BasePeriodMs,
            RateGroups = gateway.Rates.ToArray(),
            Tags = [.. tags.Definitions],
            Alarms = [.. alarms],
            Permits = [.. permits],
            Figures = [.. figures],
            Outputs = [.. outputs],
            ConfigurationHash = Convert.ToHexStringLower(_hash.GetHashAndReset()),
        };
        IReadOnlyList<Diagnostic> diagnostics = _bag.ToList();
        return _bag.ErrorCount > 0 ? new SiteLoadResult(null, diagnostics) : new SiteLoadResult(Combine(gateway, plant), diagnostics);
    }

    private SiteConfiguration Combine(GatewayDocument gateway, PlantModel plant) => new()
    {
        Plant = plant,
        Lines = [.. gateway.Lines.Select(line => WithFullPaths(line.Definition) with
        {
            Devices = [.. line.Devices.Select(device => device.Definition with { Points = [.. device.Points] })],
        })],
        Web = gateway.Web with { CertificateFile = FullPath(gateway.Web.CertificateFile), KeyFile = FullPath(gateway.Web.KeyFile) },
        OpcUaServer = gateway.OpcUaServer,
        Metrics = gateway.Metrics,
        History = gateway.History,
        Notifications = [.. gateway.Notifications.Select(one => one with { TokenFile = FullPath(one.TokenFile), PasswordFile = FullPath(one.PasswordFile) })],
        Timeouts = gateway.Timeouts,
    };

    private LineDefinition WithFullPaths(LineDefinition line) => line is not OpcUaLineDefinition opcUa ? line : opcUa with
    {
        CertificateStore = FullPath(opcUa.CertificateStore),
        User = opcUa.User is not { } user ? null : user with
        {
            PasswordFile = FullPath(user.PasswordFile), CertificateFile = FullPath(user.CertificateFile), KeyFile = FullPath(user.KeyFile),
        },
    };

    private string FullPath(string file) => file.Length == 0 ? "" : Path.GetFullPath(Path.Combine(_folder, file));

    private SourceText? ReadText(string name, int limitBytes)
    {
        string path = Path.Combine(_folder, name);
        SourceText? source = SourceText.Read(path, path, limitBytes, _bag, out byte[] bytes);
        _hash.AppendData(Encoding.UTF8.GetBytes(name));
        _hash.AppendData(BitConverter.GetBytes(bytes.LongLength));
        _hash.AppendData(bytes);
        return source;
    }

    /// <summary>A reader of the table whose file has the shape's name; null when it has no header.</summary>
    private TableReader? ReadTable(Shape shape, bool isOptional = false)
    {
        if (isOptional && IsAbsent(shape.Name))
            return null;
        if (ReadText(shape.Name, _limits.CsvBytes) is not { } source || CsvTableReader.Read(source, _bag, _limits.Rows) is not { } table)
            return null;
        return new TableReader(shape, table, _bag);
    }

    private List<PermitLimit> ReadPermits(TagSet tags)
    {
        string name = ComplianceShapes.Root.Name;
        if (IsAbsent(name) || ReadText(name, _limits.JsonBytes) is not { } source || JsonTreeReader.Read(source, _bag) is not { } node
            || JsonFieldReader.Root(ComplianceShapes.Root, source, node, _bag) is not { } root)
            return [];
        var standards = new Dictionary<string, StandardFile?>(StringComparer.Ordinal);
        return ComplianceReader.Read(root, tags, Standard);

        StandardFile? Standard(string path)
        {
            if (!standards.TryGetValue(path, out StandardFile? standard))
                standards.Add(path, standard = ReadText(path, _limits.JsonBytes) is { } text ? StandardFile.Read(text, _bag) : null);
            return standard;
        }
    }

    /// <summary>A site without alarms, permits or outputs needs no file for them.</summary>
    private bool IsAbsent(string name) => !Path.Exists(Path.Combine(_folder, name));

    private void CheckDevices(GatewayDocument gateway, TagSet tags)
    {
        if (!tags.IsKnown || _bag.ErrorCount > 0)
            return;
        foreach (DeviceDraft device in gateway.Devices)
            if (device.Points.Count == 0)
                _bag.Report(DiagnosticCodes.DeviceWithoutTags, device.At, $"no tag of tags.csv is read from device '{device.Definition.Name}'; add tags or remove the device");
    }
}
