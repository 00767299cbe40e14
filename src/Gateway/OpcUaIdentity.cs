using System.Net;
using System.Security.Cryptography;
using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.Users;

namespace Gateway;

/// <summary>Who the gateway is on OPC UA, on lines, as a server and in probes.</summary>
internal static class OpcUaIdentity
{
    /// <summary>The application URI: the same name for clients and servers to know this gateway by.</summary>
    public static string UriOf(string siteId) => $"urn:{Dns.GetHostName()}:gateway:{siteId}";

    /// <summary>The store in a folder and this application's certificate, which is made at the first start and kept.</summary>
    /// <exception cref="AccountException">The folder cannot be used.</exception>
    public static (ApplicationCertificate Certificate, CertificateStore Store) Open(string folder, CertificateSubject subject, TimeProvider time)
    {
        try
        {
            var store = new CertificateStore(folder);
            return (store.LoadOrCreateOwn(subject, time), store);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AccountException("GW6511", $"the certificate store {folder} cannot be used: {e.Message}");
        }
    }

    /// <summary>A user whose password is the first line of a file.</summary>
    public static UserIdentity UserOf(string name, string passwordFile) => UserIdentity.FromPassword(name, File.ReadLines(passwordFile).FirstOrDefault() ?? "");
}
