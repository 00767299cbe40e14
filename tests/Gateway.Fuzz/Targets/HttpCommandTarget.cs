using System.Net;
using System.Net.Http.Headers;
using Gateway.Configuration;
using Gateway.Fuzz.Engine;
using Gateway.Modbus;
using Gateway.Modbus.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Fuzz.Targets;

/// <summary>
/// Bodies of commands over HTTP to a running gateway with a PLC that takes what is written: any body is carried out or
/// refused with a 4xx, and the gateway goes on.
/// </summary>
internal sealed class HttpCommandTarget : FuzzTarget
{
    private static readonly string[] s_paths = ["/api/v1/alarms/NH4_H/ack", "/api/v1/alarms/NH4_H/shelve", "/api/v1/alarms/NH4_H/outOfService", "/api/v1/outputs/SP"];

    private readonly SiteFolder _folder = new();
    private readonly ModbusServer _plc = new(new RegisterBank());
    private readonly GatewayHost _gateway;
    private readonly HttpClient _http;

    public HttpCommandTarget()
    {
        SiteConfiguration site = SiteLoader.Load(_folder.Path).Site ?? throw new InvalidOperationException("the base site is wrong");
        _plc.Start(new IPEndPoint(IPAddress.Loopback, 0));
        int port = _plc.LocalEndPoint!.Port;
        _gateway = new GatewayHost(site, "http://127.0.0.1:0", NullLoggerFactory.Instance, (_, cancellation) => ModbusTransport.ConnectTcpAsync("127.0.0.1", port, TimeSpan.FromSeconds(3), cancellation: cancellation));
        _gateway.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        _http = new HttpClient { BaseAddress = new Uri(_gateway.Urls.First()) };
    }

    public override IReadOnlyList<string> Words { get; } =
        ["\"user\"", "\"reason\"", "\"occurrence\"", "\"seconds\"", "\"value\"", "null", "true", "{}", "[]", "\\u0000", "\\ud800", "\"olga\"", "1e999", "{\"user\":\"a\",\"user\":\"b\"}", "//", "\uFEFF"];

    public override int Feed(byte[] input)
    {
        if (input.Length == 0)
            return 0;
        string path = s_paths[input[0] % s_paths.Length];
        HttpStatusCode status = PostAsync(path, input).GetAwaiter().GetResult();
        // The command ring of a moment may be full; every other trouble is the sender's.
        Require((int)status < 500 || status == HttpStatusCode.ServiceUnavailable, $"{path} answers {(int)status}");
        Require(_gateway.Context.Fault is null, $"the scan ended: {_gateway.Context.Fault}");
        return HashCode.Combine(path, status);
    }

    protected override void Dispose(bool disposing)
    {
        _http.Dispose();
        _gateway.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _gateway.Dispose();
        _plc.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _folder.Dispose();
        base.Dispose(disposing);
    }

    private async Task<HttpStatusCode> PostAsync(string path, byte[] input)
    {
        using var body = new ByteArrayContent(input, 1, input.Length - 1);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await _http.PostAsync(path, body);
        return answer.StatusCode;
    }
}
