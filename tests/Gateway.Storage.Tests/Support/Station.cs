using Gateway.Runtime;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests.Support;

/// <summary>
/// The scan of the tiny plant in virtual time with a journal behind it, which gets the events of whole scans as the
/// recorder gives them. Without a folder it runs in memory only.
/// </summary>
internal sealed class Station : IDisposable
{
    private readonly InputMailbox _inputs = new(3);
    private readonly OutputMailbox _writes = new(1);
    private readonly CheckpointMailbox _checkpoints;
    private long _outputSeen;

    public Station(string? folder, StationClock clock, PlantModel? plant = null, JournalOptions? options = null)
    {
        Clock = clock;
        Plant = plant ?? TinyPlant.Plant;
        Scan = new ScanCycle(Plant, [new InputBinding("all", _inputs, [0, 1, 2], long.MaxValue, long.MaxValue)], _writes, 4096);
        _checkpoints = Scan.CreateCheckpoints();
        Options = options ?? new JournalOptions { ReserveBytes = 0, CheckpointPeriod = TimeSpan.FromSeconds(7) };
        Pending = new PendingRows(Options.MaxWaiting);
        if (folder is null)
            return;
        Journal = Journal.Open(folder, Plant, "test", Options, clock, NullLogger.Instance);
        SavedState saved = Journal.Saved;
        if (!saved.IsNew)
            Scan.Restore(saved.Alarms, saved.Compliance, saved.LastSequence, 0, clock.Now, saved.Report);
    }

    public StationClock Clock { get; }
    public PlantModel Plant { get; }
    public ScanCycle Scan { get; }
    public JournalOptions Options { get; }
    public Journal? Journal { get; }
    public PendingRows Pending { get; }
    public List<ScanEvent> Told { get; } = [];
    public List<ClosedWindow> Closed { get; } = [];
    public bool IsWhole { get; set; } = true;

    /// <summary>Lets a second pass and scans; then everything is committed.</summary>
    /// <returns>What the commit said; true without a journal.</returns>
    public bool Step(double cod, double flow, bool maintenance = false, OperatorCommand? command = null)
    {
        Clock.Pass();
        InputFrame frame = _inputs.Back;
        (frame.Values[0], frame.Values[1], frame.Values[2]) = (cod, flow, maintenance ? 1 : 0);
        frame.SourceTime = Clock.Now.Utc;
        _inputs.Publish();
        if (command is not null)
            Assert.True(Scan.Commands.TryAdd(command));
        Scan.Execute(Clock.Now);
        if (_writes.TryTake(0, ref _outputSeen, out OutputRequest request))
            _writes.Complete(0, new OutputOutcome(request.Sequence, OutputResult.Done, 0, request.Raw));
        Scan.Save(_checkpoints, Clock.Now);
        return Commit();
    }

    public bool Commit()
    {
        while (Scan.Events.TryTake(out ScanEvent item))
        {
            Told.Add(item);
            Pending.Add(in item);
        }
        while (Scan.Compliance.Closed.TryTake(out ClosedWindow window))
        {
            if (!window.IsClosed)
                continue;
            Closed.Add(window);
            Pending.Add(in window);
        }
        _checkpoints.TryTake(out ScanCheckpoint? checkpoint);
        return Journal is null || Journal.TryCommit(Pending, checkpoint, IsWhole);
    }

    public void Dispose() => Journal?.Dispose();
}

/// <summary>Virtual time that goes on over restarts.</summary>
internal sealed class StationClock : TimeProvider
{
    public ScanTime Now { get; private set; } = new(0, TinyPlant.Start, 0);

    public void Pass(int seconds = 1) =>
        Now = new ScanTime(Now.Number + 1, Now.Utc + (seconds * ScanTime.TicksPerSecond), Now.Elapsed + (seconds * ScanTime.TicksPerSecond));

    /// <summary>Moves the wall clock only.</summary>
    public void Step(TimeSpan by) => Now = new ScanTime(Now.Number, Now.Utc + by.Ticks, Now.Elapsed);

    public override DateTimeOffset GetUtcNow() => new(Now.Utc, TimeSpan.Zero);

    public override long TimestampFrequency => ScanTime.TicksPerSecond;

    public override long GetTimestamp() => Now.Elapsed;
}
