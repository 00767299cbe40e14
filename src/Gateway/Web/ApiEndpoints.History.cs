using System.Globalization;
using System.Text.Json;
using Gateway.Runtime.Tags;
using Gateway.Storage;
using Gateway.Storage.History;

namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    private const int MaxSamples = 100_000;
    private const int MaxPeriods = 20_000;

    private async Task HistoryAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        string tag = query["tag"].ToString(), step = query["step"].ToString();
        if (_context.History is not { } history)
        {
            await Problem.WriteAsync(http, StatusCodes.Status404NotFound, "No history is kept: the gateway runs without --data, or history.enabled is false.");
            return;
        }
        if (tag.Length == 0 || step is not ("" or "raw" or "minute" or "hour") || !TryReadTime(query["from"], out long fromMs) || !TryReadTime(query["to"], out long toMs) || fromMs > toMs)
        {
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, "Needed: 'tag', 'from' and 'to' as ISO 8601 with offset, from not after to; 'step' is raw, minute or hour.");
            return;
        }
        await _journalReaders.WaitAsync(http.RequestAborted);
        try
        {
            if (step is "minute" or "hour")
            {
                IReadOnlyList<Aggregate> parts = history.ReadAggregates(tag, step == "hour", fromMs, toMs);
                await WriteAsync(http, json => WriteParts(json, tag, step, parts));
            }
            else
            {
                HistorySamples samples = history.ReadSamples(tag, fromMs, toMs, MaxSamples);
                await WriteAsync(http, json => WriteSamples(json, tag, samples));
            }
        }
        catch (StoreException e)
        {
            http.Response.Headers.RetryAfter = "5";
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        finally
        {
            _journalReaders.Release();
        }
    }

    private static void WriteSamples(Utf8JsonWriter json, string tag, HistorySamples read)
    {
        WriteHistoryHead(json, tag, "raw", read.IsCut);
        if (read.Before is { } before)
            WriteSample(json, in before);
        foreach (StoredSample sample in read.Samples)
            WriteSample(json, in sample);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSample(Utf8JsonWriter json, in StoredSample sample)
    {
        json.WriteStartObject();
        json.WriteString("time", DateTimeOffset.FromUnixTimeMilliseconds(sample.UtcMs));
        if (double.IsFinite(sample.Value))
            json.WriteNumber("value", sample.Value);
        else
            json.WriteNull("value");
        json.WriteString("quality", new Quality(sample.Quality).ToString());
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, string tag, string step, IReadOnlyList<Aggregate> parts)
    {
        WriteHistoryHead(json, tag, step, parts.Count > MaxPeriods);
        double span = HistoryReader.SpanMs(step == "hour");
        foreach (Aggregate part in parts.Take(MaxPeriods))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTimeOffset.FromUnixTimeMilliseconds(part.StartMs));
            json.WriteNumber("mean", part.Mean);
            json.WriteNumber("minimum", part.Minimum);
            json.WriteNumber("maximum", part.Maximum);
            json.WriteNumber("coverage", part.UsableMs / span);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHistoryHead(Utf8JsonWriter json, string tag, string step, bool isCut)
    {
        json.WriteStartObject();
        json.WriteString("tag", tag);
        json.WriteString("step", step);
        json.WriteBoolean("cut", isCut);
        json.WriteStartArray("samples");
    }

    private static bool TryReadTime(string? text, out long utcMs)
    {
        bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
        utcMs = time.ToUnixTimeMilliseconds();
        return isTime;
    }
}
