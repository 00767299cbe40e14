using Gateway.Simulation.Instruments;

namespace Gateway.Simulation.Process;

/// <summary>The measuring station at the inlet or the effluent: its instruments, its troubles and its status word.</summary>
public sealed class AnalyzerStation
{
    private const int FirstFaultBit = 10;

    private readonly Instrument[] _instruments;
    private long _results;
    private bool _newResult;

    internal AnalyzerStation(Instrument[] instruments, DateTimeOffset now)
    {
        _instruments = instruments;
        LastResultUnixSeconds = now.ToUnixTimeSeconds();
    }

    /// <summary>A calibration is under way.</summary>
    public bool IsCalibrating { get; set; }

    /// <summary>A reagent runs low.</summary>
    public bool IsReagentLow { get; set; }

    /// <summary>No sample arrives: batch analyzers keep their last result.</summary>
    public bool IsSampleLost { get; set; }

    /// <summary>Somebody works at the station.</summary>
    public bool IsInMaintenance { get; set; }

    /// <summary>UTC second of the newest batch result.</summary>
    public long LastResultUnixSeconds { get; private set; }

    /// <summary>
    /// Bit 0 valid, 1 cleaning, 2 calibrating, 3 reagent low, 4 sample lost, 5 over range, 6 under range, 7 analyzer
    /// fault, 8 maintenance, 9 new result (toggles), 10 to 15 faults of the single instruments.
    /// </summary>
    public int StatusWord { get; private set; } = 1;

    internal void Step(DateTimeOffset now)
    {
        var word = 0;
        long results = 0;
        for (var index = 0; index < _instruments.Length; index++)
        {
            var instrument = _instruments[index];
            results += instrument.Results;
            word |= Bit(1, instrument.IsCleaning) | Bit(2, instrument.IsCalibrating) | Bit(5, instrument.IsOverRange) | Bit(6, instrument.IsUnderRange)
                | Bit(7, instrument.ShowsFault) | Bit(FirstFaultBit + index, instrument.ShowsFault);
        }

        if (results != _results)
        {
            _results = results;
            _newResult = !_newResult;
            LastResultUnixSeconds = now.ToUnixTimeSeconds();
        }

        word |= Bit(2, IsCalibrating) | Bit(3, IsReagentLow) | Bit(4, IsSampleLost) | Bit(8, IsInMaintenance);

        // Reagent that runs low is a warning; everything else above makes the values unfit for use.
        const int Invalidating = 0b1_1001_0110 | (0x3F << FirstFaultBit);
        StatusWord = word | Bit(9, _newResult) | Bit(0, (word & Invalidating) == 0);
    }

    private static int Bit(int number, bool set) => set ? 1 << number : 0;
}
