using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.History;

/// <summary>Samples of one tag.</summary>
/// <param name="Before">The newest sample before the range: what stood at its begin; null for none.</param>
/// <param name="Samples">Samples of the range, in the order in which they came.</param>
/// <param name="IsCut">True when there are more than were wanted.</param>
public sealed record HistorySamples(StoredSample? Before, IReadOnlyList<StoredSample> Samples, bool IsCut);

/// <summary>
/// Reads closed chunks. Each question opens its files, reads and closes them, so that no reader keeps the log of a file
/// from being emptied. Any thread.
/// </summary>
public static class HistoryReader
{
    private const long DayMs = 86_400_000;

    /// <summary>Names of all tags in the history of a folder.</summary>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public static IReadOnlyList<string> Tags(string folder) => Guard(() =>
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (file, _, _) in HistoryFolder.Months(folder))
        {
            using HistoryFile month = HistoryFile.OpenForReading(file);
            using SqliteCommand command = month.Sqlite.Command("SELECT name FROM tag");
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
                names.Add(row.GetString(0));
        }
        return (IReadOnlyList<string>)[.. names];
    });

    /// <summary>Reads closed chunks of a folder that a gateway may be writing to.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="tag">Name of the tag.</param>
    /// <param name="fromMs">Begin, ms since 1970-01-01 UTC.</param>
    /// <param name="toMs">End, inclusive.</param>
    /// <param name="most">Samples wanted at most.</param>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public static HistorySamples Samples(string folder, string tag, long fromMs, long toMs, int most) => Samples(folder, tag, fromMs, toMs, most, long.MaxValue, default, null);

    /// <summary>Milliseconds of an hour or a minute.</summary>
    public static long SpanMs(bool isHours) => isHours ? 3_600_000 : MinuteSums.MinuteMs;

    /// <summary>Reads closed minutes or hours of a folder that a gateway may be writing to.</summary>
    /// <param name="folder">Data folder.</param>
    /// <param name="tag">Name of the tag.</param>
    /// <param name="isHours">Hours, or minutes.</param>
    /// <param name="fromMs">Begin, ms since 1970-01-01 UTC.</param>
    /// <param name="toMs">End, inclusive.</param>
    /// <exception cref="StoreException">A file cannot be read.</exception>
    public static IReadOnlyList<Aggregate> Aggregates(string folder, string tag, bool isHours, long fromMs, long toMs) => Aggregates(folder, tag, isHours, fromMs, toMs, long.MaxValue, []);

    /// <summary>Reads stored samples, then those of a chunk that is still open.</summary>
    internal static HistorySamples Samples(string folder, string tag, long fromMs, long toMs, int most, long beforeSlot, ReadOnlyMemory<byte> open, StoredSample? newest) => Guard(() =>
    {
        var samples = new List<StoredSample>();
        StoredSample? before = null;
        foreach (var (month, id) in MonthsOf(folder, tag, fromMs, toMs))
        {
            using SqliteCommand chunk = month.Sqlite.Command("SELECT body FROM chunk WHERE key = $key");
            chunk.Parameters.Add("$key", SqliteType.Integer);
            List<long> slots = Slots(month, fromMs, toMs, beforeSlot);
            for (int i = 0; i < slots.Count && samples.Count <= most; i++)
            {
                chunk.Parameters[0].Value = HistoryFile.Key(slots[i], id);
                int count = samples.Count;
                if (chunk.ExecuteScalar() is byte[] body)
                    ChunkCodec.Read(body, fromMs, toMs, samples, ref before);
                // Hours are about equal: growing by doubling would copy a day several times.
                if (samples.Capacity - samples.Count < samples.Count - count)
                    samples.EnsureCapacity((int)Math.Min(most + 1L, samples.Count + (samples.Count - count) * 1.1 * (slots.Count - i)));
            }
            if (samples.Count > most)
                break;
        }
        if (open.Length > 0)
            ChunkCodec.Read(open.Span, fromMs, toMs, samples, ref before);
        if (newest is { } last && last.UtcMs >= fromMs && last.UtcMs <= toMs)
            samples.Add(last);
        bool isCut = samples.Count > most;
        if (isCut)
            samples.RemoveRange(most, samples.Count - most);
        return new HistorySamples(before, samples, isCut);
    });

    /// <summary>Reads minutes or hours, with those of a chunk that is still open.</summary>
    internal static IReadOnlyList<Aggregate> Aggregates(string folder, string tag, bool isHours, long fromMs, long toMs, long beforeSlot, List<Aggregate> open) => Guard(() =>
    {
        var parts = new List<Aggregate>();
        if (isHours)
            ReadHours(folder, tag, fromMs, toMs, beforeSlot, parts);
        else
            ReadMinutes(folder, tag, fromMs, toMs, beforeSlot, parts);
        parts.AddRange(isHours ? ToHours(open) : open);
        AggregateCodec.Combine(parts);
        long span = SpanMs(isHours);
        parts.RemoveAll(a => a.StartMs + span <= fromMs || a.StartMs > toMs);
        return (IReadOnlyList<Aggregate>)parts;
    });

    /// <summary>The files of the months that may hold a tag, with its number in each; each is open until the next is asked for.</summary>
    private static IEnumerable<(HistoryFile Month, long Id)> MonthsOf(string folder, string tag, long fromMs, long toMs)
    {
        foreach (var (file, monthFromMs, monthToMs) in HistoryFolder.Months(folder))
        {
            // A slot belongs to the month of its first sample and ends within the hour.
            if (monthToMs + DayMs < fromMs || monthFromMs > toMs)
                continue;
            using HistoryFile month = HistoryFile.OpenForReading(file);
            if (month.TagId(tag) is > 0 and var id)
                yield return (month, id);
        }
    }

    private static void ReadMinutes(string folder, string tag, long fromMs, long toMs, long beforeSlot, List<Aggregate> parts)
    {
        foreach (var (month, id) in MonthsOf(folder, tag, fromMs, toMs))
        {
            using SqliteCommand minute = month.Sqlite.Command("SELECT body FROM minute WHERE key = $key");
            minute.Parameters.Add("$key", SqliteType.Integer);
            foreach (long slot in Slots(month, fromMs, toMs, beforeSlot))
            {
                minute.Parameters[0].Value = HistoryFile.Key(slot, id);
                if (minute.ExecuteScalar() is byte[] body)
                    AggregateCodec.ReadMinutes(body, parts);
            }
        }
    }

    private static void ReadHours(string folder, string tag, long fromMs, long toMs, long beforeSlot, List<Aggregate> parts)
    {
        if (!File.Exists(HistoryFolder.Hours(folder)))
            return;
        using HistoryFile hours = HistoryFile.OpenForReading(HistoryFolder.Hours(folder));
        // One state of the file: a day that is put together meanwhile must not be read twice or never.
        hours.Sqlite.Execute("BEGIN");
        if (hours.TagId(tag) is not (> 0 and var id))
            return;
        // A row stands under the day of its first hour; one more day covers those that reach over midnight.
        long firstDay = Math.Max(0, fromMs / DayMs - 1), lastDay = Math.Min((1 << HistoryFile.TagBits) - 1, Math.Max(0, toMs / DayMs));
        using (SqliteCommand folded = hours.Sqlite.Command($"SELECT body FROM hour WHERE key BETWEEN {HistoryFile.Key(id, firstDay)} AND {HistoryFile.Key(id, lastDay)}"))
        using (SqliteDataReader row = folded.ExecuteReader())
            while (row.Read())
                AggregateCodec.ReadHours(row.GetFieldValue<byte[]>(0), parts);
        using SqliteCommand recent = hours.Sqlite.Command("SELECT body FROM recent WHERE key = $key");
        recent.Parameters.Add("$key", SqliteType.Integer);
        foreach (long slot in Slots(hours, long.MinValue / 2, long.MaxValue / 2, beforeSlot))
        {
            recent.Parameters[0].Value = HistoryFile.Key(slot, id);
            if (recent.ExecuteScalar() is byte[] body)
                AggregateCodec.ReadHours(body, parts);
        }
    }

    private static List<long> Slots(HistoryFile file, long fromMs, long toMs, long beforeSlot)
    {
        var slots = new List<long>();
        using SqliteCommand command = file.Sqlite.Command($"SELECT number FROM slot WHERE finish >= {fromMs} AND start <= {toMs} AND number < {beforeSlot} ORDER BY number");
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
            slots.Add(row.GetInt64(0));
        return slots;
    }

    private static List<Aggregate> ToHours(List<Aggregate> minutes)
    {
        var sink = new ByteSink(256);
        AggregateCodec.WriteHours(sink, CollectionsMarshal.AsSpan(minutes));
        var hours = new List<Aggregate>();
        AggregateCodec.ReadHours(sink.Written, hours);
        return hours;
    }

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is SqliteException or InvalidDataException or IOException or InvalidCastException or InvalidOperationException)
        {
            throw new StoreException("GW6409", $"the history cannot be read: {e.Message}", e);
        }
    }
}
