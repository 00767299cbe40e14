using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.OpcUa;
using Gateway.OpcUa.Security;
using Gateway.OpcUa.Tests.Interop;
using Gateway.OpcUa.Types;
using Gateway.PlcSimulator.Control;
using Gateway.PlcSimulator.OpcUa;

namespace Gateway.PlcSimulator.Tests;

/// <summary>The example site over OPC UA on real sockets, secured, under foreign and own clients.</summary>
public sealed class OpcUaServerTests : IAsyncLifetime
{
    private const string Password = "only for this test";
    private readonly string _folder = Directory.CreateTempSubdirectory("plcsim-opcua-").FullName;
    private readonly FaceIdentity _identity;
    private readonly ApplicationCertificate _client;
    private readonly PlantServer _plant;

    public OpcUaServerTests()
    {
        var users = Path.Combine(_folder, "users");
        File.WriteAllText(users, $"operator:{Password}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(users, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _identity = FaceIdentity.Open(Path.Combine(_folder, "pki"), "127.0.0.1");
        _client = ApplicationCertificate.Create(new CertificateSubject { ApplicationUri = "urn:test:client", CommonName = "Test client" }, TimeProvider.System);
        _identity.Store.Trust(_client.Certificate);
        _plant = new PlantServer(ExampleSite.Load(), new PlantServerOptions
        {
            FirstPort = 0,
            HostOverride = "127.0.0.1",
            OpcUaUrl = new Uri("opc.tcp://127.0.0.1:0"),
            OpcUa = _identity.ToOptions() with { CheckPassword = UserFile.Load(users).Users!.Find },
        });
    }

    public Task InitializeAsync() => _plant.StartAsync();

    public async Task DisposeAsync()
    {
        await _plant.DisposeAsync();
        _identity.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_foreign_client_browses_reads_writes_and_subscribes()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "client.pem"), _client.Certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_folder, "client.key"), _client.Certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var lines = new List<string>();

        var (process, _) = await Peers.StartAsync("plcsim.js", "done", lines, _folder, Url, Password);
        await Peers.StopAsync(process);

        // Unit ids are the letters of M1, Q40 and KPA (UNECE Recommendation 20).
        string[] expected =
        [
            "areas blowers, chemicals, effluent, inlet, lane 1, lane 2, lane 3, lane 4, system, waste sludge",
            "effluent EFF_AIT_602 EFF_AIT_603 EFF_AIT_604 EFF_AIT_605 EFF_AIT_606 EFF_AIT_607 EFF_AN_FAULT EFF_CLEANING EFF_FIT_601 EFF_REAGENT_LOW EFF_SAMPLE_LOST EFF_SAMPLE_TS EFF_STAT EFF_TIT_608",
            "value Float Good now",
            "EFF_AIT_603 mg/L 19761 0..20",
            "BL_FIT_300 Nm3/h 5321776 0..240000",
            "BL_PIT_300 kPa(g) 4935745 0..100",
            "type AnalogItemType",
            "bit Boolean false",
            "anonymous BadUserAccessDenied",
            "operator Good 700",
            "too much BadOutOfRange",
            "measured BadNotWritable",
            "beats 1 1",
            "without security closed",
            "done",
        ];
        // The library has words of its own about the refused endpoint.
        Assert.Equal(expected, lines.Where(line => expected.Any(fact => line.StartsWith(fact[..(fact + " ").IndexOf(' ', StringComparison.Ordinal)], StringComparison.Ordinal))));
        Assert.Equal(700, _plant.Station.Value("CHM_SP_502"));
    }

    [Fact]
    public async Task A_client_that_is_not_trusted_is_kept_for_the_operator_and_let_in_once_its_file_is_moved()
    {
        using var stranger = ApplicationCertificate.Create(new CertificateSubject { ApplicationUri = "urn:test:stranger", CommonName = "Stranger" }, TimeProvider.System);
        Assert.Null((await ConnectAsync(stranger)).Client);

        var rejected = Assert.Single(Directory.GetFiles(Path.Combine(_identity.Store.Root, "rejected")));
        File.Move(rejected, Path.Combine(_identity.Store.Root, "trusted", "certs", Path.GetFileName(rejected)));

        var (client, fault) = await ConnectAsync(stranger);
        Assert.True(client is not null, fault.ToString());
        await client.CloseAsync();
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var (client, fault) = await ConnectAsync(_client, UserIdentity.FromPassword("operator", "operator"));
        Assert.Null(client);
        Assert.Equal(StatusCodes.BadUserAccessDenied, fault.Status);
    }

    [Fact]
    public async Task Faults_are_switched_over_http_and_the_port_follows()
    {
        await using var control = await ControlServer.StartAsync(_plant, IPAddress.Loopback, 0);
        using var http = new HttpClient { BaseAddress = new Uri(control.Url) };
        using var body = new StringContent("""{"kind": "opcUaRefuse"}""", Encoding.UTF8, "application/json");
        using var added = await http.PostAsync("/disturbances", body);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        await UntilAsync(async () => (await ConnectAsync(_client)).Client is null);

        using var removed = await http.DeleteAsync(added.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await UntilAsync(async () => (await ConnectAsync(_client)).Client is not null);
    }

    [Fact]
    public void The_certificate_is_kept_over_restarts()
    {
        using var again = FaceIdentity.Open(_identity.Store.Root, "127.0.0.1");
        Assert.Equal(_identity.Certificate.Certificate.Thumbprint, again.Certificate.Certificate.Thumbprint);
    }

    [Fact]
    public async Task A_port_in_use_is_said()
    {
        await using var second = new PlantServer(ExampleSite.Load(), new PlantServerOptions
        {
            FirstPort = 0,
            HostOverride = "127.0.0.1",
            OpcUaUrl = _plant.OpcUaUrl,
            OpcUa = _identity.ToOptions(),
        });
        var error = await Assert.ThrowsAsync<PlantServerException>(second.StartAsync);
        Assert.StartsWith($"OPC UA: cannot listen on 127.0.0.1:{_plant.OpcUaUrl!.Port} (", error.Message, StringComparison.Ordinal);
    }

    private string Url => _plant.OpcUaUrl!.GetLeftPart(UriPartial.Authority);

    private async Task<OpcUaConnectResult> ConnectAsync(ApplicationCertificate certificate, UserIdentity? user = null)
    {
        var store = new CertificateStore(Path.Combine(_folder, "client"));
        store.Trust(_identity.Certificate.Certificate);
        return await OpcUaClient.ConnectAsync(new OpcUaClientOptions
        {
            EndpointUrl = Url,
            Certificate = certificate,
            Validator = new CertificateValidator(store, TimeProvider.System),
            User = user ?? UserIdentity.Anonymous,
        });
    }

    // The plant follows what is asked of it at its next step, a tenth of a second later.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
            await Task.Delay(50, patience.Token);
    }
}
