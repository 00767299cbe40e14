using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Web.Messages;
using Gateway.Web.Reports;

namespace Gateway.Web;

/// <summary>
/// One open stream of server-sent events: everything once, then events as they happen and changed values at most once
/// per period. What a slow client does not take is not queued: the loop waits for the socket, then sends what is newest;
/// a client that takes nothing for too long is closed. Used by one request only.
/// </summary>
internal sealed class StreamClient
{
    private const int Batch = 128;

    private readonly GatewayContext _context;
    private readonly WebServerOptions _options;
    private readonly ApiClock _clock;
    private readonly TagReport _tags;
    private readonly AlarmReport _alarms;
    private readonly string _prefix;
    private readonly uint[] _tagVersions;
    private readonly AlarmMark[] _alarmMarks;
    private readonly ScanEvent[] _batch = new ScanEvent[Batch];
    private Utf8JsonWriter? _json;
    private bool _sentAll;

    public StreamClient(GatewayContext context, WebServerOptions options, ApiClock clock, TagReport tags, AlarmReport alarms, string prefix)
    {
        _context = context;
        _options = options;
        _clock = clock;
        _tags = tags;
        _alarms = alarms;
        _prefix = prefix;
        _tagVersions = new uint[tags.Count];
        _alarmMarks = new AlarmMark[alarms.Count];
    }

    /// <summary>Runs until the client goes or the server stops.</summary>
    /// <returns>False when the client was closed because it was too slow.</returns>
    public async Task<bool> RunAsync(HttpContext http, long after, CancellationToken end)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects would turn a stream into a file
        PipeWriter writer = http.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(writer);
        _json = json;
        using var timer = new PeriodicTimer(_options.StreamPeriod, _context.Time);
        try
        {
            writer.Write("retry: 2000\n\n"u8);
            // A number from before a restart lies ahead of ours.
            long sequence = after > _context.Events.Last ? 0 : after;
            WriteHeartbeat(writer);
            WriteLive(writer);
            Task tick = timer.WaitForNextTickAsync(end).AsTask();
            Task news = _context.Events.WaitAsync(sequence, end);
            while (await FlushAsync(writer, end))
            {
                await Task.WhenAny(tick, news);
                if (news.IsCompleted)
                {
                    await news;
                    sequence = WriteEvents(writer, sequence);
                    news = _context.Events.WaitAsync(sequence, end);
                }
                if (tick.IsCompleted)
                {
                    await tick;
                    WriteHeartbeat(writer);
                    WriteLive(writer);
                    tick = timer.WaitForNextTickAsync(end).AsTask();
                }
            }
            http.Abort();
            return false;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>False when the client took nothing for too long.</summary>
    private async ValueTask<bool> FlushAsync(PipeWriter writer, CancellationToken end)
    {
        ValueTask<FlushResult> flush = writer.FlushAsync(end);
        if (flush.IsCompletedSuccessfully)
            return true;
        try
        {
            await flush.AsTask().WaitAsync(_options.StreamStall, _context.Time, end);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private long WriteEvents(PipeWriter writer, long sequence)
    {
        int count = _context.Events.CopyAfter(sequence, _batch);
        bool alarms = false;
        for (int i = 0; i < count; i++)
        {
            ref readonly ScanEvent item = ref _batch[i];
            alarms |= item.Kind == EventKind.Alarm;
            WriteEvent(writer, item);
            sequence = item.Sequence;
        }
        if (alarms && _context.Scan.Snapshots.TryRent(out SnapshotLease lease))
            using (lease)
                WriteAlarms(writer, lease.Value);
        return sequence;
    }

    private void WriteHeartbeat(PipeWriter writer)
    {
        ScanTime scan = default;
        string? state = null;
        if (_context.Scan.Snapshots.TryRent(out SnapshotLease lease))
            using (lease)
                (scan, state) = (lease.Value.Time, lease.Value.State.ToString());
        var message = new HeartbeatMessage
        {
            Time = ApiClock.At(_clock.UtcNow),
            RunState = state,
            Fault = _context.Fault,
            Scan = scan.Number,
            ScanTime = ApiClock.AtOrNever(scan.Utc),
            Last = _context.Events.Last,
        };
        Write(writer, "heartbeat"u8, message, ApiJson.Default.HeartbeatMessage);
    }

    private void WriteLive(PipeWriter writer)
    {
        if (!_context.Scan.Snapshots.TryRent(out SnapshotLease lease))
            return;
        using (lease)
        {
            WriteTags(writer, lease.Value);
            WriteAlarms(writer, lease.Value);
            _sentAll = true;
        }
    }

    private void WriteTags(PipeWriter writer, Snapshot snapshot)
    {
        var changed = new List<TagChangeMessage>();
        for (int i = 0; i < _tagVersions.Length; i++)
        {
            uint version = snapshot.Tags[i].Version;
            if (_sentAll && version == _tagVersions[i])
                continue;
            _tagVersions[i] = version;
            if (_tags.HasPrefix(i, _prefix))
                changed.Add(_tags.Change(snapshot, i));
        }
        if (changed.Count == 0 && _sentAll)
            return;
        var message = new TagChangesMessage { Time = ApiClock.At(snapshot.Time.Utc), Scan = snapshot.Time.Number, Full = !_sentAll, Tags = changed };
        Write(writer, "tags"u8, message, ApiJson.Default.TagChangesMessage);
    }

    private void WriteAlarms(PipeWriter writer, Snapshot snapshot)
    {
        var changed = new List<AlarmLiveMessage>();
        for (int i = 0; i < _alarmMarks.Length; i++)
        {
            AlarmMark mark = AlarmMark.Of(snapshot.Alarms[i]);
            if (_sentAll && mark == _alarmMarks[i])
                continue;
            _alarmMarks[i] = mark;
            changed.Add(_alarms.Live(snapshot, i));
        }
        if (changed.Count == 0 && _sentAll)
            return;
        var message = new AlarmChangesMessage { Time = ApiClock.At(snapshot.Time.Utc), Scan = snapshot.Time.Number, Full = !_sentAll, Alarms = changed };
        Write(writer, "alarms"u8, message, ApiJson.Default.AlarmChangesMessage);
    }

    private void WriteEvent(PipeWriter writer, in ScanEvent item)
    {
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {item.Sequence}\nevent: event\ndata: ")));
        _json!.Reset(writer);
        EventJson.Write(_json, in item, _context.Scan.Plant);
        _json.Flush();
        writer.Write("\n\n"u8);
    }

    private void Write<T>(PipeWriter writer, ReadOnlySpan<byte> name, T message, JsonTypeInfo<T> type)
    {
        writer.Write("event: "u8);
        writer.Write(name);
        writer.Write("\ndata: "u8);
        _json!.Reset(writer);
        JsonSerializer.Serialize(_json, message, type);
        _json.Flush();
        writer.Write("\n\n"u8);
    }

    /// <summary>What of an alarm makes it worth sending again.</summary>
    private readonly record struct AlarmMark(AlarmState State, AlarmState Base, AlarmFlags Flags, bool ConditionActive, int Occurrence, long Annunciations, long AckedUtc, long ShelveExpiry)
    {
        public static AlarmMark Of(in AlarmLive live) =>
            new(live.State, live.Base, live.Flags, live.ConditionActive, live.Occurrence, live.Annunciations, live.AckedUtc, live.ShelveExpiryElapsed);
    }
}
