using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Json;
using Gateway.Configuration.Text;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using static Gateway.Configuration.Site.GatewayShapes;

namespace Gateway.Configuration.Site;

/// <summary>Reads gateway.json and checks it in itself. Used by one thread.</summary>
internal sealed class GatewayReader
{
    private static readonly char[] Parities = ['N', 'E', 'O'];

    private readonly DiagnosticBag _bag;
    private readonly GatewayDocument _document = new();
    private readonly Dictionary<string, Location> _lineNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _endpoints = new(StringComparer.OrdinalIgnoreCase);

    private GatewayReader(DiagnosticBag bag) => _bag = bag;

    /// <summary>The document, or null when the text is no JSON object.</summary>
    public static GatewayDocument? Read(SourceText source, DiagnosticBag bag)
    {
        if (JsonTreeReader.Read(source, bag) is not { } node || JsonFieldReader.Root(Root, source, node, bag) is not { } root)
            return null;
        var reader = new GatewayReader(bag);
        reader.ReadSite(root.Object(SiteKey));
        reader.ReadScan(root.Object(ScanKey));
        foreach (JsonFieldReader line in root.Objects(LinesKey))
            reader.ReadLine(line);
        reader.ReadHost(root);
        return reader._document;
    }

    private void ReadSite(JsonFieldReader? site)
    {
        if (site is null)
            return;
        _document.SiteId = site.Text(SiteId);
        _document.SiteName = site.Has(SiteName) ? site.Text(SiteName) : _document.SiteId;
        if (!site.Has(GatewayShapes.TimeZone))
            return;
        if (CalendarText.Parse(site.Text(GatewayShapes.TimeZone), out string problem) is { } calendar)
            _document.Calendar = calendar;
        else
            site.Fail(DiagnosticCodes.TimeZone, GatewayShapes.TimeZone, problem);
    }

    private void ReadScan(JsonFieldReader? scan)
    {
        if (scan is null)
            return;
        int basePeriodMs = scan.Integer(BasePeriod);
        var rates = new RateGroups(basePeriodMs);
        foreach (JsonFieldReader group in scan.Objects(GatewayShapes.RateGroups))
        {
            string name = group.Text(GroupName);
            int periodMs = group.Integer(GroupPeriod), phaseMs = group.Integer(GroupPhase);
            if (!group.Failed)
                CheckGroup(group, periodMs, phaseMs, basePeriodMs);
            if (group.Failed)
                // A group that is wrong stays known, so that the tags in it are not reported too.
                (periodMs, phaseMs) = (basePeriodMs, 0);
            if (name.Length > 0 && !rates.TryAdd(name, periodMs, phaseMs))
                group.Fail(DiagnosticCodes.DuplicateRateGroup, GroupName, $"rate group '{name}' is there already{(name == "base" ? "; the base period has that name" : "")}; rename one");
        }
        _document.Rates = rates;
    }

    private static void CheckGroup(JsonFieldReader group, int periodMs, int phaseMs, int basePeriodMs)
    {
        if (periodMs % basePeriodMs != 0)
            group.Fail(DiagnosticCodes.RateGroupPeriod, GroupPeriod, NotMultiple("the period", periodMs, basePeriodMs));
        else if (phaseMs % basePeriodMs != 0)
            group.Fail(DiagnosticCodes.RateGroupPeriod, GroupPhase, NotMultiple("the phase", phaseMs, basePeriodMs));
        else if (phaseMs >= periodMs)
            group.Fail(DiagnosticCodes.RateGroupPeriod, GroupPhase, $"the phase of {phaseMs} ms is not below the period of {periodMs} ms; lower it");
    }

    /// <summary>What to do with a period that does not lie on the grid.</summary>
    public static string NotMultiple(string what, int ms, int basePeriodMs)
    {
        int below = ms / basePeriodMs * basePeriodMs, above = below + basePeriodMs;
        string cure = below == 0 ? $"{above} ms" : $"{below} or {above} ms";
        return $"{what} of {ms} ms is not a multiple of the base period of {basePeriodMs} ms; use {cure}";
    }

    private void ReadLine(JsonFieldReader line)
    {
        string name = line.Text(LineName);
        var transport = (LineTransport)line.Choice(Transport);
        LineDefinition definition;
        if (transport == LineTransport.OpcUa)
        {
            definition = OpcUaLineReader.Read(line, name, _document.Lines.Count);
            CheckShared(line, Endpoint, definition);
        }
        else
        {
            ModbusLineDefinition modbus = ReadModbus(line, name, transport);
            CheckEndpoint(line, modbus);
            OpcUaLineReader.CheckOthers(line, Transports[(int)transport]);
            definition = modbus;
        }
        if (name.Length > 0 && !_lineNames.TryAdd(name, line.At(LineName)))
            line.Fail(DiagnosticCodes.DuplicateLine, LineName, $"line '{name}' is there already, in line {_lineNames[name].Line}; rename one");
        CheckOrder(line, ReconnectMin, ReconnectMax);
        var draft = new LineDraft(definition);
        _document.Lines.Add(draft);
        var units = new Dictionary<int, string>();
        foreach (JsonFieldReader device in line.Objects(Devices))
        {
            if (transport == LineTransport.OpcUa)
                AddDevice(device, draft, OpcUaLineReader.ReadDevice(device, device.Text(DeviceName), _document.Devices.Count), "");
            else
                ReadModbusDevice(device, draft, units);
        }
    }

    private ModbusLineDefinition ReadModbus(JsonFieldReader line, string name, LineTransport transport) => new()
    {
        Name = name,
        Index = _document.Lines.Count,
        Transport = transport,
        Host = line.Text(Host),
        Port = line.Integer(Port),
        SerialPort = line.Text(SerialPort),
        BaudRate = line.Integer(BaudRate),
        Parity = Parities[Math.Max(0, line.Choice(Parity))],
        StopBits = line.Integer(StopBits),
        Tls = ReadTls(line.Object(TlsKey)),
        Window = line.Integer(Window),
        TimeoutMs = line.Integer(AnswerTimeout),
        ConnectTimeoutMs = line.Integer(ConnectTimeout),
        ReconnectMinMs = line.Integer(ReconnectMin),
        ReconnectMaxMs = line.Integer(ReconnectMax),
        Stack = Stack.Choices[Math.Max(0, line.Choice(Stack))],
        Devices = [],
    };

    private static TlsDefinition? ReadTls(JsonFieldReader? tls)
    {
        if (tls is null)
            return null;
        if (tls.Has(CertificateFile) != tls.Has(KeyFile))
            tls.Fail(DiagnosticCodes.LineAddress, tls.Has(KeyFile) ? KeyFile : CertificateFile, "a certificate and its key belong together; give 'certificateFile' and 'keyFile', or neither");
        return new TlsDefinition { CertificateFile = tls.Text(CertificateFile), KeyFile = tls.Text(KeyFile), CaFile = tls.Text(CaFile), ServerName = tls.Text(ServerName) };
    }

    private void CheckEndpoint(JsonFieldReader line, ModbusLineDefinition definition)
    {
        Field needed = definition.IsSerial ? SerialPort : Host;
        if (!line.Has(needed))
            line.Fail(DiagnosticCodes.LineAddress, line.At(Transport), $"transport '{Transports[(int)definition.Transport]}' needs '{needed.Name}'");
        if (definition.Transport == LineTransport.ModbusTls && !line.Has(TlsKey))
            line.Fail(DiagnosticCodes.LineAddress, line.At(Transport), "transport 'modbusTls' needs 'tls' with at least 'caFile'");
        OpcUaLineReader.ReportUseless(line, definition.IsSerial ? [Host, Port, TlsKey, ConnectTimeout] : [SerialPort, BaudRate, Parity, StopBits], Transports[(int)definition.Transport]);
        if (definition.Window > 1 && definition.Transport is LineTransport.ModbusRtu or LineTransport.ModbusAscii or LineTransport.ModbusRtuOverTcp && line.Has(Window))
            line.Fail(DiagnosticCodes.UselessSetting, Window, "frames without a transaction id allow one request at a time; remove 'window'");
        if (line.Has(needed))
            CheckShared(line, needed, definition, definition.IsSerial ? definition.SerialPort : definition.Endpoint);
    }

    private void CheckShared(JsonFieldReader line, Field field, LineDefinition definition, string? endpoint = null)
    {
        endpoint ??= definition.Endpoint;
        if (!_endpoints.TryAdd(endpoint, definition.Name))
            line.Fail(DiagnosticCodes.SharedEndpoint, field, $"line '{_endpoints[endpoint]}' goes to {endpoint} too, which takes a second connection; put the devices under one line");
    }

    private void ReadModbusDevice(JsonFieldReader device, LineDraft line, Dictionary<int, string> units)
    {
        string name = device.Text(DeviceName);
        int unit = device.Integer(DeviceUnit);
        var definition = new ModbusDevice
        {
            Name = name,
            Index = _document.Devices.Count,
            Unit = (byte)unit,
            MaxRegisters = device.Integer(MaxRegisters),
            MaxBits = device.Integer(MaxBits),
            MaxGap = device.Integer(MaxGap),
            OneRequestPerPoint = device.Boolean(OneRequestPerPoint),
            PauseAfterConnectMs = device.Integer(PauseAfterConnect),
            PauseBetweenRequestsMs = device.Integer(PauseBetweenRequests),
            CloseAfterPoll = device.Boolean(CloseAfterPoll),
            IdNotEchoed = device.Boolean(IdNotEchoed),
            FailuresBeforeProbe = device.Integer(FailuresBeforeProbe),
            ProbeMinMs = device.Integer(ProbeMin),
            ProbeMaxMs = device.Integer(ProbeMax),
            WriteSingle = device.Boolean(WriteSingle),
            VerifyWrites = device.Boolean(VerifyWrites),
            VerifyWithinMs = device.Integer(VerifyWithin),
            UncertainAfterPolls = device.Number(UncertainAfterPolls),
            BadAfterPolls = device.Number(BadAfterPolls),
            Points = [],
        };
        CheckOrder(device, ProbeMin, ProbeMax);
        string order = device.Text(DeviceOrder);
        if (device.Has(DeviceOrder) && !OrderText.IsOrder(order))
            device.Fail(DiagnosticCodes.ByteOrderText, DeviceOrder, $"'{FieldReader.Short(order)}' is no order of bytes; {OrderText.Known}");
        // Behind RTU over TCP there is a serial bus with the same rules (Modbus over Serial Line 1.02 §2.2).
        bool isBus = line.Definition.Transport is LineTransport.ModbusRtu or LineTransport.ModbusAscii or LineTransport.ModbusRtuOverTcp;
        if (isBus && unit is 0 or > 247)
            device.Fail(DiagnosticCodes.SerialUnit, DeviceUnit, $"unit id {unit} cannot be polled on a serial bus; use 1 to 247 (0 is the broadcast, 248 to 255 are reserved)");
        else if (!units.TryAdd(unit, name))
            device.Fail(DiagnosticCodes.DuplicateUnit, DeviceUnit, $"unit id {unit} belongs to device '{units[unit]}' of this line already; each device has its own");
        AddDevice(device, line, definition, order);
    }

    private void AddDevice(JsonFieldReader device, LineDraft line, DeviceDefinition definition, string order)
    {
        CheckOrder(device, UncertainAfterPolls, BadAfterPolls);
        string name = definition.Name;
        var draft = new DeviceDraft(definition, order, device.At(DeviceName));
        if (name.Length > 0 && !_document.DeviceByName.TryAdd(name, draft))
            device.Fail(DiagnosticCodes.DuplicateDevice, DeviceName, $"device '{name}' is there already, in line {_document.DeviceByName[name].At.Line}; rename one");
        line.Devices.Add(draft);
        _document.Devices.Add(draft);
    }

    private void ReadHost(JsonFieldReader root)
    {
        if (root.Object(WebKey) is { } web)
        {
            _document.Web = new WebOptions
            {
                Http = web.Text(Http),
                LocalCommands = web.Boolean(LocalCommands),
                ReadingNeedsAccount = web.Choice(Reading) == 1,
                CertificateFile = web.Text(WebCertificateFile),
                KeyFile = web.Text(WebKeyFile),
            };
            if (web.Has(WebCertificateFile) != web.Has(WebKeyFile))
                web.Fail(DiagnosticCodes.HttpAddress, web.Has(WebKeyFile) ? WebKeyFile : WebCertificateFile, "a certificate and its key belong together; give 'certificateFile' and 'keyFile', or neither");
            else if (web.Has(WebCertificateFile) && !_document.Web.Http.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
                web.Fail(DiagnosticCodes.UselessSetting, WebCertificateFile, "a certificate has no effect on an http address; write the address as https://...");
            if (!Uri.TryCreate(_document.Web.Http, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) || address.AbsolutePath != "/")
                web.Fail(DiagnosticCodes.HttpAddress, Http, $"'{FieldReader.Short(_document.Web.Http)}' is no address of a web server; write it like http://127.0.0.1:8080");
        }
        if (root.Object(OpcUaServerKey) is { } opcUa)
            _document.OpcUaServer = OpcUaServerReader.Read(opcUa);
        if (root.Object(MetricsKey) is { } metrics)
            _document.Metrics = new MetricsOptions { Enabled = metrics.Boolean(MetricsEnabled) };
        if (root.Object(HistoryKey) is { } history)
            _document.History = ReadHistory(history);
        _document.Notifications = NotificationReader.Read(root.Objects(NotificationsKey));
        if (root.Object(TimeoutsKey) is { } timeouts)
            _document.Timeouts = new HostTimeouts { FirstDataMs = timeouts.Integer(FirstData), ShutdownMs = timeouts.Integer(Shutdown) };
    }

    private static HistorySettings ReadHistory(JsonFieldReader history)
    {
        CheckOrder(history, SampleDays, MinuteDays);
        CheckOrder(history, MinuteDays, HourDays);
        return new HistorySettings
        {
            Enabled = history.Boolean(HistoryEnabled),
            KeepSamplesDays = history.Integer(SampleDays),
            KeepMinutesDays = history.Integer(MinuteDays),
            KeepHoursDays = history.Integer(HourDays),
            MaxMegabytes = history.Integer(HistoryMegabytes),
            SyncMs = history.Integer(SyncPeriod),
        };
    }

    private static void CheckOrder(JsonFieldReader reader, Field lower, Field upper)
    {
        double low = reader.Number(lower), high = reader.Number(upper);
        if (low > high && !reader.Failed)
            reader.Fail(DiagnosticCodes.OppositeLimits, reader.Has(lower) ? lower : upper, $"'{lower.Name}' ({FieldText.Text(low)}) is above '{upper.Name}' ({FieldText.Text(high)}); lower the one or raise the other");
    }
}
