using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Runtime.Scan;
using Gateway.Simulation;
using Gateway.Simulation.Network;
using Gateway.Simulation.Plc;

namespace Gateway.SystemTests.Month;

/// <summary>What can go wrong on a line.</summary>
internal enum LineFault
{
    None,
    Reset,
    BlackHole,
    HalfOpen,
    Refused,
    Stalled,
    Disturbed,
    WrongHeaders,
    PlcOff,
    PlcFrozen,
    Exceptions,
    Silence,
    BadAnswers,
}

/// <summary>
/// Disturbs one line by its seed: quiet times and faults in turn. It knows when the device certainly could not be
/// reached and when nothing at all was wrong, which is what the oracle judges by.
/// </summary>
internal sealed class FaultPlan
{
    private static readonly LineFault[] s_kinds = Enum.GetValues<LineFault>()[1..];

    // Exception 2 is left out: it makes the line look for a guilty point, and rightly doubt it for long.
    private static readonly int[] s_exceptions = [4, 5, 6, 10, 11];

    private static readonly FaultKind[] s_badAnswers =
    [
        FaultKind.WrongTransaction, FaultKind.WrongUnit, FaultKind.WrongFunction, FaultKind.Delay, FaultKind.Silence,
        FaultKind.AnswerLost, FaultKind.CloseBefore, FaultKind.CloseAfter, FaultKind.Truncated, FaultKind.Garbage,
    ];

    private readonly VirtualSite _site;
    private readonly SeededRandom _random;
    private readonly int _line;
    private readonly string _device;
    private readonly SimulatedLink _link;
    private readonly bool _isWritten;
    private readonly List<long> _rules = [];
    private long _until;

    public FaultPlan(VirtualSite site, int line, ulong seed)
    {
        LineDefinition definition = site.Site.Lines[line];
        _site = site;
        _line = line;
        _device = definition.Devices.Single().Name;
        _link = site.LinkOf(line);
        _isWritten = definition.Devices.Single().Points.Any(point => point.Output >= 0 && site.Site.Plant.Outputs[point.Output].Armed);
        _random = new SeededRandom(seed, "faults of " + definition.Name);
        _until = Seconds(60, 300);
    }

    /// <summary>The fault in force.</summary>
    public LineFault Fault { get; private set; }

    /// <summary>Since when the device cannot be reached by anybody; -1 when perhaps it can.</summary>
    public long UnreachableSince { get; private set; } = -1;

    /// <summary>Since when nothing is wrong; -1 while something is.</summary>
    public long CleanSince { get; private set; }

    /// <summary>The program of the PLC stands still, so its registers do not follow the plant.</summary>
    public bool IsFrozen => Fault == LineFault.PlcFrozen;

    /// <summary>How often each fault was in force.</summary>
    public int[] Counts { get; } = new int[s_kinds.Length + 1];

    /// <summary>Claims what is not so, to see that the oracle would notice.</summary>
    public void PretendUnreachable() => UnreachableSince = 0;

    public void Step(long now)
    {
        if (now < _until)
            return;
        if (Fault != LineFault.None)
        {
            End(now);
            // Long enough for the longest pause of reconnect and probe, so that recovery is judged too.
            _until = now + Seconds(60, _random.Chance(0.5) ? 200 : 1800);
            return;
        }
        LineFault fault = s_kinds[_random.Next(0, s_kinds.Length)];
        // A PLC that stands still keeps what is written to it, which the plant does not know.
        Begin(fault == LineFault.PlcFrozen && _isWritten ? LineFault.PlcOff : fault, now);
        _until = now + (Fault == LineFault.Reset ? 0 : Seconds(5, _random.Chance(0.7) ? 120 : 1200));
    }

    private void Begin(LineFault fault, long now)
    {
        Fault = fault;
        Counts[(int)fault]++;
        CleanSince = -1;
        bool isCut = fault is LineFault.BlackHole or LineFault.HalfOpen or LineFault.Refused or LineFault.Stalled or LineFault.PlcOff or LineFault.Exceptions or LineFault.Silence;
        UnreachableSince = isCut ? now : -1;
        switch (fault)
        {
            case LineFault.Reset:
                _link.Reset();
                break;
            case LineFault.BlackHole:
                _link.State = LinkState.BlackHole;
                break;
            case LineFault.HalfOpen:
                _link.State = LinkState.HalfOpen;
                break;
            case LineFault.Refused:
                _link.State = LinkState.Refused;
                _link.Reset();
                break;
            case LineFault.Stalled:
                _link.State = LinkState.Stalled;
                break;
            case LineFault.Disturbed:
                _link.Faults.Draw(_random, _random.NextDouble());
                _link.Faults.GarbleRate = 0;
                break;
            case LineFault.WrongHeaders:
                _site.SetGarbleRate(_line, 0.02 + 0.4 * _random.NextDouble());
                break;
            case LineFault.PlcOff:
                _site.Station.Stop(_device, true);
                break;
            case LineFault.PlcFrozen:
                _site.Station.Freeze(_device, true);
                break;
            default:
                BeginRules(fault);
                break;
        }
    }

    private void BeginRules(LineFault fault)
    {
        if (fault == LineFault.Exceptions)
        {
            Add(new FaultRule { Kind = FaultKind.Exception, Argument = s_exceptions[_random.Next(0, s_exceptions.Length)] });
            return;
        }
        if (fault == LineFault.Silence)
        {
            Add(new FaultRule { Kind = FaultKind.Silence });
            return;
        }
        int count = _random.Next(1, 4);
        for (int i = 0; i < count; i++)
        {
            FaultKind kind = s_badAnswers[_random.Next(0, s_badAnswers.Length)];
            // With a write in flight beside the read, its answer would fill up the one cut off: nobody could tell.
            if (kind == FaultKind.Truncated && _isWritten)
                kind = FaultKind.CloseAfter;
            // An id moved by one could be that of the next request when the answer is late as well: half the range cannot.
            int? argument = kind == FaultKind.WrongTransaction ? 0x8000 : kind == FaultKind.Delay ? _random.Next(50, 4000) : null;
            Add(new FaultRule { Kind = kind, Argument = argument, Probability = 0.02 + 0.6 * _random.NextDouble() });
        }
    }

    private void Add(FaultRule rule) => _rules.Add(_site.Station.Faults.Add(rule with { Device = _device }));

    private void End(long now)
    {
        if (Fault == LineFault.PlcOff)
            _site.Station.Stop(_device, false);
        if (Fault == LineFault.PlcFrozen)
            _site.Station.Freeze(_device, false);
        foreach (long rule in _rules)
            _site.Station.Faults.Remove(rule);
        _rules.Clear();
        _site.SetGarbleRate(_line, 0);
        _link.Faults.Clear();
        // A connection whose middle was swallowed would go on with a hole, which TCP never does.
        if (_link.State is LinkState.BlackHole or LinkState.HalfOpen)
            _link.Reset();
        _link.State = LinkState.Up;
        Fault = LineFault.None;
        UnreachableSince = -1;
        CleanSince = now;
    }

    private long Seconds(int low, int high) => _random.Next(low, high + 1) * ScanTime.TicksPerSecond;
}
