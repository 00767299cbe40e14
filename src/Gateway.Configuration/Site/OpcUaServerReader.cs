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
        bool usable = Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme == "opc.tcp" && (uri.Host == "localhost" || IPAddress.TryParse(uri.Host.Trim('[', ']'), out address!));
        if (!usable)
            reader.Fail(DiagnosticCodes.OpcUaAddress, OpcUaUrl, $"'{FieldReader.Short(url)}' is no address to listen on; write it like opc.tcp://127.0.0.1:4840, or opc.tcp://0.0.0.0:4840 for all addresses");
        var users = new List<OpcUaUser>();
        foreach (JsonFieldReader user in reader.Objects(Users))
        {
            string name = user.Text(UserName);
            PasswordHash? hash = PasswordHash.Parse(user.Text(PasswordHashKey));
            if (hash is null)
                user.Fail(DiagnosticCodes.OpcUaUser, PasswordHashKey, $"the password of '{FieldReader.Short(name)}' is not of the form pbkdf2-sha256$ROUNDS$SALT$HASH with at least 10000 rounds, 16 bytes of salt and 32 of hash; docs/opcua-server.md says how to make it");
            else if (users.Exists(u => u.Name == name))
                user.Fail(DiagnosticCodes.OpcUaUser, UserName, $"user '{FieldReader.Short(name)}' is there already; rename one");
            else
                users.Add(new OpcUaUser(name, hash, user.Boolean(MayWrite)));
        }

        bool anonymous = reader.Boolean(Anonymous);
        if (users.Count == 0 && !anonymous && !reader.Has(Users))
            reader.Fail(DiagnosticCodes.OpcUaNobody, reader.Here, "nobody could use this server; list 'users', or set 'anonymous' to true to let anyone with a trusted certificate read");
        return new OpcUaServerSettings
        {
            Url = url,
            Listen = new IPEndPoint(address, uri is { Port: >= 0 } ? uri.Port : DefaultPort),
            Security = [.. reader.ChoiceList(Security).Select(index => SecurityPolicies[index])],
            Anonymous = anonymous,
            Users = users,
            MaxSessions = reader.Integer(MaxSessions),
        };
    }
}
