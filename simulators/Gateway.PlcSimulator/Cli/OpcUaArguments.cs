using System.CommandLine;
using System.Security.Cryptography;
using Gateway.PlcSimulator.OpcUa;

namespace Gateway.PlcSimulator.Cli;

/// <summary>The options of <c>serve</c> for OPC UA.</summary>
internal static class OpcUaArguments
{
    private const int UsualPort = 4840;

    private static readonly Option<string?> Url = new("--opcua") { Description = "opc.tcp://HOST:PORT to serve the plant's tags over OPC UA; port 0 takes a free one" };
    private static readonly Option<string?> Pki = new("--opcua-pki") { Description = "Folder with the OPC UA server's certificate and the clients it trusts; one of the user's without it" };
    private static readonly Option<string?> Users = new("--opcua-users") { Description = "File with name:password in each line, for those who may write over OPC UA; nobody may without it" };
    private static readonly Option<bool> Insecure = new("--opcua-insecure") { Description = "Offer OPC UA channels without security, too; for tests" };

    public static void AddTo(Command command)
    {
        command.Add(Url);
        command.Add(Pki);
        command.Add(Users);
        command.Add(Insecure);
    }

    /// <summary>Reads the options into those of the server; false when they are wrong, which has then been said.</summary>
    /// <param name="identity">The certificate to dispose of at the end; null without OPC UA.</param>
    public static bool TryRead(ParseResult parsed, ref PlantServerOptions options, out FaceIdentity? identity)
    {
        identity = null;
        if (parsed.GetValue(Url) is not { } text)
        {
            if (parsed.GetValue(Pki) is not null || parsed.GetValue(Users) is not null || parsed.GetValue(Insecure))
                return Refuse("--opcua: error: --opcua-pki, --opcua-users and --opcua-insecure need --opcua opc.tcp://HOST:PORT");
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != "opc.tcp" || url.Host.Length == 0 || url.PathAndQuery.Length > 1)
            return Refuse($"--opcua: error: '{text}' is not opc.tcp://HOST:PORT, such as opc.tcp://127.0.0.1:{UsualPort}");
        if (url.IsDefaultPort)
            url = new UriBuilder(url) { Port = UsualPort }.Uri;
        UserFile? users = null;
        if (parsed.GetValue(Users) is { } file)
        {
            (users, var errors) = UserFile.Load(file);
            foreach (var error in errors)
                Console.Error.WriteLine(error);
            if (users is null)
                return false;
        }

        var folder = parsed.GetValue(Pki) ?? FaceIdentity.UsualFolder;
        try
        {
            identity = FaceIdentity.Open(folder, url.Host);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return Refuse($"--opcua-pki: error: the folder {folder} cannot be used ({e.Message}); choose another one");
        }

        options = options with
        {
            OpcUaUrl = url,
            OpcUa = identity.ToOptions(Console.Error.WriteLine) with
            {
                CheckPassword = users is null ? null : users.Find,
                IsInsecure = parsed.GetValue(Insecure),
            },
        };
        return true;
    }

    /// <summary>Says where the plant is served, and what a client has to trust.</summary>
    public static void Announce(PlantServer plant, FaceIdentity identity, PlantServerOptions options)
    {
        Console.WriteLine($"OPC UA: {plant.OpcUa!.VariableCount} variables of {plant.OpcUa.NamespaceUri} on {plant.OpcUaUrl!.GetLeftPart(UriPartial.Authority)}");
        Console.WriteLine($"OPC UA: certificate {identity.Certificate.Certificate.Thumbprint}; clients become trusted in {Path.Combine(identity.Store.Root, "trusted", "certs")}");
        if (options.OpcUa!.IsInsecure)
            Console.Error.WriteLine("OPC UA: channels without security are offered (--opcua-insecure): everybody who reaches the port can read");
    }

    private static bool Refuse(string text)
    {
        Console.Error.WriteLine(text);
        return false;
    }
}
