using System.Diagnostics;

namespace Gateway.PlcSimulator.Bsm1;

/// <summary>A bar on a terminal, one line that is written over; nothing where the output is a file. Used by one thread.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Width = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter _output;
    private readonly int _total;
    private readonly bool _isSilent;
    private long _shown;

    public ProgressBar(TextWriter output, int total, bool isSilent)
    {
        _output = output;
        _total = total;
        _isSilent = isSilent;
    }

    /// <summary>Shows how many of the total days are done.</summary>
    public void Show(int done)
    {
        if (_isSilent || (done < _total && _shown != 0 && Stopwatch.GetElapsedTime(_shown) < Pause))
            return;
        _shown = Stopwatch.GetTimestamp();
        var filled = Width * done / _total;
        _output.Write($"\r[{new string('#', filled)}{new string('.', Width - filled)}] day {done} of {_total}");
    }

    /// <summary>Removes the bar.</summary>
    public void Dispose()
    {
        if (!_isSilent && _shown != 0)
            _output.Write("\r\u001b[K");
    }
}
