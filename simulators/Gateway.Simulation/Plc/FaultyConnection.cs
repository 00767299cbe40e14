using System.Net.Sockets;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;

namespace Gateway.Simulation.Plc;

/// <summary>
/// One connection of a <see cref="FaultyModbusServer"/>: one sequential loop that reads frames, has them executed and
/// spoils or sends the answers. Its buffers are its own.
/// </summary>
internal sealed class FaultyConnection : IDisposable
{
    private const int InputSize = 2048;
    private const int OutputSize = 16 * ProtocolLimits.MaxTcpFrame;

    private readonly byte[] _input = new byte[InputSize];
    private readonly byte[] _output = new byte[OutputSize];
    private readonly FaultyModbusServer _server;
    private readonly Stream _stream;
    private readonly TimeSpan _idleTimeout;
    private readonly ITimer _idleTimer;
    private int _start;
    private int _end;
    private int _outputCount;
    private long _lastFrame;

    public FaultyConnection(FaultyModbusServer server, Stream stream, TimeSpan idleTimeout)
    {
        _server = server;
        _stream = stream;
        _idleTimeout = idleTimeout;
        _lastFrame = server.Time.GetTimestamp();
        _idleTimer = server.Time.CreateTimer(static c => ((FaultyConnection)c!).OnIdleTimer(), this, idleTimeout, Timeout.InfiniteTimeSpan);
    }

    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(_input.AsMemory(_end)).ConfigureAwait(false);
                if (count == 0)
                    return;
                _end += count;
                if (!await AnswerAllAsync().ConfigureAwait(false))
                    return;
                _input.AsSpan(_start.._end).CopyTo(_input);
                _end -= _start;
                _start = 0;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The peer went away or the stream was disposed: the connection's normal end.
        }
    }

    public void Dispose() => _idleTimer.Dispose();

    private void OnIdleTimer()
    {
        var left = _idleTimeout - _server.Time.GetElapsedTime(Volatile.Read(ref _lastFrame));
        if (left <= TimeSpan.Zero)
            _stream.Dispose();
        else
            _idleTimer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Answers the frames at hand; false to close.</summary>
    private async ValueTask<bool> AnswerAllAsync()
    {
        while (true)
        {
            var scan = MbapFrame.Scan(_input.AsSpan(_start.._end), ProtocolLimits.MinMbapLength);
            if (scan.Status == ScanStatus.NeedMore)
                break;
            if (scan.Status != ScanStatus.Frame)
            {
                _server.CountBadFrame();
                return false;
            }

            var frame = _input.AsMemory(_start, scan.Count);
            _start += scan.Count;
            Volatile.Write(ref _lastFrame, _server.Time.GetTimestamp());
            if (_server.Faults.HasActive)
            {
                var facts = _server.FactsOf(MbapFrame.Unit(frame.Span), MbapFrame.Pdu(frame.Span));
                var plan = _server.Faults.Plan(in facts);
                if (plan.IsSpoiled)
                {
                    await FlushAsync().ConfigureAwait(false);
                    if (!await AnswerAsync(frame, facts, plan).ConfigureAwait(false))
                        return false;
                    continue;
                }
            }

            if (_output.Length - _outputCount < ProtocolLimits.MaxTcpFrame)
                await FlushAsync().ConfigureAwait(false);
            _outputCount += Execute(frame.Span, _output.AsSpan(_outputCount));
        }

        await FlushAsync().ConfigureAwait(false);
        return true;
    }

    private async ValueTask FlushAsync()
    {
        if (_outputCount == 0)
            return;
        await _stream.WriteAsync(_output.AsMemory(0, _outputCount)).ConfigureAwait(false);
        _outputCount = 0;
    }

    private int Execute(ReadOnlySpan<byte> frame, Span<byte> output)
    {
        var unit = MbapFrame.Unit(frame);
        var length = _server.Execute(unit, MbapFrame.Pdu(frame), output[ProtocolLimits.MbapHeader..]);
        MbapFrame.WriteHeader(output, MbapFrame.Transaction(frame), unit, length);
        return ProtocolLimits.MbapHeader + length;
    }

    /// <summary>Answers one request as the plan says; false to close.</summary>
    private async ValueTask<bool> AnswerAsync(ReadOnlyMemory<byte> frame, RequestFacts facts, AnswerPlan plan)
    {
        if (plan.ClosesBefore || plan.IsSilent)
        {
            _server.CountLost();
            return !plan.ClosesBefore;
        }

        var length = Spoil(frame.Span, facts, plan);
        if (plan.DelayMs > 0)
            await Pause(plan.DelayMs).ConfigureAwait(false);
        if (!plan.IsAnswerLost)
        {
            if (plan.Garbage is { } garbage)
                await _stream.WriteAsync(garbage).ConfigureAwait(false);
            await SendAsync(_output.AsMemory(0, plan.Keep(length)), plan.BytePauseMs).ConfigureAwait(false);
        }

        return !plan.ClosesAfter;
    }

    /// <summary>Executes the request and writes the spoiled answer into the output; returns its length.</summary>
    private int Spoil(ReadOnlySpan<byte> frame, in RequestFacts facts, in AnswerPlan plan)
    {
        var pdu = _output.AsSpan(ProtocolLimits.MbapHeader);
        int length;
        if (plan.Exception != ModbusExceptionCode.None)
        {
            _server.CountLost();
            length = RequestProcessor.Refuse(facts.Function, plan.Exception, pdu);
        }
        else
        {
            length = _server.Execute(facts.Unit, MbapFrame.Pdu(frame), pdu);
            if (plan.Stuck is { } stuck)
                length = _server.Faults.HoldBack(stuck, in facts, pdu, length);
        }

        MbapFrame.WriteHeader(_output, (ushort)(MbapFrame.Transaction(frame) + plan.TransactionShift), (byte)(facts.Unit + plan.UnitShift), length);
        if (plan.Function >= 0)
            pdu[0] = plan.Function <= byte.MaxValue ? (byte)plan.Function : (byte)(pdu[0] + 1);
        return ProtocolLimits.MbapHeader + length;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> answer, int bytePauseMs)
    {
        if (answer.IsEmpty)
            return;
        if (bytePauseMs < 0)
        {
            await _stream.WriteAsync(answer).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < answer.Length; i++)
        {
            if (i > 0 && bytePauseMs > 0)
                await Pause(bytePauseMs).ConfigureAwait(false);
            await _stream.WriteAsync(answer.Slice(i, 1)).ConfigureAwait(false);
        }
    }

    // Without a token: cancelling a delay would leave the thread of a simulation. A disposed stream ends the loop.
    private Task Pause(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _server.Time);
}
