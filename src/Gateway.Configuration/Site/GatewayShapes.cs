using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Site;

/// <summary>The keys of gateway.json.</summary>
internal static class GatewayShapes
{
    private const int Day = 86_400_000;

    public static readonly Field SiteId = Field.Named("id", "Short identity of the site, used in metrics and files.", required: true, example: "tangjiatuo");
    public static readonly Field SiteName = Field.Text("name", "Name of the site for people.", example: "Tangjiatuo works");
    public static readonly Field TimeZone = Field.Text("timeZone", "Civil time of the permit: an IANA name or a fixed offset.", required: true, example: "+08:00");
    public static readonly Shape Site = new("site", "Identity and calendar of the site.", [SiteId, SiteName, TimeZone]);

    public static readonly Field GroupName = Field.Named("name", "Name by which tags.csv refers to the group.", required: true, example: "fast");
    public static readonly Field GroupPeriod = Field.Integer("periodMs", 1, Day, "", "Period, a multiple of the base period.", required: true, example: "1000");
    public static readonly Field GroupPhase = Field.Integer("phaseMs", 0, Day, "0", "Offset on the grid of the period, a multiple of the base period below the period.");
    public static readonly Shape RateGroup = new("rateGroups[]", "A pace of polling and calculation.", [GroupName, GroupPeriod, GroupPhase]);

    public static readonly Field BasePeriod = Field.Integer("basePeriodMs", 1, 60_000, "100", "Base period of the scan.");
    public static readonly Field RateGroups = Field.Objects("rateGroups", RateGroup, "Paces by name; the base period itself is always there as 'base'.");
    public static readonly Shape Scan = new("scan", "Pace of the scan.", [BasePeriod, RateGroups]);

    public static readonly Field CertificateFile = Field.Text("certificateFile", "Own certificate, PEM, relative to the site folder.");
    public static readonly Field KeyFile = Field.Text("keyFile", "Private key of the own certificate, PEM.");
    public static readonly Field CaFile = Field.Text("caFile", "Certificate of the authority that signed the device's certificate, PEM.", required: true);
    public static readonly Field ServerName = Field.Text("serverName", "Name expected in the device's certificate; none means the host.");
    public static readonly Shape Tls = new("tls", "Certificates of a line with transport modbusTls.", [CertificateFile, KeyFile, CaFile, ServerName]);

    public static readonly Field DeviceName = Field.Named("name", "Name by which tags.csv refers to the device; unique in the site.", required: true, example: "plc-03");
    public static readonly Field DeviceUnit = Field.Integer("unit", 0, 255, "1", "Modbus unit id; on serial buses 1 to 247.");
    public static readonly Field DeviceOrder = Field.Text("order", "Order of bytes of the device's values where tags.csv gives none.", "ABCD", example: "CDAB");
    public static readonly Field MaxRegisters = Field.Integer("maxRegisters", 1, 125, "125", "Most registers the device answers at once.");
    public static readonly Field MaxBits = Field.Integer("maxBits", 1, 2000, "2000", "Most bits the device answers at once.");
    public static readonly Field MaxGap = Field.Integer("maxGap", 0, 125, "8", "Unwanted registers read along to save a request.");
    public static readonly Field OneRequestPerPoint = Field.Boolean("oneRequestPerPoint", false, "For devices that want each value asked on its own.");
    public static readonly Field PauseAfterConnect = Field.Integer("pauseAfterConnectMs", 0, 60_000, "0", "Pause between a new connection and the first request.");
    public static readonly Field PauseBetweenRequests = Field.Integer("pauseBetweenRequestsMs", 0, 10_000, "0", "Pause between an answer and the next request.");
    public static readonly Field CloseAfterPoll = Field.Boolean("closeAfterPoll", false, "Close the connection when nothing more is due, for devices with few sessions.");
    public static readonly Field IdNotEchoed = Field.Boolean("idNotEchoed", false, "For devices that answer with a transaction id of their own.");
    public static readonly Field FailuresBeforeProbe = Field.Integer("failuresBeforeProbe", 1, 1000, "3", "Time-outs in a row after which the device is only probed.");
    public static readonly Field ProbeMin = Field.Integer("probeMinMs", 100, 3_600_000, "5000", "First pause between probes; it doubles.");
    public static readonly Field ProbeMax = Field.Integer("probeMaxMs", 100, 3_600_000, "60000", "Longest pause between probes.");
    public static readonly Field WriteSingle = Field.Boolean("writeSingle", false, "Write with functions 5 and 6 where they suffice, instead of 15 and 16.");
    public static readonly Field VerifyWrites = Field.Boolean("verifyWrites", true, "Read a written value back and report a difference.");
    public static readonly Field VerifyWithin = Field.Integer("verifyWithinMs", 1, 60_000, "2000", "Time within which a written value must be seen in the device.");
    public static readonly Field UncertainAfterPolls = Field.Number("uncertainAfterPolls", "Age in poll periods at which values become uncertain.", 1, 1000, "2");
    public static readonly Field BadAfterPolls = Field.Number("badAfterPolls", "Age in poll periods at which values become bad.", 1, 1000, "4");

    public static readonly Shape Device = new("devices[]", "A device (unit id, or a group of nodes) on a line with its limits and quirks.",
    [
        DeviceName, DeviceUnit, DeviceOrder, MaxRegisters, MaxBits, MaxGap, OneRequestPerPoint, PauseAfterConnect, PauseBetweenRequests, CloseAfterPoll,
        IdNotEchoed, FailuresBeforeProbe, ProbeMin, ProbeMax, WriteSingle, VerifyWrites, VerifyWithin, UncertainAfterPolls, BadAfterPolls,
    ]);

    /// <summary>In the order of <see cref="Drivers.LineTransport"/>.</summary>
    public static readonly string[] Transports = ["modbusTcp", "modbusRtuOverTcp", "modbusTls", "modbusRtu", "modbusAscii", "opcUa"];

    public static readonly Field UserName = Field.Text("name", "Name of the user; needs a password.", example: "gateway");
    public static readonly Field PasswordFile = Field.Text("passwordFile", "File whose first line is the password, relative to the site folder; readable by the gateway only.");
    public static readonly Field UserCertificateFile = Field.Text("certificateFile", "Certificate of the user instead of a name, PEM, relative to the site folder.");
    public static readonly Field UserKeyFile = Field.Text("keyFile", "Private key of that certificate, PEM.");
    public static readonly Shape User = new("user", "Who uses the session of an OPC UA line.", [UserName, PasswordFile, UserCertificateFile, UserKeyFile]);

    /// <summary>The best one, then those of <see cref="OpcUa.Security.SecurityPolicy.All"/>.</summary>
    public static readonly string[] Policies = ["best", .. OpcUa.Security.SecurityPolicy.All.Select(policy => policy.Name)];
    public static readonly Field Endpoint = Field.Text("endpoint", "URL of the server; needed by opcUa.", example: "opc.tcp://192.0.2.20:4840");
    public static readonly Field Policy = Field.Choice("securityPolicy", Policies, "best", "Policy of an OPC UA line: the strongest that the server offers, or one by name; None, which neither signs nor encrypts, is used only when it is named.");
    public static readonly Field Mode = Field.Choice("securityMode", ["best", "Sign", "SignAndEncrypt"], "best", "Mode of an OPC UA line: the strongest that the server offers, or one by name.");
    public static readonly Field UserKey = Field.Object("user", User, "Who uses the session of an OPC UA line; none means anonymous.");
    public static readonly Field Store = Field.Text("certificateStore", "Folder of certificates of an OPC UA line, relative to the site folder; none means pki in the data folder.");
    public static readonly Field PublishingInterval = Field.Integer("publishingIntervalMs", 10, 60_000, "500", "Time between two publications of an OPC UA server.");
    public static readonly Field SamplingInterval = Field.Integer("samplingIntervalMs", 0, 3_600_000, "0", "Time between two samples of a node; 0 for the rate of each tag.");
    public static readonly Field QueueSize = Field.Integer("queueSize", 0, 100_000, "0", "Samples that the server keeps for each node; 0 for as many as one publication can bring, and two more.");
    public static readonly Field ItemWatch = Field.Integer("itemWatchMs", 0, 86_400_000, "60000", "Time without a value after which a node is read to see whether the server still watches it; 0 for never.");

    public static readonly Field LineName = Field.Named("name", "Name of the line; unique in the site.", required: true, example: "line-1");
    public static readonly Field Transport = Field.Choice("transport", Transports, "modbusTcp", "What carries the requests.");
    public static readonly Field Host = Field.Text("host", "Host name or address; needed by the TCP transports.", example: "192.0.2.10");
    public static readonly Field Port = Field.Integer("port", 1, 65_535, "502", "TCP port; a TLS line usually has 802.");
    public static readonly Field SerialPort = Field.Text("serialPort", "Stable name of the port; needed by the serial transports.", example: "/dev/serial/by-id/usb-0001");
    public static readonly Field BaudRate = Field.Integer("baudRate", 300, 4_000_000, "9600", "Serial speed in bit/s.");
    public static readonly Field Parity = Field.Choice("parity", ["none", "even", "odd"], "even", "Parity of a serial line.");
    public static readonly Field StopBits = Field.Integer("stopBits", 1, 2, "1", "Stop bits of a serial line.");
    public static readonly Field TlsKey = Field.Object("tls", Tls, "Certificates; needed by modbusTls.");
    public static readonly Field Window = Field.Integer("window", 1, 64, "1", "Requests in flight at once; a serial line has 1.");
    public static readonly Field AnswerTimeout = Field.Integer("timeoutMs", 10, 60_000, "1000", "Longest wait for an answer; a serial line adds the wire time.");
    public static readonly Field ConnectTimeout = Field.Integer("connectTimeoutMs", 10, 60_000, "3000", "Longest wait for a connection.");
    public static readonly Field ReconnectMin = Field.Integer("reconnectMinMs", 10, 3_600_000, "1000", "First pause between connection attempts; it doubles.");
    public static readonly Field ReconnectMax = Field.Integer("reconnectMaxMs", 10, 3_600_000, "60000", "Longest pause between connection attempts.");
    public static readonly Field Stack = Field.Choice("stack", ["gateway"], "gateway", "Protocol stack of the line; builds with vendor stacks will know more.");
    public static readonly Field Devices = Field.Objects("devices", Device, "The devices reached through the line.", required: true);

    public static readonly Shape Line = new("lines[]", "One connection or serial bus.",
    [
        LineName, Transport, Host, Port, SerialPort, BaudRate, Parity, StopBits, TlsKey, Window, AnswerTimeout, ConnectTimeout, ReconnectMin, ReconnectMax, Stack,
        Endpoint, Policy, Mode, UserKey, Store, PublishingInterval, SamplingInterval, QueueSize, ItemWatch, Devices,
    ]);

    public static readonly Field Http = Field.Text("http", "Address of the page, the API and the metrics.", "http://127.0.0.1:8080");
    public static readonly Field LocalCommands = Field.Boolean("localCommands", true, "Accept commands from the gateway's own machine without an account, as long as there is no account.");
    public static readonly Field Reading = Field.Choice("reading", ["everyone", "accounts"], "everyone", "Who may read values, events and metrics.");
    public static readonly Field WebCertificateFile = Field.Text("certificateFile", "Certificate chain of an https address, PEM, relative to the site folder; none means one that the gateway makes.");
    public static readonly Field WebKeyFile = Field.Text("keyFile", "Private key of that certificate, PEM.");
    public static readonly Shape Web = new("web", "Web server.", [Http, LocalCommands, Reading, WebCertificateFile, WebKeyFile]);

    /// <summary>The names of the policies; None is used only when it is written down.</summary>
    public static readonly string[] SecurityPolicies = ["Aes256_Sha256_RsaPss", "Basic256Sha256", "Aes128_Sha256_RsaOaep", "None"];

    public static readonly Field OpcUaUrl = Field.Text("url", "Where the server listens; 0.0.0.0 listens on all addresses.", "opc.tcp://127.0.0.1:4840");
    public static readonly Field Security = Field.ChoiceList("security", SecurityPolicies, "Basic256Sha256", "Policies offered. None lets anyone on the network read.");
    public static readonly Field Anonymous = Field.Boolean("anonymous", false, "Clients may stay without an account; they may read only.");
    public static readonly Field MaxSessions = Field.Integer("maxSessions", 1, 1000, "20", "Sessions at once.");
    public static readonly Shape OpcUaServer = new("opcuaServer", "OPC UA server for systems above the gateway; none runs without this key.", [OpcUaUrl, Security, Anonymous, MaxSessions]);

    public static readonly Field MetricsEnabled = Field.Boolean("enabled", true, "Serve /metrics.");
    public static readonly Shape Metrics = new("metrics", "Prometheus metrics.", [MetricsEnabled]);

    public static readonly Field FirstData = Field.Integer("firstDataMs", 0, 600_000, "10000", "Longest wait for the first answer of each device before the scan runs all the same.");
    public static readonly Field Shutdown = Field.Integer("shutdownMs", 100, 600_000, "5000", "Longest time for driving safe values and closing files at the end.");
    public static readonly Shape Timeouts = new("timeouts", "Limits of starting and stopping.", [FirstData, Shutdown]);

    public static readonly Field HistoryEnabled = Field.Boolean("enabled", true, "Keep the history of samples in the data folder.");
    public static readonly Field SampleDays = Field.Integer("keepSamplesDays", 1, 36_600, "100", "Age at which a month's samples are removed.");
    public static readonly Field MinuteDays = Field.Integer("keepMinutesDays", 1, 36_600, "800", "Age at which a month's minute means are removed.");
    public static readonly Field HourDays = Field.Integer("keepHoursDays", 1, 36_600, "3660", "Age at which hour means are removed.");
    public static readonly Field HistoryMegabytes = Field.Integer("maxMegabytes", 64, 100_000_000, "16384", "Size of all files at which the oldest samples are removed before their age.");
    public static readonly Field SyncPeriod = Field.Integer("syncMs", 100, 600_000, "10000", "Time after which samples are forced to the disk; a loss of power costs at most this.");
    public static readonly Shape History = new("history", "History of samples; needs --data.", [HistoryEnabled, SampleDays, MinuteDays, HourDays, HistoryMegabytes, SyncPeriod]);

    public static readonly Field SchemaKey = Field.Text("$schema", "Reference to the schema, for editors.");
    public static readonly Field SiteKey = Field.Object("site", Site, "Identity and calendar.", required: true);
    public static readonly Field ScanKey = Field.Object("scan", Scan, "Pace of the scan.");
    public static readonly Field LinesKey = Field.Objects("lines", Line, "Connections to devices.", required: true);
    public static readonly Field WebKey = Field.Object("web", Web, "Web server.");
    public static readonly Field OpcUaServerKey = Field.Object("opcuaServer", OpcUaServer, "OPC UA server for systems above the gateway.");
    public static readonly Field MetricsKey = Field.Object("metrics", Metrics, "Prometheus metrics.");
    public static readonly Field HistoryKey = Field.Object("history", History, "History of samples.");
    public static readonly Field NotificationsKey = Field.Objects("notifications", NotificationShapes.Receiver, "Who is told of alarms outside of the control room.");
    public static readonly Field TimeoutsKey = Field.Object("timeouts", Timeouts, "Limits of starting and stopping.");

    public static readonly Shape Root = new("gateway.json", "Site, pace, lines, devices and web server.",
        [SchemaKey, SiteKey, ScanKey, LinesKey, WebKey, OpcUaServerKey, MetricsKey, HistoryKey, NotificationsKey, TimeoutsKey]);
}
