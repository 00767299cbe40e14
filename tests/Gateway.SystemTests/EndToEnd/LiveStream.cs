using System.Text.Json;

namespace Gateway.SystemTests.EndToEnd;

/// <summary>Reads <c>/api/v1/stream</c>: server-sent events (HTML standard §9.2.6), as far as the gateway uses them.</summary>
internal sealed class LiveStream : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private readonly StreamReader _reader;
    private readonly CancellationTokenSource _limit = new(s_limit);

    private LiveStream(Stream stream) => _reader = new StreamReader(stream);

    public static async Task<LiveStream> OpenAsync(HttpClient http, string query = "") =>
        new(await http.GetStreamAsync("/api/v1/stream" + query));

    /// <summary>Skips to the next event of that name which fits. The whole reading is limited in time.</summary>
    public async Task<JsonElement> UntilAsync(string name, Func<JsonElement, bool> fits)
    {
        string current = "";
        while (await _reader.ReadLineAsync(_limit.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                current = line[7..];
            else if (current == name && line.StartsWith("data: ", StringComparison.Ordinal) && JsonSerializer.Deserialize<JsonElement>(line[6..]) is var data && fits(data))
                return data;
        }
        throw new InvalidOperationException($"The stream ended before an event '{name}' that fits.");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _limit.Dispose();
    }
}
