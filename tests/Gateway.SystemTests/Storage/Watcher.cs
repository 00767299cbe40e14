using System.Text.Json;

namespace Gateway.SystemTests.Storage;

/// <summary>Reads the stream of a gateway until it dies and notes every event it shows.</summary>
internal sealed class Watcher : IDisposable
{
    private readonly KilledSite _site;
    private readonly StreamReader _reader;
    private readonly TaskCompletionSource _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Watcher(KilledSite site, Stream stream)
    {
        _site = site;
        _reader = new StreamReader(stream);
        Ended = ReadAsync();
    }

    /// <summary>Completes when the scan runs on values.</summary>
    public Task Running => _running.Task;

    /// <summary>Completes with the next event.</summary>
    public Task NextEvent => Volatile.Read(ref _next).Task;

    /// <summary>Completes when the gateway is gone; carries what the witness has to say.</summary>
    public Task Ended { get; }

    /// <summary>Goes on after the newest event that was shown before.</summary>
    public static async Task<Watcher> OpenAsync(KilledSite site, HttpClient http)
    {
        long after;
        lock (site.Shown)
            after = site.Shown.Count == 0 ? 0 : site.Shown.Keys.Max();
        return new Watcher(site, await http.GetStreamAsync($"/api/v1/stream?after={after}"));
    }

    public void Dispose() => _reader.Dispose();

    private async Task ReadAsync()
    {
        string name = "";
        try
        {
            while (await _reader.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    Take(name, JsonSerializer.Deserialize<JsonElement>(line[6..]));
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or JsonException)
        {
            // The gateway was killed, perhaps in the middle of a line.
        }
    }

    private void Take(string name, JsonElement data)
    {
        if (name == "heartbeat" && data.GetProperty("runState").GetString() == "Run")
            _running.TrySetResult();
        if (name != "event")
            return;
        _site.Note(data);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}
