namespace Gateway.Configuration.Diagnostics;

/// <summary>A kind of diagnostic.</summary>
/// <param name="Id">GW and four digits.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Title">What it is about, for the list in the documentation.</param>
internal sealed record DiagnosticCode(string Id, DiagnosticSeverity Severity, string Title);

/// <summary>All kinds of diagnostics: GW1xxx files and syntax, GW2xxx gateway.json and tags.csv, GW3xxx alarms.csv, GW4xxx compliance.json, GW5xxx outputs.csv.</summary>
internal static class DiagnosticCodes
{
    private static readonly List<DiagnosticCode> Registered = [];

    /// <summary>All codes in rising order.</summary>
    public static IReadOnlyList<DiagnosticCode> All => Registered;

    public static readonly DiagnosticCode TooMany = Error("GW1000", "More diagnostics than are shown.");
    public static readonly DiagnosticCode FileMissing = Error("GW1001", "A file does not exist.");
    public static readonly DiagnosticCode FileUnreadable = Error("GW1002", "A file cannot be read.");
    public static readonly DiagnosticCode FileTooLarge = Error("GW1003", "A file is too large.");
    public static readonly DiagnosticCode Binary = Error("GW1004", "A file is not text.");
    public static readonly DiagnosticCode NotUtf8 = Error("GW1005", "A file is not UTF-8.");
    public static readonly DiagnosticCode JsonSyntax = Error("GW1101", "Not valid JSON.");
    public static readonly DiagnosticCode DuplicateKey = Error("GW1102", "A key stands twice in an object.");
    public static readonly DiagnosticCode UnknownKey = Error("GW1103", "A key is not known.");
    public static readonly DiagnosticCode CsvHeader = Error("GW1201", "A table has no usable header.");
    public static readonly DiagnosticCode DuplicateColumn = Error("GW1202", "A column stands twice.");
    public static readonly DiagnosticCode UnknownColumn = Error("GW1203", "A column is not known or has no name.");
    public static readonly DiagnosticCode ColumnMissing = Error("GW1204", "A required column is missing.");
    public static readonly DiagnosticCode CsvCellCount = Error("GW1205", "A row has more or fewer cells than the header.");
    public static readonly DiagnosticCode CsvQuote = Error("GW1206", "Quotes of a cell do not match.");
    public static readonly DiagnosticCode TooManyRows = Error("GW1207", "A table has too many rows.");
    public static readonly DiagnosticCode ValueMissing = Error("GW1301", "A required value is missing.");
    public static readonly DiagnosticCode WrongType = Error("GW1302", "A value is of another kind than the key or column.");
    public static readonly DiagnosticCode DecimalComma = Error("GW1303", "A number uses a decimal comma.");
    public static readonly DiagnosticCode OutOfRange = Error("GW1304", "A number is outside its range.");
    public static readonly DiagnosticCode BadChoice = Error("GW1305", "A word is not one of those allowed.");
    public static readonly DiagnosticCode BadName = Error("GW1306", "A text is not a name.");

    public static readonly DiagnosticCode TimeZone = Error("GW2001", "The time zone is not known.");
    public static readonly DiagnosticCode RateGroupPeriod = Error("GW2002", "A period or phase is not a multiple of the base period.");
    public static readonly DiagnosticCode DuplicateRateGroup = Error("GW2003", "Two rate groups have one name.");
    public static readonly DiagnosticCode DuplicateLine = Error("GW2004", "Two lines have one name.");
    public static readonly DiagnosticCode DuplicateDevice = Error("GW2005", "Two devices have one name.");
    public static readonly DiagnosticCode LineAddress = Error("GW2006", "A line lacks the host, port or certificates that its transport needs.");
    public static readonly DiagnosticCode SerialUnit = Error("GW2007", "A unit id cannot be used on a serial line.");
    public static readonly DiagnosticCode DuplicateUnit = Error("GW2008", "Two devices of a line have one unit id.");
    public static readonly DiagnosticCode OppositeLimits = Error("GW2009", "A lower setting is above its upper setting.");
    public static readonly DiagnosticCode HttpAddress = Error("GW2010", "The address of the web server is not usable.");
    public static readonly DiagnosticCode SharedEndpoint = Warning("GW2011", "Two lines go to one endpoint.");
    public static readonly DiagnosticCode UselessSetting = Warning("GW2012", "A setting has no effect here.");
    public static readonly DiagnosticCode DeviceWithoutTags = Warning("GW2013", "No tag uses a device.");
    public static readonly DiagnosticCode EndpointUrl = Error("GW2014", "The endpoint of an OPC UA line is no URL of a server.");
    public static readonly DiagnosticCode SessionUser = Error("GW2015", "The user of an OPC UA line is not complete.");
    public static readonly DiagnosticCode Receiver = Error("GW2020", "A receiver of notifications cannot be reached as described.");
    public static readonly DiagnosticCode OpcUaAddress = Error("GW2030", "The address of the OPC UA server is not usable.");

    public static readonly DiagnosticCode TagName = Error("GW2101", "A tag's name cannot be used in expressions.");
    public static readonly DiagnosticCode DuplicateTag = Error("GW2102", "Two tags have one name.");
    public static readonly DiagnosticCode TagSource = Error("GW2103", "A tag has no source, or two.");
    public static readonly DiagnosticCode UnknownDevice = Error("GW2104", "A device is not defined.");
    public static readonly DiagnosticCode AddressRange = Error("GW2105", "A value does not fit into the address range or the device's limit.");
    public static readonly DiagnosticCode TypeInSpace = Error("GW2106", "A type cannot be read from that space.");
    public static readonly DiagnosticCode ByteOrderText = Error("GW2107", "An order of bytes does not fit the type.");
    public static readonly DiagnosticCode BitNumber = Error("GW2108", "A bit number is missing or not allowed.");
    public static readonly DiagnosticCode Overlap = Error("GW2110", "Two values overlap in the device.");
    public static readonly DiagnosticCode SamePoint = Warning("GW2111", "Two tags read the same value.");
    public static readonly DiagnosticCode UnknownRate = Error("GW2112", "A rate is neither a rate group nor a usable period.");
    public static readonly DiagnosticCode PhaseTooLong = Error("GW2113", "A phase is not below its period.");
    public static readonly DiagnosticCode ScalingValues = Error("GW2114", "The values of a scaling are missing or not usable.");
    public static readonly DiagnosticCode ScalingTable = Error("GW2115", "The table of a scaling is not usable.");
    public static readonly DiagnosticCode RangeOrder = Error("GW2116", "A range is empty or lacks an end.");
    public static readonly DiagnosticCode DeadbandTooWide = Error("GW2117", "A deadband is not below the span.");
    public static readonly DiagnosticCode StuckSettings = Error("GW2118", "A stuck check cannot work.");
    public static readonly DiagnosticCode NotWritable = Error("GW2119", "A tag cannot be written.");
    public static readonly DiagnosticCode Expression = Error("GW2120", "An expression cannot be compiled.");
    public static readonly DiagnosticCode ExpressionCycle = Error("GW2121", "Calculated tags depend on each other in a circle.");
    public static readonly DiagnosticCode UnknownUnit = Warning("GW2122", "A unit is not known.");
    public static readonly DiagnosticCode SimilarTag = Warning("GW2123", "Two names differ only in upper and lower case.");
    public static readonly DiagnosticCode OneBasedAddress = Warning("GW2124", "Addresses look like references counted from 1.");
    public static readonly DiagnosticCode UselessColumn = Warning("GW2125", "A value has no effect for this kind of tag.");
    public static readonly DiagnosticCode NodeIdText = Error("GW2126", "An address is no node id.");
    public static readonly DiagnosticCode SourceDeadband = Error("GW2127", "A deadband of the source cannot be used.");

    public static readonly DiagnosticCode DuplicateAlarm = Error("GW3001", "Two alarms have one name.");
    public static readonly DiagnosticCode AlarmTag = Error("GW3002", "A tag named by an alarm is not defined.");
    public static readonly DiagnosticCode AlarmLimit = Error("GW3003", "An alarm lacks its limit.");
    public static readonly DiagnosticCode AlarmLimitRange = Error("GW3004", "An alarm's limit cannot be reached or always stands.");
    public static readonly DiagnosticCode AlarmLimitOrder = Error("GW3005", "The limits of a tag do not rise from LL to HH.");
    public static readonly DiagnosticCode AlarmDeadband = Error("GW3006", "An alarm's deadband is too wide.");
    public static readonly DiagnosticCode AlarmSetpoint = Error("GW3007", "The set-point of a deviation is missing or not comparable.");
    public static readonly DiagnosticCode AlarmStateValue = Error("GW3008", "The state of an alarm cannot occur.");
    public static readonly DiagnosticCode AlarmRate = Error("GW3009", "A rate of change cannot be measured.");
    public static readonly DiagnosticCode AlarmDelay = Warning("GW3010", "An on-delay uses up the time to respond.");
    public static readonly DiagnosticCode AlarmPriority = Error("GW3011", "A priority differs from severity and time to respond.");
    public static readonly DiagnosticCode NotRationalized = Warning("GW3012", "An alarm is not rationalized.");
    public static readonly DiagnosticCode PermitShelving = Warning("GW3013", "An alarm of a permit may be shelved.");
    public static readonly DiagnosticCode SameCondition = Warning("GW3014", "Two alarms watch the same condition.");
    public static readonly DiagnosticCode AlarmSuppressed = Warning("GW3015", "An alarm is always suppressed.");
    public static readonly DiagnosticCode AlarmUseless = Warning("GW3016", "A value has no effect for this kind of alarm.");
    public static readonly DiagnosticCode AlarmSignal = Error("GW3017", "The deadband of a signal needs the range of its tag.");
    public static readonly DiagnosticCode SuppressedAlarm = Error("GW3018", "The suppression table names an alarm that is not defined.");
    public static readonly DiagnosticCode SuppressedTwice = Warning("GW3019", "The suppression table says one thing twice.");

    public static readonly DiagnosticCode StandardContent = Error("GW4001", "The file of a standard cannot be used.");
    public static readonly DiagnosticCode UnknownClass = Error("GW4002", "A standard has no such class.");
    public static readonly DiagnosticCode UnknownParameter = Error("GW4003", "A standard has no such parameter.");
    public static readonly DiagnosticCode NoLimitRow = Error("GW4004", "A standard has no limit that fits the permit.");
    public static readonly DiagnosticCode AmbiguousRow = Error("GW4005", "A standard has several limits that fit the permit.");
    public static readonly DiagnosticCode DuplicatePermit = Error("GW4006", "Two permits have one name.");
    public static readonly DiagnosticCode DuplicateLimit = Error("GW4007", "A permit judges a statistic twice.");
    public static readonly DiagnosticCode PermitTag = Error("GW4008", "A tag named by a permit is not defined.");
    public static readonly DiagnosticCode PermitUnit = Error("GW4009", "The unit of a tag does not fit the permit.");
    public static readonly DiagnosticCode OwnLimit = Error("GW4010", "The limits of a permit contradict each other.");
    public static readonly DiagnosticCode OverrideClause = Error("GW4011", "A limit of the permit's own lacks its clause.");
    public static readonly DiagnosticCode TemperatureMissing = Error("GW4012", "A limit depends on the temperature, which is missing.");
    public static readonly DiagnosticCode FlowMissing = Warning("GW4013", "A daily mean is not weighted with the flow.");
    public static readonly DiagnosticCode LimitGap = Warning("GW4014", "The value of a limit is not known.");
    public static readonly DiagnosticCode LimitOutOfReach = Warning("GW4015", "A limit lies beyond the range of its tag.");
    public static readonly DiagnosticCode LimitUnverified = Warning("GW4016", "The value of a limit is from memory or a proposal.");
    public static readonly DiagnosticCode RowsOverlap = Error("GW4017", "Two rows of a standard contradict each other.");
    public static readonly DiagnosticCode StatisticSetting = Error("GW4018", "A statistic lacks what it needs.");
    public static readonly DiagnosticCode Figure = Error("GW4019", "A tag names a figure that no permit window has.");

    public static readonly DiagnosticCode SampleLayout = Error("GW4101", "A table of samples has no known layout.");
    public static readonly DiagnosticCode SampleTime = Error("GW4102", "The time of a sample cannot be read.");
    public static readonly DiagnosticCode SampleValue = Error("GW4103", "The value of a sample cannot be read.");
    public static readonly DiagnosticCode SampleUnit = Error("GW4104", "The unit of a sample does not convert.");
    public static readonly DiagnosticCode DuplicateSample = Error("GW4105", "A parameter has two samples at one time.");
    public static readonly DiagnosticCode NegativeSample = Warning("GW4106", "A concentration is negative.");
    public static readonly DiagnosticCode FutureSample = Warning("GW4107", "A sample lies in the future.");
    public static readonly DiagnosticCode SampleUnused = Warning("GW4108", "Samples are judged by no permit.");

    public static readonly DiagnosticCode DuplicateOutput = Error("GW5001", "Two outputs have one name or one tag.");
    public static readonly DiagnosticCode OutputTag = Error("GW5002", "The tag of an output is not defined.");
    public static readonly DiagnosticCode OutputNotWritable = Error("GW5003", "The tag of an output is read only.");
    public static readonly DiagnosticCode OutputLimits = Error("GW5004", "The limits of an output are empty or exclude the fail-safe value.");
    public static readonly DiagnosticCode OutputRange = Error("GW5005", "The limits of an output pass the range of its tag.");
    public static readonly DiagnosticCode OutputScaling = Error("GW5006", "The scaling of an output cannot be turned around.");
    public static readonly DiagnosticCode OutputEncoding = Error("GW5007", "A limit of an output does not fit its type.");

    private static DiagnosticCode Error(string id, string title) => Add(new DiagnosticCode(id, DiagnosticSeverity.Error, title));

    private static DiagnosticCode Warning(string id, string title) => Add(new DiagnosticCode(id, DiagnosticSeverity.Warning, title));

    private static DiagnosticCode Add(DiagnosticCode code)
    {
        Registered.Add(code);
        return code;
    }
}
