using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Drivers;
using Gateway.Drivers.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;
using static Gateway.Configuration.Site.GatewayShapes;

namespace Gateway.Configuration.Site;

/// <summary>Reads what only a line with transport opcUa has. Used by one thread.</summary>
internal static class OpcUaLineReader
{
    private static readonly Field[] ModbusOnly = [Host, Port, SerialPort, BaudRate, Parity, StopBits, TlsKey, Window];
    private static readonly Field[] OpcUaOnly = [Endpoint, Policy, Mode, UserKey, Store, PublishingInterval, SamplingInterval, QueueSize, ItemWatch];
    private static readonly Field[] ModbusDeviceOnly =
    [
        DeviceUnit, DeviceOrder, MaxRegisters, MaxBits, MaxGap, OneRequestPerPoint, PauseAfterConnect, PauseBetweenRequests, CloseAfterPoll, IdNotEchoed,
        FailuresBeforeProbe, ProbeMin, ProbeMax, WriteSingle,
    ];

    /// <summary>The line without its devices.</summary>
    public static OpcUaLineDefinition Read(JsonFieldReader line, string name, int index)
    {
        ReportUseless(line, ModbusOnly, "opcUa");
        string url = line.Text(Endpoint);
        bool isUrl = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme == "opc.tcp" && uri.Host.Length > 0;
        if (!line.Has(Endpoint))
            line.Fail(DiagnosticCodes.LineAddress, line.At(Transport), "transport 'opcUa' needs 'endpoint'");
        else if (!isUrl)
            line.Fail(DiagnosticCodes.EndpointUrl, Endpoint, $"'{FieldReader.Short(url)}' is no URL of an OPC UA server; write it like opc.tcp://192.0.2.20:4840");
        SecurityPolicy? policy = line.Choice(Policy) is var place and > 0 ? SecurityPolicy.All[place - 1] : null;
        MessageSecurityMode? mode = line.Choice(Mode) switch { 1 => MessageSecurityMode.Sign, 2 => MessageSecurityMode.SignAndEncrypt, _ => null };
        if (policy is { IsNone: true } && mode is not null)
            line.Fail(DiagnosticCodes.UselessSetting, Mode, "'securityMode' has no effect with securityPolicy None; remove it or choose a policy");
        return new OpcUaLineDefinition
        {
            Name = name,
            Index = index,
            Transport = LineTransport.OpcUa,
            Url = url,
            Policy = policy,
            Mode = policy is { IsNone: true } ? null : mode,
            User = ReadUser(line.Object(UserKey)),
            CertificateStore = line.Text(Store),
            PublishingIntervalMs = line.Integer(PublishingInterval),
            SamplingIntervalMs = line.Integer(SamplingInterval),
            QueueSize = line.Integer(QueueSize),
            ItemWatchMs = line.Integer(ItemWatch),
            TimeoutMs = line.Integer(AnswerTimeout),
            ConnectTimeoutMs = line.Integer(ConnectTimeout),
            ReconnectMinMs = line.Integer(ReconnectMin),
            ReconnectMaxMs = line.Integer(ReconnectMax),
            Stack = Stack.Choices[Math.Max(0, line.Choice(Stack))],
            Devices = [],
        };
    }

    /// <summary>A device without its points.</summary>
    public static OpcUaDevice ReadDevice(JsonFieldReader device, string name, int index)
    {
        ReportUseless(device, ModbusDeviceOnly, "opcUa");
        return new OpcUaDevice
        {
            Name = name,
            Index = index,
            VerifyWrites = device.Boolean(VerifyWrites),
            VerifyWithinMs = device.Integer(VerifyWithin),
            UncertainAfterPolls = device.Number(UncertainAfterPolls),
            BadAfterPolls = device.Number(BadAfterPolls),
            Points = [],
        };
    }

    /// <summary>Reports keys of an OPC UA line on another one.</summary>
    public static void CheckOthers(JsonFieldReader line, string transport) => ReportUseless(line, OpcUaOnly, transport);

    /// <summary>Reports keys that mean nothing with a transport.</summary>
    public static void ReportUseless(JsonFieldReader reader, Field[] fields, string transport)
    {
        foreach (Field field in fields)
            if (reader.Has(field))
                reader.Fail(DiagnosticCodes.UselessSetting, field, $"'{field.Name}' has no effect with transport '{transport}'; remove it or correct the transport");
    }

    private static OpcUaUser? ReadUser(JsonFieldReader? user)
    {
        if (user is null)
            return null;
        bool hasName = user.Has(UserName), hasCertificate = user.Has(UserCertificateFile);
        if (hasName == hasCertificate)
            user.Fail(DiagnosticCodes.SessionUser, user.Here, "a user has a 'name' with a 'passwordFile', or a 'certificateFile' with a 'keyFile'; give one of the two");
        else if (hasName != user.Has(PasswordFile) || hasCertificate != user.Has(UserKeyFile))
            user.Fail(DiagnosticCodes.SessionUser, user.Here, hasName ? "'name' and 'passwordFile' belong together; give both and no 'keyFile'" : "'certificateFile' and 'keyFile' belong together; give both and no 'passwordFile'");
        return new OpcUaUser { Name = user.Text(UserName), PasswordFile = user.Text(PasswordFile), CertificateFile = user.Text(UserCertificateFile), KeyFile = user.Text(UserKeyFile) };
    }
}
