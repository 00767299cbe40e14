using Gateway.Modbus.Client;
using Gateway.Modbus.Protocol;

namespace Gateway.Modbus;

/// <content>The way in: one read is always pending; what it brings is cut into frames and matched.</content>
public sealed partial class ModbusClient
{
    private const int MaxMismatches = 3;

    private readonly byte[] _received;
    private readonly byte[] _asciiFrame = new byte[ProtocolLimits.MaxPdu + 2];
    private readonly byte[] _echo = new byte[ProtocolLimits.MaxAsciiFrame];

    // Ids whose time ran out, newest overwriting oldest: their answers are late, not wrong. Zero is never an entry.
    private readonly int[] _lateIds = new int[ProtocolLimits.MaxWindow];
    private readonly Task _reading;
    private int _receivedStart;
    private int _receivedEnd;

    // Since when the bytes at hand have been the start of one and the same unfinished frame.
    private long _partialSince = long.MaxValue;
    private int _echoCount;
    private int _echoSeen;
    private int _nextLateId;
    private int _mismatches;
    private volatile int _resumingThread;

    private async Task ReadLoopAsync()
    {
        try
        {
            while (!_isClosed)
            {
                var count = await _stream.ReadAsync(_received.AsMemory(_receivedEnd)).ConfigureAwait(false);
                if (count == 0)
                    break;
                Accept(count);
            }
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            // The stream is gone, which is what Close reports.
        }

        Close(ModbusReply.Gone);
    }

    private void Accept(int count)
    {
        Transaction? completed;
        bool isClosing;
        lock (_gate)
        {
            _receivedEnd += count;
            Statistics.BytesIn += count;
            if (_options.LocalEcho)
                SkipEcho();
            isClosing = _options.Framing switch
            {
                ModbusFraming.Tcp => AcceptTcp(),
                ModbusFraming.Ascii => AcceptAscii(),
                _ => AcceptRtu(),
            };
            Compact();
            SendWaiting();
            completed = TakeCompleted();
        }

        _resumingThread = Environment.CurrentManagedThreadId;
        Resume(completed);
        _resumingThread = 0;
        if (isClosing)
            Close(ModbusReply.Gone);
        else
            Flush();
    }

    /// <summary>Returns true when the peer can no longer be trusted.</summary>
    private bool AcceptTcp()
    {
        while (_receivedStart < _receivedEnd)
        {
            ReadOnlySpan<byte> data = _received.AsSpan(_receivedStart.._receivedEnd);
            var scan = MbapFrame.Scan(data, ProtocolLimits.MinMbapReplyLength);
            if (scan.Status == ScanStatus.NeedMore)
            {
                if (!AnnouncesImpossibleLength(data))
                    return false;
                scan = FrameScan.Broken(data.Length, BadFrameReason.WrongLength);
            }

            _receivedStart += scan.Count;
            if (scan.Status == ScanStatus.Broken)
            {
                // Where the next frame starts cannot be known any more.
                Statistics.BadFrames++;
                Statistics.DroppedBytes += scan.Count;
                CompleteAll(ModbusReply.Bad(scan.Reason));
                return true;
            }

            var frame = data[..scan.Count];
            if (MatchTcp(MbapFrame.Transaction(frame), MbapFrame.Unit(frame), MbapFrame.Pdu(frame)))
                return true;
        }

        return false;
    }

    /// <summary>
    /// A header that names one of our requests but a length its answer cannot have would swallow the following
    /// answers while its missing bytes are waited for.
    /// </summary>
    private bool AnnouncesImpossibleLength(ReadOnlySpan<byte> data)
    {
        if (data.Length < ProtocolLimits.MbapHeader - 1)
            return false;
        var id = MbapFrame.Transaction(data);
        var transaction = _hasIds ? _inFlight[id % _inFlight.Length] : _inFlight[0];
        if (transaction is null || (_hasIds && transaction.Id != id))
            return false;
        var expected = ReplyCheck.ExpectedLength(transaction.Pdu);
        var announced = MbapFrame.PduLength(data);
        return expected != 0 && announced != expected && announced != ReplyCheck.ExceptionLength;
    }

    private bool MatchTcp(ushort id, byte unit, ReadOnlySpan<byte> pdu)
    {
        var transaction = _hasIds ? _inFlight[id % _inFlight.Length] : _inFlight[0];
        if (transaction is null || (_hasIds && transaction.Id != id))
        {
            Statistics.StaleSkipped++;
            if (!_hasIds)
            {
                EndDrainIfLate(unit, pdu);
                return false;
            }

            return !ForgetLate(id) && NoteMismatch();
        }

        if (!_hasIds && !IsFor(transaction, unit, pdu))
        {
            // Without an id this may be another unit's late answer; the true one may still come.
            Statistics.StaleSkipped++;
            return NoteMismatch();
        }

        if (unit != transaction.Unit)
        {
            CompleteBad(transaction, BadFrameReason.WrongUnit);
            return NoteMismatch();
        }

        return Judge(transaction, pdu);
    }

    /// <summary>Compares an answer with its request and completes it. Returns true when the peer lost our trust.</summary>
    private bool Judge(Transaction transaction, ReadOnlySpan<byte> pdu)
    {
        var verdict = ReplyCheck.Check(transaction.Pdu, pdu);
        if (verdict.Reason != BadFrameReason.None)
        {
            CompleteBad(transaction, verdict.Reason);

            // A wrong echo is a known vice of devices whose frames are otherwise in order.
            if (verdict.Reason == BadFrameReason.WrongEcho)
                return false;

            // What came may be a late answer to something else, and the true one still on its way.
            if (!_hasIds && _drainTicks > 0)
                BeginDrain(transaction, _time.GetTimestamp());
            return NoteMismatch();
        }

        _mismatches = 0;
        if (verdict.Exception != ModbusExceptionCode.None)
        {
            Statistics.Exceptions++;
            Complete(transaction, ModbusReply.Refused(verdict.Exception));
            return false;
        }

        Statistics.Ok++;
        pdu.Slice(verdict.DataOffset, verdict.DataLength).CopyTo(transaction.Destination.Span);
        Complete(transaction, ModbusReply.Done(verdict.DataLength));
        return false;
    }

    private bool AcceptRtu()
    {
        while (_receivedStart < _receivedEnd)
        {
            ReadOnlySpan<byte> data = _received.AsSpan(_receivedStart.._receivedEnd);
            var transaction = _inFlight[0] is { IsBroadcast: false } current ? current : null;
            if (transaction is null && !_isDraining)
            {
                Drop(data.Length);
                return false;
            }

            var unit = transaction?.Unit ?? _lateUnit;
            var request = transaction is null ? _latePdu.AsSpan(0, _latePduLength) : transaction.Pdu;
            var scan = RtuFrameScanner.ScanReply(data, unit, request);
            if (scan.Status == ScanStatus.NeedMore)
                return false;
            if (scan.Status == ScanStatus.Broken)
            {
                Drop(scan.Count);
                if (scan.Reason == BadFrameReason.WrongChecksum && transaction is not null)
                    NoteBadChecksum(transaction);
                continue;
            }

            _receivedStart += scan.Count;
            if (transaction is null)
            {
                Statistics.StaleSkipped++;
                EndDrain();
            }
            else if (Judge(transaction, RtuFrame.Pdu(data[..scan.Count])))
            {
                return true;
            }
        }

        return false;
    }

    private bool AcceptAscii()
    {
        while (_receivedStart < _receivedEnd)
        {
            ReadOnlySpan<byte> data = _received.AsSpan(_receivedStart.._receivedEnd);
            var scan = AsciiFrame.Scan(data);
            if (scan.Status == ScanStatus.NeedMore)
                return false;
            if (scan.Status == ScanStatus.Broken)
            {
                Drop(scan.Count);
                continue;
            }

            _receivedStart += scan.Count;
            var transaction = _inFlight[0] is { IsBroadcast: false } current ? current : null;
            var count = AsciiFrame.Decode(data[..scan.Count], _asciiFrame);
            if (count < 2)
            {
                Statistics.DroppedBytes += scan.Count;
                if (transaction is not null)
                    NoteBadChecksum(transaction);
                continue;
            }

            var pdu = _asciiFrame.AsSpan(1, count - 1);
            if (transaction is null)
            {
                Statistics.StaleSkipped++;
                EndDrainIfLate(_asciiFrame[0], pdu);
            }
            else if (!IsFor(transaction, _asciiFrame[0], pdu))
            {
                // Another device's answer on the shared line, or the own echo of another function.
                Statistics.StaleSkipped++;
            }
            else if (Judge(transaction, pdu))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFor(Transaction transaction, byte unit, ReadOnlySpan<byte> pdu) =>
        unit == transaction.Unit && (pdu[0] & ~ProtocolLimits.ExceptionFlag) == transaction.Pdu[0];

    private void CompleteBad(Transaction transaction, BadFrameReason reason)
    {
        Statistics.BadFrames++;
        Complete(transaction, ModbusReply.Bad(reason));
    }

    /// <summary>A serial port is kept whatever it brings: opening it again would change nothing on the line.</summary>
    private bool NoteMismatch() =>
        ++_mismatches >= MaxMismatches && _options.Framing is (ModbusFraming.Tcp or ModbusFraming.RtuOverTcp);

    /// <summary>True when the id belongs to a request whose time ran out.</summary>
    private bool ForgetLate(ushort id)
    {
        var at = Array.IndexOf(_lateIds, id + 1);
        if (at < 0)
            return false;
        _lateIds[at] = 0;
        return true;
    }

    private void Drop(int count)
    {
        _receivedStart += count;
        Statistics.DroppedBytes += count;
    }

    private void Compact()
    {
        if (_receivedStart == _receivedEnd)
        {
            _receivedStart = _receivedEnd = 0;
            _partialSince = long.MaxValue;
            return;
        }

        if (_receivedStart > 0 || _partialSince == long.MaxValue)
            _partialSince = _time.GetTimestamp();
        if (_receivedStart > 0)
        {
            _received.AsSpan(_receivedStart.._receivedEnd).CopyTo(_received);
            _receivedEnd -= _receivedStart;
            _receivedStart = 0;
        }
    }

    private void ExpectEcho(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_echo);
        _echoCount = frame.Length;
        _echoSeen = 0;
    }

    /// <summary>Skips the bytes just sent, as far as they come back unchanged; the first other byte ends it.</summary>
    private void SkipEcho()
    {
        while (_echoSeen < _echoCount && _receivedStart < _receivedEnd)
        {
            if (_received[_receivedStart] != _echo[_echoSeen])
            {
                _echoCount = 0;
                return;
            }

            _echoSeen++;
            _receivedStart++;
        }
    }
}
