using System.Text.Json;
using Gateway.Runtime.Events;
using Gateway.Storage;

namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    private const int MaxEvents = 1000;

    // Each reader of the journal has a connection and a buffer of its own; more at once would only share one disk.
    private readonly SemaphoreSlim _journalReaders = new(2);

    private Task EventsAsync(HttpContext http)
    {
        string text = http.Request.Query["after"].ToString();
        if (!TryReadSequence(text, 0, out long after))
            return Problem.WriteAsync(http, StatusCodes.Status400BadRequest, "'after' must be a whole number from 0.");
        long last = _context.Events.Last;
        bool isOurs = after <= last;
        // A number from before the store was lost lies ahead of ours: the asker starts over.
        if (!isOurs)
            after = 0;
        // Who names no number wants what is new, not the beginning of a year.
        if (_context.Journal is { } journal && isOurs && text.Length > 0 && after + 1 < _context.Events.First)
            return StoredEventsAsync(http, journal, after, last);
        return WriteAsync(http, json => WriteRecent(json, after, last));
    }

    private void WriteRecent(Utf8JsonWriter json, long after, long last)
    {
        var items = new ScanEvent[(int)Math.Min(MaxEvents, Math.Max(0, last - after))];
        int count = _context.Events.CopyAfter(after, items);
        WriteHead(json, count > 0 ? items[count - 1].Sequence : after, last, count > 0 && items[0].Sequence > after + 1);
        for (int i = 0; i < count; i++)
            EventJson.Write(json, in items[i], _context.Scan.Plant);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private async Task StoredEventsAsync(HttpContext http, Journal journal, long after, long last)
    {
        IReadOnlyList<JournalRow> rows;
        await _journalReaders.WaitAsync(http.RequestAborted);
        try
        {
            rows = JournalReader.ReadAfter(journal.Folder, after, last, MaxEvents);
        }
        catch (StoreException e)
        {
            http.Response.Headers.RetryAfter = "5";
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, $"Events that old are in the journal only, and it cannot be read: {e.Message}");
            return;
        }
        finally
        {
            _journalReaders.Release();
        }
        if (rows.Count == 0)
        {
            // Retention has removed them; the rest is in memory.
            await WriteAsync(http, json => WriteRecent(json, after, last));
            return;
        }
        await WriteAsync(http, json =>
        {
            WriteHead(json, rows[^1].Item.Sequence, last, rows[0].Item.Sequence > after + 1);
            foreach (JournalRow row in rows)
                EventJson.Write(json, row.Item, row.Subject);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteHead(Utf8JsonWriter json, long next, long last, bool gap)
    {
        json.WriteStartObject();
        json.WriteNumber("next", next);
        json.WriteNumber("last", last);
        json.WriteBoolean("gap", gap);
        json.WriteStartArray("events");
    }
}
