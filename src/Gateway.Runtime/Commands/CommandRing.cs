using System.Collections.Concurrent;

namespace Gateway.Runtime.Commands;

/// <summary>
/// Bounded queue of commands: many writers (web, northbound), one reader (the scan, at the start of each scan). A full
/// queue refuses the command at once, so that the asker is told.
/// </summary>
public sealed class CommandRing(int capacity)
{
    private readonly ConcurrentQueue<OperatorCommand> _queue = new();
    private int _count;
    private long _refused;

    /// <summary>Commands refused because the queue was full, since start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Adds a command from any thread.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool TryAdd(OperatorCommand command)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Increment(ref _refused);
            return false;
        }
        _queue.Enqueue(command);
        return true;
    }

    /// <summary>Takes the oldest command. Scan thread only.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OperatorCommand? command)
    {
        if (!_queue.TryDequeue(out command))
            return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
