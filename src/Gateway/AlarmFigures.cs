using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Storage;

namespace Gateway;

/// <summary>
/// The performance of the alarm system over the last 30 days (ISA-18.2 asks for at least that), from the journal, so that
/// a restart loses none of it. One loop reads each minute what is new and publishes figures that do not change any more;
/// any thread may read those. The first reading takes the whole journal and runs beside control.
/// </summary>
/// <param name="folder">Data folder.</param>
/// <param name="time">The clock of the host.</param>
/// <param name="logger">Log.</param>
internal sealed partial class AlarmFigures(string folder, TimeProvider time, ILogger logger)
{
    /// <summary>Transitions kept at most: beyond them the period begins later. 24 MB.</summary>
    internal const int MaxKept = 500_000;

    private static readonly TimeSpan Period = TimeSpan.FromDays(30);
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly Queue<Transition> _kept = new();
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _stood = new(StringComparer.Ordinal); // when the oldest kept one came
    private long _read;
    private long _cutUtc;
    private bool _failed;
    private AlarmPerformance? _current;

    /// <summary>The newest figures; null until the journal was read once.</summary>
    public AlarmPerformance? Current => Volatile.Read(ref _current);

    /// <summary>Reads and publishes until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // The caller starts control; it must not wait for a journal of a year.
        await Task.Yield();
        using var timer = new PeriodicTimer(Pace, time);
        try
        {
            do
                Update();
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>Reads what is new and publishes. One caller at a time.</summary>
    internal void Update()
    {
        try
        {
            foreach (JournalRow row in JournalReader.Alarms(folder, _read))
                Take(row);
            _failed = false;
        }
        catch (StoreException e)
        {
            // The figures stay those of before; the store tells its own failure louder.
            if (!_failed)
                LogNotRead(logger, e.Message);
            _failed = true;
            return;
        }
        Publish(time.GetUtcNow().UtcTicks);
    }

    private void Take(JournalRow row)
    {
        ScanEvent item = row.Item;
        _read = item.Sequence;
        if (row.Subject.Id is not { } id)
            return;
        // The reader makes a new text for each row; one per alarm is kept.
        if (!_names.TryGetValue(id, out string? name))
            _names.Add(id, name = id);
        _kept.Enqueue(new Transition(item.Utc, name, (byte)row.Subject.Priority, (AlarmEventCode)item.Code, (AlarmState)item.From, (AlarmState)item.To));
        if (_kept.Count > MaxKept)
            _cutUtc = Math.Max(_cutUtc, Forget());
    }

    private void Publish(long now)
    {
        while (_kept.TryPeek(out Transition oldest) && oldest.Utc < now - Period.Ticks - TimeSpan.TicksPerHour)
            Forget();
        long from = Math.Max(now - Period.Ticks, _cutUtc);
        // From a full hour on, so that the same alarms give the same figures a minute later.
        var figures = new AlarmPerformance(from - from % TimeSpan.TicksPerHour, now + 1);
        foreach (var (name, since) in _stood)
            figures.AddStanding(name, since);
        foreach (Transition one in _kept)
            figures.Add(one.Utc, one.Id, one.Priority, one.Code, one.Before, one.After);
        Volatile.Write(ref _current, figures);
    }

    /// <summary>Drops the oldest transition; whether its alarm stands is what stays of it.</summary>
    /// <returns>Its time.</returns>
    private long Forget()
    {
        Transition gone = _kept.Dequeue();
        if (!AlarmPerformance.IsStanding(gone.After))
            _stood.Remove(gone.Id);
        else if (AlarmPerformance.IsAnnunciation(gone.Code, gone.Before, gone.After))
            _stood.TryAdd(gone.Id, gone.Utc);
        return gone.Utc;
    }

    private readonly record struct Transition(long Utc, string Id, byte Priority, AlarmEventCode Code, AlarmState Before, AlarmState After);

    [LoggerMessage(1211, LogLevel.Warning, "The performance of the alarm system is not brought up to date: {Reason}")]
    private static partial void LogNotRead(ILogger logger, string reason);
}
