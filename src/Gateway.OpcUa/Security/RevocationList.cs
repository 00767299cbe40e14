using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.OpcUa.Security;

/// <summary>A certificate revocation list (RFC 5280 §5).</summary>
internal sealed class RevocationList
{
    private readonly SignedData _signed;
    private readonly byte[] _issuer;
    private readonly HashSet<string> _serials;

    private RevocationList(SignedData signed, byte[] issuer, HashSet<string> serials)
    {
        _signed = signed;
        _issuer = issuer;
        _serials = serials;
    }

    public static RevocationList? Read(byte[] der)
    {
        if (!SignedData.TryRead(der, out var signed))
            return null;
        try
        {
            var list = new AsnReader(signed.Content, AsnEncodingRules.DER).ReadSequence();
            if (list.PeekTag() == Asn1Tag.Integer)
                list.ReadIntegerBytes();
            list.ReadEncodedValue();
            var issuer = list.ReadEncodedValue().ToArray();
            ReadTime(list);
            if (list.HasData && IsTime(list.PeekTag()))
                ReadTime(list);
            var serials = new HashSet<string>(StringComparer.Ordinal);
            if (list.HasData && list.PeekTag() == Asn1Tag.Sequence)
            {
                for (var entries = list.ReadSequence(); entries.HasData;)
                    serials.Add(Convert.ToHexString(entries.ReadSequence().ReadIntegerBytes().Span));
            }

            return new RevocationList(signed, issuer, serials);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>True when the list is that of <paramref name="issuer"/> and its signature is right.</summary>
    public bool IsOf(X509Certificate2 issuer) => issuer.SubjectName.RawData.AsSpan().SequenceEqual(_issuer) && _signed.IsSignedBy(issuer);

    /// <summary>True when the list names the certificate.</summary>
    public bool Revokes(X509Certificate2 certificate) => _serials.Contains(Convert.ToHexString(certificate.SerialNumberBytes.Span));

    private static bool IsTime(Asn1Tag tag) => tag == Asn1Tag.UtcTime || tag == Asn1Tag.GeneralizedTime;

    private static void ReadTime(AsnReader reader) => reader.ReadEncodedValue();
}
