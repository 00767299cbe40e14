using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <summary>Turns a user into the token of ActivateSession (Part 4 §7.40).</summary>
internal static class UserTokens
{
    public static OpcUaFault Create(OpcUaClientOptions options, EndpointDescription endpoint, byte[]? serverNonce, out ExtensionObject token, out SignatureData signature)
    {
        token = default;
        signature = default;
        var user = options.User;
        if (EndpointChoice.FindToken(endpoint, user.Type) is not { } offered)
            return new OpcUaFault(StatusCodes.BadIdentityTokenRejected, $"the endpoint takes no users of the kind {user.Type}");
        var policy = SecurityPolicy.Find(string.IsNullOrEmpty(offered.SecurityPolicyUri) ? endpoint.SecurityPolicyUri : offered.SecurityPolicyUri)!;
        switch (user.Type)
        {
            case UserTokenType.Anonymous:
                token = new ExtensionObject(new AnonymousIdentityToken { PolicyId = offered.PolicyId });
                return default;
            case UserTokenType.UserName:
                return CreateUserName(options, offered, policy, endpoint, serverNonce, out token);
            default:
                return CreateCertificate(user.Certificate!, offered, policy, endpoint, serverNonce, out token, out signature);
        }
    }

    private static OpcUaFault CreateUserName(
        OpcUaClientOptions options, UserTokenPolicy offered, SecurityPolicy policy, EndpointDescription endpoint, byte[]? serverNonce, out ExtensionObject token)
    {
        var password = System.Text.Encoding.UTF8.GetBytes(options.User.Password);
        var identity = new UserNameIdentityToken { PolicyId = offered.PolicyId, UserName = options.User.UserName, Password = password };
        token = new ExtensionObject(identity);
        if (policy.IsNone)
        {
            return options.AllowPlainPassword || endpoint.SecurityMode == MessageSecurityMode.SignAndEncrypt
                ? default
                : new OpcUaFault(StatusCodes.BadSecurityPolicyRejected, "the server takes the password only unencrypted on an unencrypted channel", "enable an encrypting endpoint on the server, or allow plain passwords");
        }

        using var certificate = X509CertificateLoader.LoadCertificate(CertificateParts.Leaf(endpoint.ServerCertificate));
        if (!RsaOperations.TryGetPublicKey(policy, certificate, out var key))
            return new OpcUaFault(StatusCodes.BadCertificatePolicyCheckFailed, "the server's certificate has no key to encrypt the password with");
        // Part 4 §7.40.2.2: length of password and nonce, password, nonce.
        var secret = new byte[4 + password.Length + (serverNonce?.Length ?? 0)];
        BinaryPrimitives.WriteInt32LittleEndian(secret, secret.Length - 4);
        password.CopyTo(secret, 4);
        serverNonce?.CopyTo(secret, 4 + password.Length);
        identity.Password = RsaOperations.Encrypt(policy, key, secret);
        identity.EncryptionAlgorithm = policy.EncryptionUri;
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(password);
        key.Dispose();
        return default;
    }

    private static OpcUaFault CreateCertificate(
        ApplicationCertificate user, UserTokenPolicy offered, SecurityPolicy policy, EndpointDescription endpoint, byte[]? serverNonce, out ExtensionObject token, out SignatureData signature)
    {
        token = new ExtensionObject(new X509IdentityToken { PolicyId = offered.PolicyId, CertificateData = user.Certificate.RawData });
        signature = default;
        if (policy.IsNone)
            return new OpcUaFault(StatusCodes.BadSecurityPolicyRejected, "the server asks for a user certificate without a policy to prove its key with", "enable a secure endpoint on the server");
        byte[] data = [.. CertificateParts.Leaf(endpoint.ServerCertificate), .. serverNonce ?? []];
        signature = new SignatureData { Algorithm = policy.SignatureUri, Signature = user.Sign(policy, data) };
        return default;
    }
}
