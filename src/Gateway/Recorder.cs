using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Storage;

namespace Gateway;

/// <summary>
/// The one reader of the event ring: a thread of its own that makes events durable, then moves them into the event log
/// for the readers, then writes changes of state to the program's log. The scan wakes it when it has added something.
/// </summary>
public sealed partial class Recorder : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500);

    private readonly ScanCycle _scan;
    private readonly EventLog _log;
    private readonly Journal? _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly List<ScanEvent> _fresh = [];
    private volatile bool _stopping;

    /// <summary>Makes the recorder; <see cref="Start"/> starts its thread.</summary>
    /// <param name="scan">Whose events it takes.</param>
    /// <param name="log">Where readers find them.</param>
    /// <param name="journal">Where they become durable first; null for memory only. Disposed by the owner after this.</param>
    /// <param name="time">The clock of the host.</param>
    /// <param name="logger">Log.</param>
    public Recorder(ScanCycle scan, EventLog log, Journal? journal, TimeProvider time, ILogger logger)
    {
        _scan = scan;
        _log = log;
        _journal = journal;
        _time = time;
        _logger = logger;
        if (journal is not null)
        {
            Checkpoints = scan.CreateCheckpoints();
            _pending = new PendingRows(journal.Options.MaxWaiting);
        }
        _thread = new Thread(Run) { Name = "recorder", IsBackground = true };
    }

    /// <summary>Where the scan leaves its state; null when nothing is kept.</summary>
    public CheckpointMailbox? Checkpoints { get; }

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Tells the recorder that there are events. Scan thread; does not block or allocate.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Moves what is left and stops the thread.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _wake.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _wake.WaitOne(Heartbeat);
            Drain(isLast: false);
        }
        Drain(isLast: true);
    }

    private void Drain(bool isLast)
    {
        if (_journal is { } journal && Checkpoints is { } checkpoints)
        {
            DrainToJournal(journal, checkpoints, isLast);
            return;
        }
        while (_scan.Events.TryTake(out ScanEvent item))
            _fresh.Add(item);
        Show();
    }

    /// <summary>Shows what was taken to the readers and the log.</summary>
    private void Show()
    {
        if (_fresh.Count == 0)
            return;
        foreach (ScanEvent item in _fresh)
        {
            _log.Add(in item);
            WriteLog(in item);
        }
        _log.Signal();
        _fresh.Clear();
    }

    private void WriteLog(in ScanEvent item)
    {
        if (item.Kind == EventKind.Alarm && item.Accepted && item.From != item.To)
        {
            AlarmDefinition alarm = _scan.Plant.Alarms[item.Subject];
            LogAlarm(_logger, alarm.Id, AlarmNames.LetterOf((AlarmState)item.From), AlarmNames.LetterOf((AlarmState)item.To), item.Occurrence, alarm.Message);
        }
        else if (item.Kind == EventKind.System)
        {
            WriteSystem(in item);
        }
    }

    private void WriteSystem(in ScanEvent item)
    {
        switch ((SystemEvent)item.Code)
        {
            case SystemEvent.RunStateChanged:
                LogRunState(_logger, (RunState)item.From, (RunState)item.To);
                break;
            case SystemEvent.EventsLost:
                LogLost(_logger, (long)item.Value);
                break;
            case SystemEvent.ClockStep:
                LogClockStep(_logger, item.Value);
                break;
            case SystemEvent.Restored:
                LogRestored(_logger, item.Value, item.Reason ?? "");
                break;
            case SystemEvent.ScanOverrun:
                LogOverrun(_logger, (long)item.Value);
                break;
        }
    }

    [LoggerMessage(1006, LogLevel.Information, "Restored after {Seconds:F1} s: {Report}")]
    private static partial void LogRestored(ILogger logger, double seconds, string report);

    [LoggerMessage(1001, LogLevel.Information, "Alarm {Alarm} {From} -> {To}, occurrence {Occurrence}: {Text}")]
    private static partial void LogAlarm(ILogger logger, string alarm, string from, string to, int occurrence, string text);

    [LoggerMessage(1002, LogLevel.Information, "Run state {From} -> {To}")]
    private static partial void LogRunState(ILogger logger, RunState from, RunState to);

    [LoggerMessage(1003, LogLevel.Warning, "{Count} events were lost because the recorder was late")]
    private static partial void LogLost(ILogger logger, long count);

    [LoggerMessage(1004, LogLevel.Warning, "The wall clock was stepped by {Seconds} s; delays are not affected")]
    private static partial void LogClockStep(ILogger logger, double seconds);

    [LoggerMessage(1005, LogLevel.Warning, "{Count} scan cycles were skipped since the last such line; raise scan.basePeriodMs or move work to a slower rate group")]
    private static partial void LogOverrun(ILogger logger, long count);
}
