using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.OpcUa;
using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.Runtime.Scan;
using Gateway.Users;

namespace Gateway;

/// <summary>Builds a site's field lines, each of its own protocol. Used once, at start.</summary>
public static class FieldLines
{
    /// <summary>Builds all lines; nothing is opened yet.</summary>
    /// <param name="site">The configuration.</param>
    /// <param name="dataFolder">Folder below which <c>pki</c> lies; null when nothing is kept.</param>
    /// <param name="epoch">Timestamp at which the scan's elapsed time is zero.</param>
    /// <param name="outputs">Requests for outputs; null when nothing is written.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="connect">Opens connections; null for real ones.</param>
    /// <exception cref="AccountException">A certificate store, a password or a user's certificate is missing or cannot be read.</exception>
    public static FieldLine[] Create(
        SiteConfiguration site, string? dataFolder, long epoch, OutputMailbox? outputs, ILoggerFactory loggers, Func<LineDefinition, CancellationToken, ValueTask<Stream>>? connect = null)
    {
        ILogger logger = loggers.CreateLogger("Gateway.Line");
        var own = new Dictionary<string, (ApplicationCertificate Certificate, CertificateStore Store)>(StringComparer.Ordinal);
        return [.. site.Lines.Select(Create)];

        FieldLine Create(LineDefinition line)
        {
            if (line is ModbusLineDefinition modbus)
            {
                return new ModbusLine(modbus, new ModbusLineOptions
                {
                    Epoch = epoch, Connect = connect, Outputs = outputs, Jitter = new Random(line.Index), Logger = logger,
                });
            }

            var opcUa = (OpcUaLineDefinition)line;
            var options = new OpcUaLineOptions { Epoch = epoch, Connect = connect, Outputs = outputs, Logger = logger };
            if (!opcUa.IsUnsecured || opcUa.User is not null)
            {
                string folder = StoreOf(opcUa, dataFolder);
                if (!own.TryGetValue(folder, out var identity))
                    own.Add(folder, identity = OpenIdentity(folder, site.Plant.SiteId));
                options = options with { Certificate = identity.Certificate, Validator = new CertificateValidator(identity.Store, TimeProvider.System) };
            }

            return new OpcUaLine(opcUa, options with { User = UserOf(opcUa) });
        }
    }

    /// <summary>The store in a folder and the lines' certificate.</summary>
    /// <exception cref="AccountException">The folder cannot be used.</exception>
    public static (ApplicationCertificate Certificate, CertificateStore Store) OpenIdentity(string folder, string siteId) => OpcUaIdentity.Open(
        folder,
        new CertificateSubject { ApplicationUri = OpcUaIdentity.UriOf(siteId), CommonName = "Gateway " + siteId, HostNames = [Dns.GetHostName()] },
        TimeProvider.System);

    private static string StoreOf(OpcUaLineDefinition line, string? dataFolder)
    {
        if (line.CertificateStore.Length > 0)
            return line.CertificateStore;
        return dataFolder is null
            ? throw new AccountException("GW6510", $"line '{line.Name}' needs a certificate of the gateway's own and a list of trusted ones: give a data folder (--data), or the line a 'certificateStore'")
            : Path.Combine(dataFolder, "pki");
    }

    private static UserIdentity UserOf(OpcUaLineDefinition line)
    {
        if (line.User is not { } user)
            return UserIdentity.Anonymous;
        try
        {
            if (user.Name.Length > 0)
                return OpcUaIdentity.UserOf(user.Name, user.PasswordFile);
            return UserIdentity.FromCertificate(new ApplicationCertificate(X509Certificate2.CreateFromPemFile(user.CertificateFile, user.KeyFile)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new AccountException("GW6512", $"the user of line '{line.Name}' cannot be read: {e.Message}");
        }
    }
}
