using System.Net.Sockets;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Network;

/// <summary>
/// One direction of a connection: a bounded ring of bytes, the first of which have arrived while the rest is under way.
/// Completions happen in events, never inside the caller's own read, write, cancel or dispose, so a continuation
/// cannot run in the middle of the code that caused it.
/// </summary>
internal sealed partial class SimulatedPipe
{
    // A message is at least one byte, but a writer of many small messages is held up here before the bytes are full.
    private const int MostMessages = 1024;
    private const int EndMark = -1;

    private readonly SimulatedLink _link;
    private readonly SimulatedConnection _connection;
    private readonly bool _isAnswer;
    private readonly byte[] _bytes;
    private readonly Message[] _messages = new Message[MostMessages];
    private readonly SimulatedEvent _delivery;
    private int _start;
    private int _stored;
    private int _available;
    private int _firstMessage;
    private int _messageCount;
    private long _lastDue;
    private bool _ended;
    private bool _writerClosed;
    private bool _readerClosed;
    private SocketError _error;

    public SimulatedPipe(SimulatedLink link, SimulatedConnection connection, bool isAnswer)
    {
        _link = link;
        _connection = connection;
        _isAnswer = isAnswer;
        _bytes = new byte[link.Capacity];
        _delivery = new SimulatedEvent(link.Time, static pipe => ((SimulatedPipe)pipe!).Deliver(), this);
        _readerEvent = new SimulatedEvent(link.Time, static pipe => ((SimulatedPipe)pipe!).SettleRead(), this);
        _writerEvent = new SimulatedEvent(link.Time, static pipe => ((SimulatedPipe)pipe!).SettleWrite(), this);
    }

    /// <summary>The sending side is disposed: the end follows what was written before.</summary>
    public void CloseWriter()
    {
        if (_writerClosed)
            return;
        _writerClosed = true;
        _connection.SideClosed();
        if (_writePending)
            _writerEvent.Schedule(TimeSpan.Zero);
        if (_error == SocketError.Success && !_link.Swallows)
            Append(EndMark, late: false);
    }

    /// <summary>The receiving side is disposed: what is stored is dropped.</summary>
    public void CloseReader()
    {
        if (_readerClosed)
            return;
        _readerClosed = true;
        _connection.SideClosed();
        if (_available > 0)
            _connection.ResetByPeer();
        Drop(_available);
        if (_readPending)
            _readerEvent.Schedule(TimeSpan.Zero);
    }

    /// <summary>The connection is reset: both sides see an error, what is stored is lost.</summary>
    public void Fail(SocketError error)
    {
        _error = error;
        _delivery.Cancel();
        _messageCount = 0;
        _stored = _available = 0;
        if (_readPending)
            _readerEvent.Schedule(TimeSpan.Zero);
        if (_writePending)
            _writerEvent.Schedule(TimeSpan.Zero);
    }

    /// <summary>The link's state changed: what waited may go on.</summary>
    public void Resume()
    {
        if (_messageCount > 0 && !_delivery.IsPending)
            _delivery.ScheduleAt(_messages[_firstMessage].Due);
    }

    private void _connectionSideClosed() => _connection.SideClosed();

    /// <summary>Takes as much of a write as there is room for and returns how much that was.</summary>
    private int Accept(ReadOnlySpan<byte> data)
    {
        var faults = _link.Faults;
        var random = _link.Random;
        if (data.IsEmpty)
            return 0;
        if (_link.Swallows || random.Chance(faults.LossRate))
        {
            _link.MessagesSent++;
            _link.MessagesLost++;
            return data.Length;
        }

        // One place stays free for the end mark, which cannot wait.
        var taken = _messageCount < MostMessages - 1 ? Math.Min(data.Length, _bytes.Length - _stored) : 0;
        if (taken == 0)
            return 0;

        _link.MessagesSent++;
        var late = random.Chance(faults.LateRate);
        if (late)
            _link.MessagesLate++;
        var first = End();
        Store(data[..taken]);
        Append(taken, late);
        if (random.Chance(faults.GarbleRate))
        {
            _link.MessagesGarbled++;
            _bytes[(first + random.Next(0, taken)) % _bytes.Length] ^= (byte)random.Next(1, 256);
        }

        if (random.Chance(faults.DuplicateRate) && _messageCount < MostMessages - 1 && _bytes.Length - _stored >= taken)
        {
            _link.MessagesDuplicated++;
            Store(data[..taken]);
            Append(taken, late: false);
        }

        return taken;
    }

    private int End() => (_start + _stored) % _bytes.Length;

    private void Store(ReadOnlySpan<byte> data)
    {
        var end = End();
        var untilWrap = Math.Min(data.Length, _bytes.Length - end);
        data[..untilWrap].CopyTo(_bytes.AsSpan(end));
        data[untilWrap..].CopyTo(_bytes);
        _stored += data.Length;
    }

    private void Append(int length, bool late)
    {
        var faults = _link.Faults;
        var due = _link.Time.GetTimestamp() + faults.Latency.Ticks;
        if (faults.Jitter > TimeSpan.Zero)
            due += (long)(faults.Jitter.Ticks * _link.Random.NextDouble());
        if (_isAnswer)
            due += faults.AnswerDelay.Ticks;
        if (late)
            due += faults.LateBy.Ticks;
        if (faults.CoalesceWindow.Ticks is > 0 and var window)
            due = ((due / window) + 1) * window;

        due = _lastDue = Math.Max(due, _lastDue);
        _messages[(_firstMessage + _messageCount++) % MostMessages] = new Message { Due = due, Length = length };
        if (_messageCount == 1)
            _delivery.ScheduleAt(due);
    }

    /// <summary>Moves what is due from "under way" to "arrived" and wakes the reader.</summary>
    private void Deliver()
    {
        if (_link.State == LinkState.Stalled)
            return;

        var now = _link.Time.GetTimestamp();
        while (_messageCount > 0)
        {
            ref var message = ref _messages[_firstMessage];
            if (message.Due > now)
                break;
            if (message.Length == EndMark)
            {
                _ended |= !_link.Swallows;
                NextMessage();
                continue;
            }

            var arrived = Fragment(message.Length);
            Arrive(arrived);
            message.Length -= arrived;
            if (message.Length > 0)
                message.Due = now + _link.Faults.FragmentGap.Ticks;
            else
                NextMessage();
        }

        Resume();
        SettleRead();
    }

    /// <summary>Without a gap in time a fragment is cut off by the read instead; see <see cref="Take"/>.</summary>
    private int Fragment(int length)
    {
        var faults = _link.Faults;
        return faults.MaxFragment > 0 && faults.FragmentGap > TimeSpan.Zero
            ? Math.Min(length, _link.Random.Next(1, faults.MaxFragment + 1))
            : length;
    }

    private void Arrive(int count)
    {
        if (!_readerClosed && !_link.Swallows)
        {
            _available += count;
            _link.BytesDelivered += count;
            return;
        }

        // The bytes that have arrived before stay in front of those that vanish here.
        if (_readerClosed)
            _connection.ResetByPeer();
        else
            _link.MessagesLost++;
        Discard(count);
    }

    private void NextMessage()
    {
        _firstMessage = (_firstMessage + 1) % MostMessages;
        _messageCount--;
    }

    /// <summary>Removes bytes right behind the arrived ones, by moving those forward over them.</summary>
    private void Discard(int count)
    {
        for (var index = _available - 1; index >= 0; index--)
            _bytes[(_start + index + count) % _bytes.Length] = _bytes[(_start + index) % _bytes.Length];
        _start = (_start + count) % _bytes.Length;
        _stored -= count;
        RoomMade();
    }

    /// <summary>Removes arrived bytes from the front.</summary>
    private void Drop(int count)
    {
        _start = (_start + count) % _bytes.Length;
        _stored -= count;
        _available -= count;
        RoomMade();
    }

    private void RoomMade()
    {
        if (_writePending)
            _writerEvent.Schedule(TimeSpan.Zero);
    }

    private struct Message
    {
        public long Due;
        public int Length;
    }
}
