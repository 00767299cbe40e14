using Gateway.Modbus.Protocol;

namespace Gateway.Modbus.Server;

/// <summary>
/// One connection or serial line of a server: reads frames, has them executed, writes the answers. Runs as one
/// sequential loop; its buffers are its own and are reused for every request.
/// </summary>
internal sealed class ServerConnection
{
    private const int InputSize = 2048;
    private const int OutputSize = ProtocolLimits.MaxWindow * ProtocolLimits.MaxTcpFrame;

    private readonly ModbusServer _server;
    private readonly Stream _stream;
    private readonly Stream _registered;
    private readonly ModbusFraming _framing;
    private readonly string? _role;
    private readonly byte[] _input = new byte[InputSize];
    private readonly byte[] _output;
    private readonly byte[] _scratch = new byte[ProtocolLimits.MaxPdu + 2];
    private readonly byte[] _response = new byte[ProtocolLimits.MaxPdu];
    private readonly ITimer? _idleTimer;
    private int _start;
    private int _end;
    private int _outputCount;
    private long _lastBytes;
    private long _lastFrame;

    internal ServerConnection(ModbusServer server, Stream stream, ModbusFraming framing, string? role, Stream registered)
    {
        _registered = registered;
        _server = server;
        _stream = stream;
        _framing = framing;
        _role = role;
        _output = new byte[OutputSize];
        _lastFrame = server.Time.GetTimestamp();
        var idle = server.Options.IdleTimeout;

        // A serial line is never closed for silence: nobody would open it again.
        if (idle > TimeSpan.Zero && framing is (ModbusFraming.Tcp or ModbusFraming.RtuOverTcp))
            _idleTimer = server.Time.CreateTimer(static c => ((ServerConnection)c!).OnIdleTimer(), this, idle, Timeout.InfiniteTimeSpan);
    }

    private bool IsSerial => _framing != ModbusFraming.Tcp;

    private int FrameRoom => _framing == ModbusFraming.Ascii ? ProtocolLimits.MaxAsciiFrame : ProtocolLimits.MaxTcpFrame;

    /// <summary>Serves until the peer closes, breaks the protocol, is idle, or the stream is disposed.</summary>
    internal async Task RunAsync()
    {
        try
        {
            var isOpen = true;
            while (isOpen)
            {
                var count = await _stream.ReadAsync(_input.AsMemory(_end)).ConfigureAwait(false);
                if (count == 0)
                    return;
                NoteArrival(count);
                bool isMore;
                do
                {
                    isMore = Consume(out isOpen);
                    if (_outputCount == 0)
                        continue;
                    await _stream.WriteAsync(_output.AsMemory(0, _outputCount)).ConfigureAwait(false);
                    _outputCount = 0;
                }
                while (isMore);
                Compact();
            }
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            // The peer went away or the stream was disposed: the connection's normal end.
        }
        finally
        {
            if (_idleTimer is not null)
                await _idleTimer.DisposeAsync().ConfigureAwait(false);
            _server.Remove(_registered);
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void NoteArrival(int count)
    {
        if (IsSerial)
        {
            var now = _server.Time.GetTimestamp();
            var gap = _server.Time.GetElapsedTime(_lastBytes, now).TotalMilliseconds;
            if (_end > _start && gap > _server.Options.FrameGapMs)
            {
                Interlocked.Add(ref _server.Statistics._droppedBytes, _end - _start);
                _start = _end;
            }

            _lastBytes = now;
        }

        _end += count;
    }

    private void Compact()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_start > 0)
        {
            _input.AsSpan(_start.._end).CopyTo(_input);
            _end -= _start;
            _start = 0;
        }
    }

    /// <summary>Executes the frames at hand. Returns true when it stopped because the output is full.</summary>
    private bool Consume(out bool isOpen)
    {
        isOpen = true;
        while (_start < _end)
        {
            if (_output.Length - _outputCount < FrameRoom)
                return true;
            var data = _input.AsSpan(_start.._end);
            var scan = _framing switch
            {
                ModbusFraming.Tcp => MbapFrame.Scan(data, ProtocolLimits.MinMbapLength),
                ModbusFraming.Ascii => AsciiFrame.Scan(data),
                _ => RtuFrameScanner.ScanRequest(data),
            };
            if (scan.Status == ScanStatus.NeedMore)
                return false;
            _start += scan.Count;
            if (scan.Status == ScanStatus.Frame)
            {
                Execute(data[..scan.Count]);
                continue;
            }

            if (scan.Reason != BadFrameReason.None)
                Interlocked.Increment(ref _server.Statistics._badFrames);
            if (!IsSerial)
            {
                isOpen = false;
                return false;
            }

            Interlocked.Add(ref _server.Statistics._droppedBytes, scan.Count);
        }

        return false;
    }

    private void Execute(ReadOnlySpan<byte> frame)
    {
        if (_idleTimer is not null)
            _lastFrame = _server.Time.GetTimestamp();
        var output = _output.AsSpan(_outputCount);
        switch (_framing)
        {
            case ModbusFraming.Tcp:
                var unit = MbapFrame.Unit(frame);
                var length = Answer(MbapFrame.Pdu(frame), unit, output[ProtocolLimits.MbapHeader..]);
                MbapFrame.WriteHeader(output, MbapFrame.Transaction(frame), unit, length);
                _outputCount += ProtocolLimits.MbapHeader + length;
                break;
            case ModbusFraming.Ascii:
                var count = AsciiFrame.Decode(frame, _scratch);
                if (count < 2)
                {
                    Interlocked.Increment(ref _server.Statistics._badFrames);
                    break;
                }

                length = AnswerSerial(_scratch.AsSpan(1, count - 1), _scratch[0]);
                if (length > 0)
                    _outputCount += AsciiFrame.Write(output, _scratch[0], _response.AsSpan(0, length));
                break;
            default:
                length = AnswerSerial(RtuFrame.Pdu(frame), frame[0]);
                if (length > 0)
                    _outputCount += RtuFrame.Write(output, frame[0], _response.AsSpan(0, length));
                break;
        }
    }

    /// <summary>Serial Line 1.02 §2.1: a broadcast is executed and not answered; foreign units are not our business.</summary>
    private int AnswerSerial(ReadOnlySpan<byte> request, byte unit)
    {
        if (unit == ProtocolLimits.BroadcastUnit)
        {
            if (FunctionTable.Find(request[0]).Writes)
                Answer(request, unit, _response);
            return 0;
        }

        return _server.Model.Serves(unit) ? Answer(request, unit, _response) : 0;
    }

    private int Answer(ReadOnlySpan<byte> request, byte unit, Span<byte> response)
    {
        var length = _server.Execute(request, response, unit, _role, isSerial: IsSerial);
        Interlocked.Increment(ref _server.Statistics._requests);
        if ((response[0] & ProtocolLimits.ExceptionFlag) != 0)
            Interlocked.Increment(ref _server.Statistics._exceptions);
        return length;
    }

    private void OnIdleTimer()
    {
        var idle = _server.Options.IdleTimeout;
        var left = idle - _server.Time.GetElapsedTime(Volatile.Read(ref _lastFrame));
        if (left > TimeSpan.Zero)
        {
            // Rounded up to the timer's resolution, so that it does not fire early again and again.
            _idleTimer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return;
        }

        Interlocked.Increment(ref _server.Statistics._idleClosed);
        _stream.Dispose();
    }
}
