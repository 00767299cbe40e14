using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.SecureConversation;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <content>The way in: one read is always pending; what it brings is cut into frames, joined and matched.</content>
internal sealed partial class ClientConnection
{
    private const uint ServiceFaultId = 397;

    private readonly byte[] _received;
    private int _receivedStart;
    private int _receivedEnd;
    private volatile int _resumingThread;

    private async Task ReadLoopAsync()
    {
        var fault = new OpcUaFault(StatusCodes.BadConnectionClosed, "the server closed the connection");
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(_received.AsMemory(_receivedEnd)).ConfigureAwait(false);
                if (count == 0)
                    break;
                _receivedEnd += count;
                _resumingThread = Environment.CurrentManagedThreadId;
                var broken = AcceptFrames();
                _resumingThread = 0;
                if (!broken.IsNone)
                {
                    fault = broken;
                    break;
                }

                _output.Flush();
            }
        }
        catch (Exception e) when (StreamFault.IsFault(e))
        {
            fault = new OpcUaFault(StatusCodes.BadConnectionClosed, "the connection broke: " + e.Message);
        }

        Close(fault);
    }

    private OpcUaFault AcceptFrames()
    {
        while (_receivedStart < _receivedEnd)
        {
            var scan = FrameScan.Scan(_received.AsSpan(_receivedStart.._receivedEnd), _options.Limits.ReceiveBuffer);
            if (scan.Status == FrameScanStatus.Broken)
                return scan.Fault;
            if (scan.Status == FrameScanStatus.NeedMore)
                break;
            var fault = AcceptFrame(scan);
            if (!fault.IsNone)
                return fault;
            _receivedStart += scan.Size;
        }

        if (_receivedStart > 0)
        {
            _received.AsSpan(_receivedStart.._receivedEnd).CopyTo(_received);
            _receivedEnd -= _receivedStart;
            _receivedStart = 0;
        }

        return default;
    }

    private OpcUaFault AcceptFrame(in FrameScan scan)
    {
        var frame = _received.AsSpan(_receivedStart, scan.Size);
        var body = frame[FrameScan.HeaderSize..];
        return scan.Kind switch
        {
            FrameKind.Message => OnMessage(scan),
            FrameKind.Open => OnOpen(frame),
            FrameKind.Acknowledge => OnAcknowledge(body),
            FrameKind.Error => OnError(body),
            FrameKind.ReverseHello => OnReverseHello(body),
            FrameKind.Close => new OpcUaFault(StatusCodes.BadSecureChannelClosed, "the server closed the channel"),
            _ => Unexpected("a frame"),
        };
    }

    private OpcUaFault OnError(ReadOnlySpan<byte> body)
    {
        if (!ErrorMessage.TryRead(body, out var error))
            return Unexpected("an error");
        var status = error.Status.IsBad ? error.Status : StatusCodes.BadCommunicationError;
        return new OpcUaFault(status, $"the server closed the connection: {(string.IsNullOrEmpty(error.Reason) ? status.Text : error.Reason)}", Cure(status));
    }

    private string Cure(StatusCode status)
    {
        if (_options.Own is null)
            return "";
        if (status == StatusCodes.BadSecurityChecksFailed || status == StatusCodes.BadCertificateUntrusted)
            return $"trust this client's certificate {_options.Own.Certificate.Thumbprint} on the server; it usually lies in a folder or page for rejected certificates there";
        return status == StatusCodes.BadCertificateTimeInvalid ? "compare the clocks of both sides and the end of this client's certificate" : "";
    }

    private OpcUaFault OnMessage(in FrameScan scan)
    {
        if (_conversation is null)
            return Unexpected("a message");
        var outcome = _conversation.Accept(_received, _receivedStart, scan, _time.GetTimestamp());
        switch (outcome.Kind)
        {
            case ChunkOutcomeKind.Broken:
                return outcome.Fault;
            case ChunkOutcomeKind.Pending:
                return default;
        }

        if (Take(outcome.RequestId) is not { } pending)
        {
            LateAnswers++;
            return default;
        }

        var fault = outcome.Kind == ChunkOutcomeKind.Aborted ? outcome.Fault : Decode(pending, outcome.Body);
        pending.Finish(fault);
        return default;
    }

    private OpcUaFault Decode(PendingRequest pending, ReadOnlySpan<byte> body)
    {
        if (pending.Response is not { } response)
            return new OpcUaFault(StatusCodes.BadUnknownResponse, "a service message answered the hello");
        var reader = new UaReader(body, _options.Encoding);
        var type = reader.ReadMessageType();
        if (type == response.EncodingId)
            response.Decode(ref reader);
        else if (type == ServiceFaultId)
            response.Header.Decode(ref reader);
        else
            return new OpcUaFault(StatusCodes.BadUnknownResponse, $"the server answered with the message {type}, expected was {response.EncodingId}");
        if (!reader.IsGood)
            return new OpcUaFault(reader.Status, "the server's answer cannot be decoded: " + reader.Status.Text);
        ref var header = ref response.Header;
        if (header.Timestamp != DateTime.MinValue)
            ClockDifference = header.Timestamp - _time.GetUtcNow().UtcDateTime;
        if (!header.ServiceResult.IsBad && type == response.EncodingId)
            return default;
        var status = header.ServiceResult.IsBad ? header.ServiceResult : StatusCodes.BadUnknownResponse;
        return new OpcUaFault(status, "the server refused: " + status.Text + Details(header));
    }

    private static string Details(in ResponseHeader header) =>
        header.ServiceDiagnostics?.AdditionalInfo is { Length: > 0 } info ? $" ({info})" : "";

    /// <summary>Takes a request out of the table; null when it has run out.</summary>
    private PendingRequest? Take(uint requestId)
    {
        lock (_gate)
            return _inFlight.Remove(requestId, out var pending) ? pending : null;
    }

    private void Complete(uint requestId, OpcUaFault fault) => Take(requestId)?.Finish(fault);
}
