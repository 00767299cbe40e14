using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Configuration;

namespace Gateway.Notifications;

/// <summary>Posts JSON.</summary>
internal abstract class HttpSender(NotificationReceiver receiver) : NotificationSender
{
    // A redirect could carry the token to somebody else.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    /// <summary>Posts a document; any answer but a success is a failure.</summary>
    protected async Task PostAsync(Uri url, Action<Utf8JsonWriter> write, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
            write(json);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", Encoding.UTF8.WebName);
        if (receiver.TokenFile.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ReadSecret(receiver.TokenFile));
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, cancel);
            if (!answer.IsSuccessStatusCode)
                throw new NotificationException($"the receiver answered {(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
        catch (HttpRequestException e)
        {
            throw new NotificationException(e.Message);
        }
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }
}
