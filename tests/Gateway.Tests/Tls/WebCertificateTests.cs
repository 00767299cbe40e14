using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Tests.Users;
using Gateway.Tests.Web;
using Gateway.Tls;
using Gateway.Users;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Tls;

/// <summary>The certificate of the web server: made once, kept, renewed with its key, replaced without a restart.</summary>
public sealed class WebCertificateTests : IDisposable
{
    private readonly AccountRig _files = new();
    private readonly AccountRig.Clock _clock = new();

    public void Dispose() => _files.Dispose();

    private WebCertificate Own() => WebCertificate.Own(_files.Folder, "localhost", _clock, NullLogger.Instance);

    [Fact]
    public void F54_the_own_certificate_stays_over_restarts_and_keeps_its_key_when_renewed()
    {
        X509Certificate2 first = Own().Current;
        for (int i = 0; i < 10; i++)
            Assert.Equal(first.Thumbprint, Own().Current.Thumbprint);
        WebCertificate running = Own();
        _clock.Pass(TimeSpan.FromDays(824 - 31));
        Assert.Equal(first.Thumbprint, running.Current.Thumbprint);

        _clock.Pass(TimeSpan.FromDays(2));
        X509Certificate2 renewed = running.Current;

        Assert.NotEqual(first.Thumbprint, renewed.Thumbprint);
        Assert.Equal(first.GetPublicKeyString(), renewed.GetPublicKeyString());
        Assert.True(renewed.HasPrivateKey);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_files.Folder, "web.key.pem")));
    }

    [Fact]
    public async Task Connections_are_encrypted_and_new_files_are_taken_while_it_runs()
    {
        WebCertificate given = Own();
        await using WebRig rig = await WebRig.ColdAsync(o => o with { Url = "https://127.0.0.1:0", Certificate = given });
        async Task<string> SeenAsync()
        {
            string seen = "";
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => (seen = certificate!.Thumbprint).Length > 0 };
            using var http = new HttpClient(handler) { BaseAddress = new Uri(rig.App.Urls.Single()) };
            using HttpResponseMessage answer = await http.GetAsync("/health/live");
            Assert.True(answer.IsSuccessStatusCode);
            return seen;
        }
        string first = await SeenAsync();

        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        using (X509Certificate2 other = new CertificateRequest("CN=other", key, HashAlgorithmName.SHA256).CreateSelfSigned(_clock.GetUtcNow().AddDays(-1), _clock.GetUtcNow().AddDays(100)))
        {
            File.WriteAllText(Path.Combine(_files.Folder, "web.key.pem"), key.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(Path.Combine(_files.Folder, "web.crt.pem"), other.ExportCertificatePem());
            Assert.Equal(first, await SeenAsync());
            _clock.Pass(TimeSpan.FromSeconds(6));
            Assert.Equal(other.Thumbprint, await SeenAsync());
        }
        File.WriteAllText(Path.Combine(_files.Folder, "web.crt.pem"), "half a file");
        _clock.Pass(TimeSpan.FromSeconds(6));
        Assert.NotEqual(first, await SeenAsync());
    }

    [Fact]
    public void Files_that_cannot_be_used_are_named()
    {
        var fault = Assert.Throws<AccountException>(() => WebCertificate.Given(Path.Combine(_files.Folder, "none.pem"), Path.Combine(_files.Folder, "none.key"), _clock, NullLogger.Instance));

        Assert.Equal("GW6504", fault.Code);
        Assert.Contains("none.pem", fault.Message, StringComparison.Ordinal);
    }
}
