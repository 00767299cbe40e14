using System.Net;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using static Gateway.Configuration.Site.GatewayShapes;

namespace Gateway.Configuration.Site;

/// <summary>Reads the key opcuaServer of gateway.json.</summary>
internal static class OpcUaServerReader
{
    private const int DefaultPort = 4840;

    public static OpcUaServerSettings Read(JsonFieldReader reader)
    {
        string url = reader.Text(OpcUaUrl);
        IPAddress address = IPAddress.Loopback;
        bool isUsable = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme == "opc.tcp" && (uri.Host == "localhost" || IPAddress.TryParse(uri.Host.Trim('[', ']'), out address!));
        if (!isUsable)
            reader.Fail(DiagnosticCodes.OpcUaAddress, OpcUaUrl, $"'{FieldReader.Short(url)}' is no address to listen on; write it like opc.tcp://127.0.0.1:4840, or opc.tcp://0.0.0.0:4840 for all addresses");
        return new OpcUaServerSettings
        {
            Url = url,
            Listen = new IPEndPoint(address, uri is { Port: >= 0 } ? uri.Port : DefaultPort),
            Security = [.. reader.ChoiceList(Security).Select(index => SecurityPolicies[index])],
            Anonymous = reader.Boolean(Anonymous),
            MaxSessions = reader.Integer(MaxSessions),
        };
    }
}
