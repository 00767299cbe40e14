using Gateway.Configuration;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Storage;

namespace Gateway.Notifications;

/// <summary>
/// Tells one receiver. What it must be told follows each second from the states of the alarms as they are then, so an
/// acknowledgment ends it and no queue can tell of what is over. Each delivery, and the first failure for an occurrence, is
/// an event of the alarm and a row of the audit; a start reads there what was told. Nothing waits for this loop.
/// </summary>
internal sealed partial class NotificationLoop : IDisposable
{
    /// <summary>Alarms of one message; more are told as a number.</summary>
    internal const int MaxNotices = 100;
    // So many records may take places of the command ring in a second; the rest is for operators.
    private const int RecordsPerStep = 16;

    private static readonly TimeSpan s_pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lastRetry = TimeSpan.FromMinutes(5);
    // Alertmanager forgets after 5 minutes.
    private static readonly TimeSpan s_alertmanagerPace = TimeSpan.FromMinutes(1);

    private readonly NotificationReceiver _receiver;
    private readonly NotificationSender _sender;
    private readonly GatewayContext _context;
    private readonly ILogger _logger;
    private readonly TimeSpan _repeat;
    private readonly Told[] _told;
    private readonly Queue<OperatorCommand> _records = new();
    private readonly List<Notice> _due = [];
    private int _more;
    private TimeSpan _retry = s_firstRetry;
    private long _retryAt = long.MinValue;
    private long _backlog;
    private long _delivered;
    private long _failures;
    private string? _failing;

    public NotificationLoop(NotificationReceiver receiver, NotificationSender sender, GatewayContext context, ILogger logger)
    {
        (_receiver, _sender, _context, _logger) = (receiver, sender, context, logger);
        _repeat = receiver.Kind == ReceiverKind.Alertmanager ? s_alertmanagerPace : TimeSpan.FromMinutes(receiver.RepeatMinutes);
        _told = new Told[context.Scan.Plant.Alarms.Length];
    }

    /// <summary>Name of the sink in metrics.</summary>
    public string Sink => "notify:" + _receiver.Name;
    /// <summary>Alarms that should have been told and are not; any thread.</summary>
    public long Backlog => Volatile.Read(ref _backlog);
    /// <summary>Notices delivered since the start; any thread.</summary>
    public long Delivered => Volatile.Read(ref _delivered);
    /// <summary>Attempts that failed since the start; any thread.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.Yield();
        Restore();
        using var timer = new PeriodicTimer(s_pace, _context.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await StepAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // The end; what is not told stays due at the next start.
        }
    }

    /// <summary>Finds what an earlier start has told this receiver, so that it is not told twice.</summary>
    internal void Restore()
    {
        if (_context.Journal is not { } journal)
            return;
        var indexes = _context.Scan.Plant.Alarms.ToDictionary(alarm => alarm.Id, alarm => alarm.Index, StringComparer.Ordinal);
        long now = _context.Time.GetUtcNow().UtcTicks, stamp = _context.Time.GetTimestamp();
        try
        {
            foreach (JournalRow row in JournalReader.Alarms(journal.Folder))
                if (row.Item.Code == (int)AlarmEventCode.Notify && row.Item.User == UserName && row.Subject.Id is { } id && indexes.TryGetValue(id, out int alarm))
                    _told[alarm] = new Told((int)row.Item.Value, stamp - (long)(Math.Max(0, now - row.Item.Utc) / (double)TimeSpan.TicksPerSecond * _context.Time.TimestampFrequency), IsDelivered: true, IsOver: false);
        }
        catch (StoreException e)
        {
            // Rather twice than not at all.
            LogNotRestored(_logger, _receiver.Name, e.Message);
        }
    }

    /// <summary>Tells what is due. One caller at a time.</summary>
    internal async Task StepAsync(CancellationToken stop)
    {
        Record();
        Collect();
        Volatile.Write(ref _backlog, _due.Count + _more);
        if (_due.Count == 0 || _context.Time.GetTimestamp() < _retryAt)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(s_limit);
        try
        {
            await _sender.SendAsync(_due, _more, limit.Token);
            Succeed();
        }
        catch (NotificationException e)
        {
            Fail(e.Message);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            Fail($"no answer within {s_limit.TotalSeconds:F0} s");
        }
        Record();
    }

    public void Dispose() => _sender.Dispose();

    private string UserName => "receiver " + _receiver.Name;

    private void Collect()
    {
        _due.Clear();
        _more = 0;
        if (!_context.Scan.Snapshots.TryRent(out SnapshotLease lease))
            return;
        using (lease)
        {
            long utc = lease.Value.Time.Utc;
            foreach (AlarmDefinition alarm in _context.Scan.Plant.Alarms)
                if (alarm.Priority <= _receiver.LeastPriority && (_receiver.Area.Length == 0 || alarm.Area == _receiver.Area))
                    Collect(alarm, lease.Value.Alarms[alarm.Index], utc);
        }
    }

    private void Collect(AlarmDefinition alarm, in AlarmLive live, long utc)
    {
        ref readonly Told told = ref _told[alarm.Index];
        bool wasTold = told.IsDelivered && told.Occurrence == live.Occurrence;
        bool isWanted = _receiver.Kind == ReceiverKind.Alertmanager ? AlarmPerformance.IsStanding(live.State) : IsUnacknowledged(live.State);
        bool isOver = !isWanted && _receiver.Kind == ReceiverKind.Alertmanager && told.IsDelivered && !told.IsOver;
        bool isDue = isWanted && (utc - live.RaisedUtc) / (double)TimeSpan.TicksPerMinute >= _receiver.AfterMinutes
            && (!wasTold || (_repeat > TimeSpan.Zero && _context.Time.GetElapsedTime(told.At) >= _repeat));
        if (!isDue && !isOver)
            return;
        if (_due.Count < MaxNotices)
            _due.Add(new Notice(alarm, live.State, live.Occurrence, live.RaisedUtc, wasTold && !isOver, isOver));
        else
            _more++;
    }

    private static bool IsUnacknowledged(AlarmState state) => state is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged or AlarmState.LatchedUnacknowledged;

    private void Succeed()
    {
        foreach (Notice notice in _due)
        {
            // The Alertmanager is told each minute; only the begin of it is worth a row.
            if (!(_receiver.Kind == ReceiverKind.Alertmanager && (notice.IsRepeated || notice.IsOver)))
                Note(notice, notice.IsRepeated ? "told again" : "told", null);
            _told[notice.Alarm.Index] = new Told(notice.Occurrence, _context.Time.GetTimestamp(), IsDelivered: true, notice.IsOver);
        }
        Volatile.Write(ref _delivered, _delivered + _due.Count);
        Volatile.Write(ref _backlog, _more);
        if (_failing is not null)
            LogRecovered(_logger, _receiver.Name);
        (_failing, _retry, _retryAt) = (null, s_firstRetry, long.MinValue);
    }

    private void Fail(string reason)
    {
        Volatile.Write(ref _failures, _failures + 1);
        foreach (Notice notice in _due)
        {
            ref Told told = ref _told[notice.Alarm.Index];
            if (notice.IsOver || notice.IsRepeated || told.Failed == notice.Occurrence)
                continue;
            told = told with { Failed = notice.Occurrence };
            Note(notice, "", reason);
        }
        if (_failing is null)
            LogFailed(_logger, _receiver.Name, reason);
        _failing = reason;
        _retryAt = _context.Time.GetTimestamp() + (long)(_retry.TotalSeconds * _context.Time.TimestampFrequency);
        _retry = _retry * 2 < s_lastRetry ? _retry * 2 : s_lastRetry;
    }

    private void Note(in Notice notice, string reason, string? denied)
    {
        // Two rows for each alarm at most wait here.
        if (_records.Count < 2 * _told.Length + MaxNotices)
            _records.Enqueue(new OperatorCommand { Verb = CommandVerb.Notify, Target = notice.Alarm.Index, Argument = notice.Occurrence, User = UserName, Reason = reason, Denied = denied });
    }

    /// <summary>Puts some of what was told into the journal, by the way that commands take.</summary>
    private void Record()
    {
        for (int i = 0; i < RecordsPerStep && _records.TryPeek(out OperatorCommand? next) && _context.Scan.Commands.TryAdd(next); i++)
            _records.Dequeue();
    }

    /// <summary>What the receiver knows of an alarm.</summary>
    private readonly record struct Told(int Occurrence, long At, bool IsDelivered, bool IsOver, int Failed = 0);

    [LoggerMessage(1221, LogLevel.Warning, "Receiver {Name} cannot be told: {Reason}; it is tried again")]
    private static partial void LogFailed(ILogger logger, string name, string reason);

    [LoggerMessage(1222, LogLevel.Information, "Receiver {Name} is told again")]
    private static partial void LogRecovered(ILogger logger, string name);

    [LoggerMessage(1223, LogLevel.Warning, "What receiver {Name} was told before is not known: {Reason}")]
    private static partial void LogNotRestored(ILogger logger, string name, string reason);
}
