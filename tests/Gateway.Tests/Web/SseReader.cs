using System.Text.Json;

namespace Gateway.Tests.Web;

/// <summary>One server-sent event.</summary>
internal sealed record SseEvent(string Name, string Id, JsonElement Data);

/// <summary>Reads server-sent events as the HTML standard has them (§9.2.6), as far as the gateway uses them.</summary>
internal sealed class SseReader(Stream stream) : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private readonly StreamReader _reader = new(stream);

    public static async Task<SseReader> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new SseReader(await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null when the stream ended.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        string name = "", id = "", data = "";
        using var limit = new CancellationTokenSource(s_limit);
        while (await _reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
                return new SseEvent(name, id, JsonSerializer.Deserialize<JsonElement>(data));
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            string field = colon < 0 ? line : line[..colon], value = colon < 0 ? "" : line[(colon + 2)..];
            if (field == "event")
                name = value;
            else if (field == "id")
                id = value;
            else if (field == "data")
                data += value;
        }
        return null;
    }

    /// <summary>Skips to the next event of that name which fits.</summary>
    public async Task<SseEvent> UntilAsync(string name, Func<JsonElement, bool>? fits = null)
    {
        while (await NextAsync() is { } item)
            if (item.Name == name && (fits is null || fits(item.Data)))
                return item;
        throw new InvalidOperationException($"The stream ended before an event '{name}'.");
    }

    public void Dispose() => _reader.Dispose();
}
