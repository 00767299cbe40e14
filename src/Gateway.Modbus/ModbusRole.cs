using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Modbus;

/// <summary>The role in a certificate (Modbus/TCP Security §8.3): an UTF-8 string in an extension of its own.</summary>
public static class ModbusRole
{
    /// <summary>Object id of the extension .</summary>
    public const string Oid = "1.3.6.1.4.1.50316.802.1";

    /// <summary>The role of a peer, or null when the certificate carries none or not exactly one.</summary>
    public static string? Of(X509Certificate? certificate)
    {
        if (certificate is not X509Certificate2 full)
            return null;
        string? role = null;
        foreach (var extension in full.Extensions)
        {
            if (extension.Oid?.Value != Oid)
                continue;

            // R-60 and following: two roles are as good as none.
            if (role is not null)
                return null;
            role = Read(extension.RawData);
            if (role is null)
                return null;
        }

        return role;
    }

    /// <summary>The extension to put into a certificate request.</summary>
    public static X509Extension CreateExtension(string role)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, role);
        return new X509Extension(Oid, writer.Encode(), critical: false);
    }

    private static string? Read(byte[] value)
    {
        try
        {
            var reader = new AsnReader(value, AsnEncodingRules.DER);
            var role = reader.ReadCharacterString(UniversalTagNumber.UTF8String);
            return reader.HasData ? null : role;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
