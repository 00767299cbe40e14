using System.Runtime.CompilerServices;
using Gateway.OpcUa.Encoding;

namespace Gateway.OpcUa.Transport;

/// <summary>
/// The way out of a connection: messages are put into <see cref="Buffer"/> under the owner's gate and written by
/// whoever flushes first, outside of it; what comes meanwhile goes with the next write. Allocates nothing per write.
/// </summary>
internal sealed class OutgoingStream
{
    private readonly Stream _stream;
    private readonly Lock _gate;
    private readonly TimeProvider? _clock;
    private readonly Action<Exception> _broken;
    private readonly Action? _idle;
    private readonly Action _onWritten;
    private MessageBuffer _writing;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _pendingWrite;

    /// <summary>Makes the way out of a stream.</summary>
    /// <param name="stream">Written by this alone; closed by the owner.</param>
    /// <param name="gate">Guards the buffer and the state.</param>
    /// <param name="mostBytes">Room of the buffer.</param>
    /// <param name="firstBytes">Room it begins with.</param>
    /// <param name="broken">Called when a write failed, without the gate.</param>
    /// <param name="idle">Called when nothing is left to write or the way is closed, under the gate.</param>
    /// <param name="clock">Tells <see cref="WriteStarted"/>; null where nobody asks.</param>
    public OutgoingStream(Stream stream, Lock gate, int mostBytes, int firstBytes, Action<Exception> broken, Action? idle = null, TimeProvider? clock = null)
    {
        (_stream, _gate, _broken, _idle, _clock) = (stream, gate, broken, idle, clock);
        Buffer = new MessageBuffer(mostBytes, firstBytes);
        _writing = new MessageBuffer(mostBytes, firstBytes);
        _onWritten = OnWritten;
    }

    /// <summary>What goes with the next write. Under the gate.</summary>
    public MessageBuffer Buffer { get; private set; }

    /// <summary>True while a write has not ended. Under the gate.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>Timestamp at which the write began that runs now.</summary>
    public long WriteStarted { get; private set; }

    /// <summary>True when nothing is written any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Ends the writing. Under the gate.</summary>
    public void Close() => IsClosed = true;

    /// <summary>Writes what waits unless somebody already does. Without the gate.</summary>
    public void Flush()
    {
        var isOurs = false;
        while (true)
        {
            lock (_gate)
            {
                if (isOurs)
                    IsWriting = false;
                if (IsWriting)
                    return;
                if (IsClosed || Buffer.Length == 0)
                {
                    _idle?.Invoke();
                    return;
                }

                IsWriting = isOurs = true;
                WriteStarted = _clock?.GetTimestamp() ?? 0;
                (Buffer, _writing) = (_writing, Buffer);
                Buffer.Length = 0;
            }

            try
            {
#pragma warning disable CA2012 // The awaiter is consumed exactly once: here, or in OnWritten. An await would allocate.
                var write = _stream.WriteAsync(_writing.Bytes.AsMemory(0, _writing.Length)).ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
                if (!write.IsCompleted)
                {
                    _pendingWrite = write;
                    write.UnsafeOnCompleted(_onWritten);
                    return;
                }

                write.GetResult();
            }
            catch (Exception e) when (StreamFault.IsFault(e))
            {
                _broken(e);
                return;
            }
        }
    }

    private void OnWritten()
    {
        try
        {
            _pendingWrite.GetResult();
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            _broken(e);
            return;
        }

        lock (_gate)
            IsWriting = false;
        Flush();
    }
}
