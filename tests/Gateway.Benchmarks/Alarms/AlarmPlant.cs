using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage;

namespace Gateway.Benchmarks.Alarms;

/// <summary>A plant of nothing but bits with an alarm each, scanned here: so that rows and saved states belong together.</summary>
internal sealed class AlarmPlant
{
    private readonly InputMailbox _inputs;
    private readonly double[] _bits;
    private readonly ScanCycle _cycle;
    private readonly CheckpointMailbox _checkpoints;
    private long _number;
    private int _next;

    public AlarmPlant(int alarms)
    {
        Model = new PlantModel
        {
            SiteId = "benchmark",
            Calendar = new SiteCalendar(TimeSpan.FromHours(8)),
            BasePeriodMs = 100,
            RateGroups = [new RateGroup("base", 1, 0)],
            Tags = [.. Enumerable.Range(0, alarms).Select(i => new TagDefinition { Index = i, Name = "B" + i, Unit = "" })],
            Alarms = [.. Enumerable.Range(0, alarms).Select(i => new AlarmDefinition { Id = "A" + i, Index = i, Tag = i, Type = AlarmType.State, StateValue = 1, Message = "bit " + i })],
        };
        _inputs = new InputMailbox(alarms);
        _bits = new double[alarms];
        _cycle = new ScanCycle(Model, [new InputBinding("all", _inputs, [.. Enumerable.Range(0, alarms)], long.MaxValue, long.MaxValue)], new OutputMailbox(0), 4 * alarms + 1024);
        _checkpoints = _cycle.CreateCheckpoints();
    }

    public PlantModel Model { get; }

    /// <summary>The state of the last scan.</summary>
    public ScanCheckpoint? Checkpoint { get; private set; }

    /// <summary>Changes that many alarms in one scan and gives their events.</summary>
    public void Toggle(int count, PendingRows into, long utc = 0)
    {
        for (int i = 0; i < count; i++, _next = (_next + 1) % _bits.Length)
            _bits[_next] = 1 - _bits[_next];
        _number++;
        var now = new ScanTime(_number, utc == 0 ? DateTime.UtcNow.Ticks : utc, _number * ScanTime.TicksPerSecond);
        _bits.CopyTo(_inputs.Back.Values, 0);
        _inputs.Back.SourceTime = now.Utc;
        _inputs.Publish();
        _cycle.Execute(now);
        _cycle.Save(_checkpoints, now);
        while (_cycle.Events.TryTake(out ScanEvent item))
            into.Add(in item);
        if (_checkpoints.TryTake(out ScanCheckpoint? taken))
            Checkpoint = taken;
    }
}
