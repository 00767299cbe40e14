using System.Buffers;
using System.Text;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Metrics;

/// <summary>
/// Writes value, quality and age of each exported tag, in the text exposition format 0.0.4; a series with bad quality is
/// not there. Series objects of the library would take 1.3 kB per tag, most of the memory of a large site, so the text is
/// made from the snapshot at each scrape. Any thread.
/// </summary>
internal sealed class TagText
{
    private const int ChunkBytes = 32 * 1024;

    private readonly TagDefinition[] _tags;
    private readonly TimeProvider _time;
    private readonly SnapshotPool _snapshots;
    private readonly int _count;
    private readonly int _longestLine;

    public TagText(GatewayContext context)
    {
        _time = context.Time;
        _snapshots = context.Scan.Snapshots;
        _count = context.Scan.Plant.Tags.Length;
        _tags = [.. context.Scan.Plant.Tags.Where(t => t.Export)];
        // Escaping doubles a label at most; the rest is names of metrics and labels and one number.
        _longestLine = 200 + 2 * _tags.Select(t => Encoding.UTF8.GetByteCount(t.Name + t.Area + t.Unit)).DefaultIfEmpty().Max();
    }

    private enum Family
    {
        Value,
        Quality,
        Age,
    }

    /// <summary>Writes the three families; nothing before the first scan.</summary>
    public async Task WriteAsync(Stream to, CancellationToken cancel)
    {
        if (!_snapshots.TryRent(out SnapshotLease lease))
            return;
        // A copy, so that a slow scraper does not keep a snapshot from the scan.
        TagValue[] values = ArrayPool<TagValue>.Shared.Rent(_count);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes + _longestLine);
        try
        {
            using (lease)
                lease.Value.Tags.CopyTo(values);
            long now = _time.GetUtcNow().UtcTicks;
            foreach (Family family in Enum.GetValues<Family>())
            {
                int used = Put(chunk, 0, HeadOf(family));
                foreach (TagDefinition tag in _tags)
                {
                    used = WriteLine(chunk, used, family, tag, values[tag.Index], now);
                    if (used < ChunkBytes)
                        continue;
                    await to.WriteAsync(chunk.AsMemory(0, used), cancel);
                    used = 0;
                }
                await to.WriteAsync(chunk.AsMemory(0, used), cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
            ArrayPool<TagValue>.Shared.Return(values);
        }
    }

    private static ReadOnlySpan<byte> HeadOf(Family family) => family switch
    {
        Family.Value => "# HELP gateway_tag_value Last value in engineering units; absent while the quality is bad.\n# TYPE gateway_tag_value gauge\n"u8,
        Family.Quality => "# HELP gateway_tag_quality Quality of the tag: 2 good, 1 uncertain, 0 bad.\n# TYPE gateway_tag_quality gauge\n"u8,
        _ => "# HELP gateway_tag_age_seconds Time since the source's own time of the value.\n# TYPE gateway_tag_age_seconds gauge\n"u8,
    };

    private static int WriteLine(byte[] chunk, int used, Family family, TagDefinition tag, in TagValue value, long now)
    {
        double number = family switch
        {
            Family.Value => value.Quality.IsBad ? double.NaN : value.Value,
            Family.Quality => value.Quality.Level,
            _ => value.SourceTime == 0 ? double.NaN : Math.Max(0, now - value.SourceTime) / (double)TimeSpan.TicksPerSecond,
        };
        // A number that is none is not there: NaN would poison sums, a last value would look alive.
        if (!double.IsFinite(number))
            return used;
        used = Put(chunk, used, family switch
        {
            Family.Value => "gateway_tag_value{tag=\""u8,
            Family.Quality => "gateway_tag_quality{tag=\""u8,
            _ => "gateway_tag_age_seconds{tag=\""u8,
        });
        used = PutEscaped(chunk, used, tag.Name);
        if (family == Family.Value)
        {
            used = PutEscaped(chunk, Put(chunk, used, "\",area=\""u8), tag.Area);
            used = PutEscaped(chunk, Put(chunk, used, "\",unit=\""u8), tag.Unit);
        }
        used = Put(chunk, used, "\"} "u8);
        number.TryFormat(chunk.AsSpan(used), out int written, "R", System.Globalization.CultureInfo.InvariantCulture);
        used += written;
        chunk[used++] = (byte)'\n';
        return used;
    }

    private static int Put(byte[] chunk, int used, ReadOnlySpan<byte> text)
    {
        text.CopyTo(chunk.AsSpan(used));
        return used + text.Length;
    }

    /// <summary>Backslash, quote and line feed are escaped in a label's value.</summary>
    private static int PutEscaped(byte[] chunk, int used, string text)
    {
        if (text.AsSpan().IndexOfAny('\\', '"', '\n') >= 0)
            text = HistogramText.Escape(text);
        return used + Encoding.UTF8.GetBytes(text, chunk.AsSpan(used));
    }
}
