using Gateway.Modbus.Client;
using Gateway.Modbus.Protocol;

namespace Gateway.Modbus;

/// <content>
/// Time: one timer per client. It is set to the earliest deadline and not touched by answers; when it fires too
/// early it is set again, so in steady state it costs one firing per time-out span and not one per request.
/// </content>
public sealed partial class ModbusClient
{
    // After a corrupted answer the line is given this long to bring an intact one before the request fails.
    private static readonly TimeSpan s_graceAfterBadChecksum = TimeSpan.FromMilliseconds(50);

    private readonly byte[] _latePdu = new byte[ProtocolLimits.MaxPdu];
    private int _latePduLength;
    private byte _lateUnit;
    private bool _isDraining;
    private bool _isArmed;
    private long _armedFor;

    /// <summary>Makes sure that the timer fires at <paramref name="due"/> or before. Under the lock.</summary>
    private void Arm(long due)
    {
        if (_isArmed && _armedFor <= due)
            return;
        _isArmed = true;
        _armedFor = due;

        // Rounded up to whole milliseconds: system timers cut off fractions and would fire early.
        var ms = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, ms)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        Transaction? completed;
        var isStuck = false;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isArmed = false;
            var now = _time.GetTimestamp();
            var next = long.MaxValue;
            foreach (var transaction in _inFlight)
            {
                if (transaction is null)
                    continue;
                if (transaction.Deadline > now)
                {
                    next = Math.Min(next, transaction.Deadline);
                    continue;
                }

                // The peer does not even take our bytes: waiting longer helps nobody.
                isStuck |= _isWriting;

                // The rest of a frame that did not come in a whole time-out will not come: what follows would be
                // taken for it.
                isStuck |= _options.Framing == ModbusFraming.Tcp && _partialSince <= now - _timeoutTicks;
                Expire(transaction, now);
            }

            if (_isDraining && now >= _quietUntil)
                EndDrain();
            if (next != long.MaxValue)
                Arm(next);
            SendWaiting();
            completed = TakeCompleted();
        }

        Resume(completed);
        if (isStuck)
            Close(ModbusReply.Gone);
        else
            Flush();
    }

    private void Expire(Transaction transaction, long now)
    {
        if (transaction.IsBroadcast)
        {
            Statistics.Ok++;
            Complete(transaction, ModbusReply.Done(0));
            return;
        }

        if (_hasIds)
        {
            _lateIds[_nextLateId] = transaction.Id + 1;
            _nextLateId = (_nextLateId + 1) % _lateIds.Length;
        }

        if (transaction.SawBadChecksum)
        {
            CompleteBad(transaction, BadFrameReason.WrongChecksum);
        }
        else
        {
            Statistics.Timeouts++;
            Complete(transaction, ModbusReply.Late);
            if (!_hasIds && _drainTicks > 0)
                BeginDrain(transaction, now);
        }

        if (!_hasIds && !_isDraining)
        {
            Statistics.DroppedBytes += _receivedEnd - _receivedStart;
            _receivedStart = _receivedEnd;
        }
    }

    /// <summary>Without ids a late answer looks like the next one, so it is waited for before anything else is asked.</summary>
    private void BeginDrain(Transaction transaction, long now)
    {
        _isDraining = true;
        _lateUnit = transaction.Unit;
        transaction.Pdu.CopyTo(_latePdu);
        _latePduLength = transaction.Pdu.Length;
        _quietUntil = now + _drainTicks;
        Arm(_quietUntil);
    }

    private void EndDrain()
    {
        if (!_isDraining)
            return;
        _isDraining = false;
        Statistics.DroppedBytes += _receivedEnd - _receivedStart;
        _receivedStart = _receivedEnd;
        _quietUntil = _time.GetTimestamp() + _silenceTicks;
    }

    private void EndDrainIfLate(byte unit, ReadOnlySpan<byte> pdu)
    {
        if (!_isDraining || unit != _lateUnit)
            return;
        var late = _latePdu.AsSpan(0, _latePduLength);
        if (ReplyCheck.Check(late, pdu).Reason is BadFrameReason.None or BadFrameReason.WrongEcho)
            EndDrain();
    }

    private void NoteBadChecksum(Transaction transaction)
    {
        if (transaction.SawBadChecksum)
            return;
        transaction.SawBadChecksum = true;
        transaction.Deadline = Math.Min(transaction.Deadline, _time.GetTimestamp() + Ticks(s_graceAfterBadChecksum));
        Arm(transaction.Deadline);
    }

    /// <summary>Takes a transaction out of flight and puts it on the completed list. Under the lock.</summary>
    private void Complete(Transaction transaction, ModbusReply reply)
    {
        _inFlight[_hasIds ? transaction.Id % _inFlight.Length : 0] = null;
        _inFlightCount--;
        if (_silenceTicks > 0)
            _quietUntil = _time.GetTimestamp() + _silenceTicks;
        transaction.Reply = reply;
        _completed.Add(transaction);
    }

    private void CompleteAll(ModbusReply reply)
    {
        foreach (var transaction in _inFlight)
        {
            if (transaction is not null)
                Complete(transaction, reply);
        }
    }

    private Transaction? TakeCompleted()
    {
        var head = _completed.Head;
        _completed = default;
        return head;
    }

    private static void Resume(Transaction? completed)
    {
        while (completed is not null)
        {
            // The awaiter may reuse the transaction at once, so its link is read first.
            var next = completed.Next;
            completed.Finish();
            completed = next;
        }
    }

    private void Close(ModbusReply reply)
    {
        Transaction? completed;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            CompleteAll(reply);
            while (_waiting.Head is not null)
            {
                var transaction = _waiting.Take();
                transaction.Reply = ModbusReply.Gone;
                _completed.Add(transaction);
            }

            completed = TakeCompleted();
        }

        _stream.Dispose();
        Resume(completed);
    }
}
