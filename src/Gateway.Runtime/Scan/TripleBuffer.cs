using System.Diagnostics.CodeAnalysis;

namespace Gateway.Runtime.Scan;

/// <summary>
/// Three frames between one writer and one reader: the newest wins and neither side waits. The writer fills
/// <see cref="Back"/> and publishes it; the reader holds what it took until it takes the next.
/// </summary>
internal sealed class TripleBuffer<T>(Func<T> create)
    where T : class
{
    private const int Fresh = 4;
    private readonly T[] _frames = [create(), create(), create()];
    private int _back;       // writer only
    private int _front = 1;  // reader only
    private int _middle = 2; // index of the frame in between, with the Fresh bit when it was not read yet

    /// <summary>The spare frame; its content is that of an earlier one. Writer only.</summary>
    public T Back => _frames[_back];

    /// <summary>Makes the back frame the newest. Writer only.</summary>
    public void Publish() => _back = Interlocked.Exchange(ref _middle, _back | Fresh) & ~Fresh;

    /// <summary>Gives the newest frame when there is one that was not taken before. Reader only.</summary>
    public bool TryTake([NotNullWhen(true)] out T? frame)
    {
        if ((Volatile.Read(ref _middle) & Fresh) == 0)
        {
            frame = null;
            return false;
        }
        _front = Interlocked.Exchange(ref _middle, _front) & ~Fresh;
        frame = _frames[_front];
        return true;
    }
}
