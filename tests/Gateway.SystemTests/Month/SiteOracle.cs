using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.SystemTests.Month;

/// <summary>The oracle found the gateway wrong.</summary>
internal sealed class OracleException(string message) : Exception(message);

/// <summary>
/// Judges every scan by what the test knows itself: what the registers held, which devices could be reached, and a
/// second model of every alarm. It uses the gateway's definitions and its published results, none of its logic.
/// </summary>
internal sealed class SiteOracle
{
    // Beside the ages of the site: one time-out that an answer may take, and some scans until it is latched.
    private const long Slack = 5 * ScanTime.TicksPerSecond / 10;

    private readonly VirtualSite _site;
    private readonly FaultPlan[] _faults;
    private readonly PlantPlan _plantPlan;
    private readonly MeasuredTag[] _measured;
    private readonly TagDefinition[] _calculated;
    private readonly AlarmOracle[] _alarms;
    private readonly AlarmState[] _told;
    private readonly ReturnTurn _turn = new();
    private long _sequence;
    private long _before;

    public SiteOracle(VirtualSite site, FaultPlan[] faults, PlantPlan plantPlan)
    {
        _site = site;
        _faults = faults;
        _plantPlan = plantPlan;
        IEnumerable<MeasuredTag> measured =
            from line in site.Site.Lines
            from ModbusDevice device in line.Devices
            from ModbusPoint point in device.Points
            select new MeasuredTag(site, line, device, point);
        _measured = [.. measured];
        _calculated = [.. site.Site.Plant.Tags.Where(tag => tag.Kind == TagKind.Calculated)];
        _alarms = [.. site.Site.Plant.Alarms.Select(alarm => new AlarmOracle(alarm))];
        _told = new AlarmState[_alarms.Length];
    }

    /// <summary>Good values judged.</summary>
    public long GoodValues { get; private set; }
    /// <summary>Values seen uncertain or bad.</summary>
    public long OtherValues { get; private set; }
    /// <summary>Fresh values looked up in the registers' history.</summary>
    public long Lookups { get; private set; }
    /// <summary>Events taken.</summary>
    public long Events { get; private set; }
    /// <summary>Changes of an alarm's state.</summary>
    public long Transitions { get; private set; }
    /// <summary>Writes that ended as done, and otherwise.</summary>
    public (long Done, long Other) Writes { get; private set; }

    /// <summary>State of an alarm by the second model.</summary>
    public AlarmState StateOf(int alarm) => _alarms[alarm].Shown;

    /// <summary>Occurrence of an alarm by the second model.</summary>
    public int OccurrenceOf(int alarm) => _alarms[alarm].Occurrence;

    /// <summary>Writes down what every register holds now.</summary>
    public void Record(long now)
    {
        foreach (MeasuredTag tag in _measured)
            if (!_faults[tag.Line].IsFrozen)
                tag.Truth.Record(tag.Held(_plantPlan), now);
    }

    /// <summary>Writes down the registers that the gateway may have written.</summary>
    public void RecordWritten(long now)
    {
        foreach (MeasuredTag tag in _measured)
            if (tag.IsWritten && !_faults[tag.Line].IsFrozen)
                tag.Truth.Record(tag.Held(_plantPlan), now);
    }

    /// <summary>Tells the oracle of a command that the coming scan takes.</summary>
    public void Act(OperatorCommand command)
    {
        if (command.Verb is not (CommandVerb.Write or CommandVerb.Setpoint or CommandVerb.Mode))
            _alarms[command.Target].Act(command, _site.PeriodTicks);
    }

    /// <summary>Judges one scan.</summary>
    public void Judge(in ScanTime now)
    {
        RecordWritten(now.Elapsed);
        foreach (MeasuredTag tag in _measured)
            JudgeMeasured(tag, now.Elapsed);
        JudgeCalculated(now.Number);
        JudgeAlarms(now.Elapsed - _before);
        TakeEvents();
        _before = now.Elapsed;
    }

    private void JudgeMeasured(MeasuredTag tag, long now)
    {
        ref readonly TagValue value = ref _site.Scan.Tags[tag.Index];
        if (value.Quality.IsBad)
        {
            OtherValues++;
            // Bad keeps the last usable value: nothing is put in its place.
            if (tag.WasUsable && BitConverter.DoubleToInt64Bits(value.Value) != BitConverter.DoubleToInt64Bits(tag.Last))
                Fail(tag, now, $"is bad and shows {value.Value:R}, which replaced its last usable value {tag.Last:R}");
            if (_faults[tag.Line].CleanSince is >= 0 and var clean && now - clean > tag.RecoveryTicks && now - _plantPlan.LastWire > tag.RecoveryTicks && !tag.IsBroken(_plantPlan))
                Fail(tag, now, $"is still {value.Quality} although nothing has been wrong with its line for {(now - clean) / ScanTime.TicksPerSecond} s");
            tag.Version = value.Version;
            return;
        }
        bool isGood = value.Quality.IsGood;
        GoodValues += isGood ? 1 : 0;
        OtherValues += isGood ? 0 : 1;
        long window = isGood ? tag.GoodTicks : tag.UsableTicks;
        if (value.Version != tag.Version || !tag.WasUsable || now - tag.LastHeld > window)
        {
            Lookups++;
            tag.LastHeld = tag.Truth.LastHeld(value.Value, now);
            if (tag.LastHeld < 0 || now - tag.LastHeld > window)
                Fail(tag, now, $"shows {value.Value:R} as {value.Quality}; its register last held that {Ago(tag.LastHeld, now)}, allowed are {window / (double)ScanTime.TicksPerSecond} s");
        }
        (tag.Version, tag.Last, tag.WasUsable) = (value.Version, value.Value, true);
        if (_faults[tag.Line].UnreachableSince is >= 0 and var since && now - since > window)
            Fail(tag, now, $"is {value.Quality} although its device cannot be reached ({_faults[tag.Line].Fault}) for {(now - since) / (double)ScanTime.TicksPerSecond} s, allowed are {window / (double)ScanTime.TicksPerSecond} s");
    }

    /// <summary>No calculation of the site chooses between inputs, so each is needed: a result is at most as good as its worst.</summary>
    private void JudgeCalculated(long scan)
    {
        foreach (TagDefinition tag in _calculated)
        {
            if (!_site.Site.Plant.RateGroups[tag.RateGroup].IsDue(scan))
                continue;
            Quality quality = _site.Scan.Tags[tag.Index].Quality;
            foreach (int input in tag.Expression!.Inputs)
            {
                if (_site.Scan.Tags[input].Quality.Level < quality.Level)
                    throw new OracleException($"{_site.Time.Elapsed}: {tag.Name} is {quality} although {_site.Site.Plant.Tags[input].Name} is {_site.Scan.Tags[input].Quality}");
            }
        }
    }

    private void JudgeAlarms(long passed)
    {
        _turn.Pass(passed);
        for (int i = 0; i < _alarms.Length; i++)
        {
            ref readonly AlarmLive live = ref _site.Scan.Alarms[i];
            _alarms[i].Scan(_site.Scan.Tags, passed, live.ConditionActive, _turn);
            if (live.State != _alarms[i].Shown || live.Occurrence != _alarms[i].Occurrence)
            {
                throw new OracleException(
                    $"{_site.Time.Elapsed}: alarm {_site.Site.Plant.Alarms[i].Id} is {live.State} (occurrence {live.Occurrence}), expected {_alarms[i].Shown} (occurrence {_alarms[i].Occurrence})");
            }
        }
    }

    private void TakeEvents()
    {
        while (_site.Scan.Events.TryTake(out ScanEvent item))
        {
            Events++;
            if (item.Sequence != ++_sequence)
                throw new OracleException($"{_site.Time.Elapsed}: event {item.Sequence} follows event {_sequence - 1}");
            if (item.Kind == EventKind.Output)
                Writes = item.Accepted ? (Writes.Done + 1, Writes.Other) : (Writes.Done, Writes.Other + 1);
            if (item.Kind == EventKind.Alarm && item.Accepted)
                Follow(in item);
        }
        if (_site.Scan.Events.Lost != 0)
            throw new OracleException($"{_site.Time.Elapsed}: {_site.Scan.Events.Lost} events were lost");
        while (_site.Scan.Compliance.Closed.TryTake(out _))
            Events++;
        for (int i = 0; i < _told.Length; i++)
            if (_told[i] != _alarms[i].Shown)
                throw new OracleException($"{_site.Time.Elapsed}: the events left alarm {_site.Site.Plant.Alarms[i].Id} in {_told[i]}, it is {_alarms[i].Shown}");
    }

    /// <summary>Who reads only the events must know every state: each begins where the one before ended.</summary>
    private void Follow(in ScanEvent item)
    {
        if (_told[item.Subject] != (AlarmState)item.From)
            throw new OracleException($"{_site.Time.Elapsed}: event {item.Sequence} takes alarm {_site.Site.Plant.Alarms[item.Subject].Id} from {(AlarmState)item.From}, it was in {_told[item.Subject]}");
        Transitions += item.From != item.To ? 1 : 0;
        _told[item.Subject] = (AlarmState)item.To;
    }

    private void Fail(MeasuredTag tag, long now, string what) =>
        throw new OracleException($"{TimeSpan.FromTicks(now)}: {tag.Name} of {_site.Site.Lines[tag.Line].Name} {what} (line {_site.Lines[tag.Line].Statistics.State}, fault {_faults[tag.Line].Fault})");

    private static string Ago(long then, long now) => then < 0 ? "never in memory" : $"{(now - then) / (double)ScanTime.TicksPerSecond} s ago";

    /// <summary>A tag of a device, with what is known of its register.</summary>
    private sealed class MeasuredTag
    {
        private readonly VirtualSite _site;
        private readonly PlcSignal _signal;

        public MeasuredTag(VirtualSite site, LineDefinition line, ModbusDevice device, ModbusPoint point)
        {
            TagDefinition tag = site.Site.Plant.Tags[point.Tag];
            Assert.Equal(ScalingKind.None, tag.Scaling.Kind);
            Assert.NotEqual(RangePolicy.Clamp, tag.Check.OutOfRange);
            _site = site;
            _signal = PlcSignal.Of(site, device, point);
            Index = point.Tag;
            Name = tag.Name;
            Line = line.Index;
            IsWritten = point.Output >= 0 && site.Site.Plant.Outputs[point.Output].Armed;
            long period = point.PollPeriodMs * ScanTime.TicksPerMillisecond, timeout = line.TimeoutMs * ScanTime.TicksPerMillisecond;
            // An answer may take a time-out, and the ages add one more.
            GoodTicks = (long)(device.UncertainAfterPolls * period) + 2 * timeout + Slack;
            UsableTicks = (long)(device.BadAfterPolls * period) + 2 * timeout + Slack;
            RecoveryTicks = 2 * period + (line.ReconnectMaxMs + device.ProbeMaxMs) * 12 / 10 * ScanTime.TicksPerMillisecond + 10 * timeout;
        }

        public int Index { get; }
        public string Name { get; }
        public int Line { get; }
        public bool IsWritten { get; }
        public long GoodTicks { get; }
        public long UsableTicks { get; }
        public long RecoveryTicks { get; }
        public TagTruth Truth { get; } = new();
        public uint Version { get; set; }
        public double Last { get; set; }
        public bool WasUsable { get; set; }
        public long LastHeld { get; set; } = -1;

        public bool IsBroken(PlantPlan plan) => plan.IsBroken(Name);

        public double Held(PlantPlan plan) => plan.IsBroken(Name) ? double.NaN : _signal.Read(_site.Station.Plant);
    }
}
