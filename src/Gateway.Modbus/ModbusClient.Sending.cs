using System.Runtime.CompilerServices;
using Gateway.Modbus.Client;
using Gateway.Modbus.Protocol;

namespace Gateway.Modbus;

/// <content>The way out: waiting requests become frames in one buffer, which one writer at a time empties.</content>
public sealed partial class ModbusClient
{
    private byte[] _outgoing;
    private byte[] _writingBuffer;
    private int _outgoingCount;
    private bool _isWriting;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _pendingWrite;
    private ushort _lastId;

    // No request leaves before this time: silence between frames, or the wait for a late answer.
    private long _quietUntil = long.MinValue;

    /// <summary>Moves waiting requests into the outgoing buffer while the window and the line allow. Under the lock.</summary>
    private void SendWaiting()
    {
        while (_waiting.Head is not null && _inFlightCount < _options.Window && !_isClosed)
        {
            var now = _time.GetTimestamp();
            if (!_hasIds && now < _quietUntil)
            {
                Arm(_quietUntil);
                return;
            }

            if (_outgoing.Length - _outgoingCount < _options.FrameRoom)
                return;
            Begin(_waiting.Take(), now);
        }
    }

    private void Begin(Transaction transaction, long now)
    {
        var slot = 0;
        if (_hasIds)
        {
            // The window is no larger than the table, so a free entry is found.
            do
                slot = ++_lastId % _inFlight.Length;
            while (_inFlight[slot] is not null);
        }
        else
        {
            EndDrain();
            _lastId++;
        }

        transaction.Id = _lastId;
        transaction.Deadline = now + (transaction.IsBroadcast ? _broadcastTicks : _timeoutTicks);
        _inFlight[slot] = transaction;
        _inFlightCount++;
        var room = _outgoing.AsSpan(_outgoingCount);
        var length = _options.Framing switch
        {
            ModbusFraming.Tcp => MbapFrame.Write(room, transaction.Id, transaction.Unit, transaction.Pdu),
            ModbusFraming.Ascii => AsciiFrame.Write(room, transaction.Unit, transaction.Pdu),
            _ => RtuFrame.Write(room, transaction.Unit, transaction.Pdu),
        };
        if (_options.LocalEcho)
            ExpectEcho(room[..length]);
        _outgoingCount += length;
        Statistics.Requests++;
        Statistics.BytesOut += length;
        Arm(transaction.Deadline);
    }

    /// <summary>Writes what is in the outgoing buffer unless another thread already does. Called without the lock.</summary>
    private void Flush()
    {
        var isOurs = false;
        while (true)
        {
            int count;
            lock (_gate)
            {
                if (isOurs)
                    _isWriting = false;
                if (_isWriting || _isClosed || _outgoingCount == 0)
                    return;
                _isWriting = isOurs = true;
                (_outgoing, _writingBuffer) = (_writingBuffer, _outgoing);
                count = _outgoingCount;
                _outgoingCount = 0;
                SendWaiting();
            }

            try
            {
#pragma warning disable CA2012 // The awaiter is consumed exactly once: here, or in OnWritten. An await would allocate.
                var write = _stream.WriteAsync(_writingBuffer.AsMemory(0, count)).ConfigureAwait(false).GetAwaiter();
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
                Close(ModbusReply.Gone);
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
            Close(ModbusReply.Gone);
            return;
        }

        lock (_gate)
            _isWriting = false;
        Flush();
    }
}
