using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.Web;

/// <summary>Requests that are malformed, too large, too slow or misplaced get a 4xx and harm nothing.</summary>
public sealed class BorderTests
{
    private static async Task AssertAliveAsync(WebRig rig) => Assert.Equal(HttpStatusCode.OK, (await rig.AnswerAsync("/api/v1/tags")).Status);

    /// <summary>Sends bytes as they are and reads until the server closes.</summary>
    private static async Task<string> SendRawAsync(WebRig rig, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(rig.App.Urls.Single()).Port);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await reader.ReadToEndAsync(limit.Token);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/tags/NOPE")]
    [InlineData("/api/v2/site")]
    [InlineData("/wwwroot/index.html")]
    [InlineData("/../etc/passwd")]
    [InlineData("/api/v1/tags/%2e%2e%2fsite")]
    public async Task What_is_not_there_is_a_problem_document(string path)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        using HttpResponseMessage answer = await rig.Http.GetAsync(path);
        JsonElement problem = await WebRig.ReadAsync(answer);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Not Found", problem.GetProperty("title").GetString());
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("POST", "/api/v1/tags")]
    [InlineData("DELETE", "/api/v1/alarms")]
    [InlineData("PUT", "/api/v1/outputs/L1_VLV3_SP")]
    [InlineData("GET", "/api/v1/alarms/AAH-603/ack")]
    [InlineData("TRACE", "/api/v1/site")]
    [InlineData("OPTIONS", "/api/v1/outputs/L1_VLV3_SP")]
    public async Task A_wrong_method_is_named_with_those_that_are_right(string method, string path)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        using HttpResponseMessage answer = await rig.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.NotEmpty(answer.Content.Headers.Allow);
        Assert.Equal(405, (await WebRig.ReadAsync(answer)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync("/api/v1/alarms/AAH-603/ack", new { user = "olga", reason = new string('x', 20_000) });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(413, (await WebRig.ReadAsync(answer)).GetProperty("status").GetInt32());
        await AssertAliveAsync(rig);
    }

    [Fact]
    public async Task A_body_without_a_length_is_cut_off_at_the_limit()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        var text = new StringBuilder("POST /api/v1/alarms/AAH-603/ack HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < 5; i++)
            text.Append("1000\r\n").Append(' ', 0x1000).Append("\r\n");

        string answer = await SendRawAsync(rig, text.ToString());

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        await AssertAliveAsync(rig);
    }

    [Theory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("GET /api/v1/site HTTP/9.9\r\n\r\n")]
    [InlineData("GET /api/v1/site HTTP/1.1\r\n\r\n")]
    [InlineData("GET /api/v1/site HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("POST /api/v1/alarms/AAH-603/ack HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /api/v1/alarms/AAH-603/ack HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nBroken header\r\n\r\n")]
    public async Task A_request_that_is_no_HTTP_gets_a_4xx_or_5xx_and_the_connection_ends(string request)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        string answer = await SendRawAsync(rig, request);

        Assert.Matches("^HTTP/1\\.1 (400|505)", answer);
        await AssertAliveAsync(rig);
    }

    [Fact]
    public async Task Headers_beyond_the_limit_are_refused()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        string answer = await SendRawAsync(rig, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + new string('x', 40_000) + "\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        await AssertAliveAsync(rig);
    }

    [Fact]
    public async Task Headers_that_come_too_slowly_end_with_408()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { HeaderTimeout = TimeSpan.FromMilliseconds(200) });

        string answer = await SendRawAsync(rig, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        await AssertAliveAsync(rig);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_room_returns()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { MaxConnections = 2 });
        int port = new Uri(rig.App.Urls.Single()).Port;
        var held = new List<TcpClient>();
        for (int i = 0; i < 2; i++)
        {
            var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, port);
            // One whole request each, so that the server has counted the connection before the third comes.
            await socket.GetStream().WriteAsync("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
            Assert.True(await socket.GetStream().ReadAsync(new byte[16]) > 0);
            held.Add(socket);
        }

        Assert.Equal("", await SendOrResetAsync(rig));

        held.ForEach(s => s.Dispose());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await SendOrResetAsync(rig)).Length == 0)
            await Task.Delay(5, limit.Token);
    }

    private static async Task<string> SendOrResetAsync(WebRig rig)
    {
        try
        {
            return await SendRawAsync(rig, "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        }
        catch (IOException)
        {
            return "";
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/v1/site")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    public async Task Every_answer_carries_the_headers_that_keep_browsers_safe(string path)
    {
        await using WebRig rig = await WebRig.RunningAsync();

        using HttpResponseMessage answer = await rig.Http.GetAsync(path);

        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
