using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Scan;
using Gateway.Simulation;

namespace Gateway.SystemTests.Month;

/// <summary>Runs the site through its faults for some time and has every scan judged.</summary>
internal sealed class MonthRun
{
    private const int MemoryLooks = 28;

    private readonly VirtualSite _site;
    private readonly FaultPlan[] _faults;
    private readonly PlantPlan _plant;
    private readonly SiteOracle _oracle;
    private readonly SeededRandom _operators;
    private readonly List<OperatorCommand> _given = [];
    private readonly List<long> _memory = [];
    private readonly long _scansPerSecond;

    public MonthRun(ulong seed)
    {
        _site = new VirtualSite(seed);
        _faults = [.. _site.Site.Lines.Select(line => new FaultPlan(_site, line.Index, seed))];
        _plant = new PlantPlan(_site, seed);
        _oracle = new SiteOracle(_site, _faults, _plant);
        _operators = new SeededRandom(seed, "operators");
        _scansPerSecond = ScanTime.TicksPerSecond / _site.PeriodTicks;
    }

    public VirtualSite Site => _site;
    public SiteOracle Oracle => _oracle;
    public FaultPlan[] Faults => _faults;

    /// <summary>Bytes in use after collections, looked at in equal distances.</summary>
    public IReadOnlyList<long> Memory => _memory;

    /// <summary>Simulated seconds per second of the last <see cref="Run"/>.</summary>
    public double Speed { get; private set; }

    public void Run(TimeSpan span)
    {
        var clock = Stopwatch.StartNew();
        long seconds = (long)span.TotalSeconds;
        _oracle.Record(0);
        _site.Start();
        for (long second = 0; second < seconds; second++)
        {
            StepPlant();
            for (long scan = 0; scan < _scansPerSecond; scan++)
                _oracle.Judge(_site.RunScan());
            if ((second + 1) % Math.Max(1, seconds / MemoryLooks) == 0)
                _memory.Add(GC.GetTotalMemory(forceFullCollection: true));
        }
        Speed = seconds / clock.Elapsed.TotalSeconds;
        _site.Stop();
    }

    /// <summary>What happened, for people.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{_site.Time.Elapsed} simulated, {Speed:F0} simulated seconds per second, {_site.Time.EventsRun:N0} network events");
        text.AppendLine(CultureInfo.InvariantCulture, $"good values judged {_oracle.GoodValues:N0}, others {_oracle.OtherValues:N0}, looked up {_oracle.Lookups:N0}; events {_oracle.Events:N0}, alarm transitions {_oracle.Transitions:N0}; writes done {_oracle.Writes.Done:N0}, other {_oracle.Writes.Other:N0}; headers garbled {_site.Garbled:N0}");
        foreach (LineFault fault in Enum.GetValues<LineFault>().Skip(1))
            text.Append(CultureInfo.InvariantCulture, $"{fault} {_faults.Sum(plan => plan.Counts[(int)fault])}, ");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"memory {string.Join(' ', _memory.Select(bytes => bytes / 1024))} KiB");
        foreach (var line in _site.Lines)
            text.AppendLine(CultureInfo.InvariantCulture, $"{line.Definition.Name}: connects {line.Statistics.Connects}, failed {line.Statistics.FailedConnects}, restarts {line.Statistics.Restarts}");
        return text.ToString();
    }

    private void StepPlant()
    {
        long now = _site.Time.GetTimestamp();
        _site.Do(() =>
        {
            foreach (FaultPlan plan in _faults)
                plan.Step(now);
            _plant.Step(now);
            _site.Station.Step(1);
        });
        _oracle.Record(now);
        Operate();
    }

    /// <summary>What operators do: acknowledge, reset, shelve, take out of service, write the armed outputs.</summary>
    private void Operate()
    {
        if (_operators.Chance(0.1))
            ActOnAlarm(_operators.Next(0, _site.Site.Plant.Alarms.Length));
        if (_operators.Chance(0.02))
            Write();
        foreach (OperatorCommand command in _given)
        {
            Assert.True(_site.Scan.Commands.TryAdd(command));
            _oracle.Act(command);
        }
        _given.Clear();
    }

    private void ActOnAlarm(int alarm)
    {
        CommandVerb? verb = _oracle.StateOf(alarm) switch
        {
            AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged or AlarmState.LatchedUnacknowledged => CommandVerb.Ack,
            AlarmState.LatchedAcknowledged => CommandVerb.Reset,
            AlarmState.OutOfService => CommandVerb.ReturnToService,
            AlarmState.Shelved when _operators.Chance(0.5) => CommandVerb.Unshelve,
            _ when _operators.Chance(0.05) => CommandVerb.Shelve,
            _ when _operators.Chance(0.05) => CommandVerb.ShelveOnce,
            _ when _operators.Chance(0.02) => CommandVerb.OutOfService,
            _ => null,
        };
        if (verb is not { } act)
            return;
        double argument = act == CommandVerb.Ack && _operators.Chance(0.5) ? _oracle.OccurrenceOf(alarm) : act is CommandVerb.Shelve or CommandVerb.ShelveOnce ? _operators.Next(60, 1200) : 0;
        _given.Add(new OperatorCommand { Verb = act, Target = alarm, Argument = argument, User = "olga", Reason = "drill" });
    }

    private void Write()
    {
        var outputs = _site.Site.Plant.Outputs.Where(output => output.Armed).ToArray();
        var output = outputs[_operators.Next(0, outputs.Length)];
        double value = _operators.Next((int)output.Low, (int)output.High + 1);
        _given.Add(new OperatorCommand { Verb = CommandVerb.Write, Target = output.Index, Argument = value, User = "olga", Reason = "drill" });
    }
}
