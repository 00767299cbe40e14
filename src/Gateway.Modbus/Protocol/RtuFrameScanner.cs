namespace Gateway.Modbus.Protocol;

/// <summary>
/// Finds RTU frames in a byte stream by length rule and CRC. It never trusts pauses: bytes may come one by
/// one or several frames at once. It only says "need more", "frame" or "broken, drop n".
/// </summary>
public static class RtuFrameScanner
{
    /// <summary>
    /// Looks for a request at the start of <paramref name="data"/>. A server on a shared line also hears the
    /// answers of its neighbors; a whole answer is dropped in one piece.
    /// </summary>
    public static FrameScan ScanRequest(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
            return FrameScan.NeedMore;
        ref readonly var entry = ref FunctionTable.Find(data[1]);
        if (!entry.IsKnown)
            return ScanUnknown(data);
        var request = Measure(entry.Request, data);
        if (IsFrame(data, request))
            return FrameScan.Frame(request);
        var reply = Measure(entry.Reply, data);
        if (IsFrame(data, reply))
            return FrameScan.Broken(reply, BadFrameReason.None);
        return IsOpen(data, request) || IsOpen(data, reply)
            ? FrameScan.NeedMore
            : FrameScan.Broken(1, BadFrameReason.WrongChecksum);
    }

    /// <summary>
    /// Looks for the answer to <paramref name="request"/> of <paramref name="unit"/> anywhere in
    /// <paramref name="data"/>: noise, the own echo and foreign answers before it are dropped.
    /// </summary>
    public static FrameScan ScanReply(ReadOnlySpan<byte> data, byte unit, ReadOnlySpan<byte> request)
    {
        var expected = ReplyCheck.ExpectedLength(request);
        var reason = BadFrameReason.WrongUnit;
        var keep = data.Length;
        for (var at = 0; at < data.Length; at++)
        {
            if (data[at] != unit)
                continue;
            var here = ScanReplyAt(data[at..], request[0], expected, out var isExact);
            if (here.Status == ScanStatus.Frame)
                return at == 0 ? here : FrameScan.Broken(at, reason);
            if (here.Status == ScanStatus.Broken)
            {
                reason = here.Reason == BadFrameReason.WrongChecksum ? here.Reason : reason;
                continue;
            }

            // A start that fits the request in every field must not lose against bytes inside its own data.
            keep = Math.Min(keep, at);
            if (isExact)
                break;
        }

        return keep == 0 ? FrameScan.NeedMore : FrameScan.Broken(keep, reason);
    }

    private static FrameScan ScanReplyAt(ReadOnlySpan<byte> data, byte function, int expected, out bool isExact)
    {
        isExact = false;
        if (data.Length < 2)
            return FrameScan.NeedMore;
        int total;
        if (data[1] == (function | ProtocolLimits.ExceptionFlag))
        {
            total = 5;
            isExact = true;
        }
        else if (data[1] == function)
        {
            ref readonly var entry = ref FunctionTable.Find(function);
            if (!entry.IsKnown)
                return ScanRaw(data);
            total = Measure(entry.Reply, data);
            isExact = total != 0 && total == expected + 3;
        }
        else
        {
            return FrameScan.Broken(1, BadFrameReason.WrongFunction);
        }

        if (IsFrame(data, total))
            return FrameScan.Frame(total);
        return IsOpen(data, total) ? FrameScan.NeedMore : FrameScan.Broken(1, BadFrameReason.WrongChecksum);
    }

    /// <summary>A frame with a function outside the table has no known length: it is taken when its CRC fits at the end.</summary>
    private static FrameScan ScanUnknown(ReadOnlySpan<byte> data)
    {
        // An exception answer of a neighbor.
        if ((data[1] & ProtocolLimits.ExceptionFlag) != 0)
        {
            if (data.Length < 5)
                return FrameScan.NeedMore;
            return RtuFrame.HasValidCrc(data[..5])
                ? FrameScan.Broken(5, BadFrameReason.None)
                : FrameScan.Broken(1, BadFrameReason.WrongFunction);
        }

        var whole = data.Length <= ProtocolLimits.MaxRtuFrame && RtuFrame.HasValidCrc(data);
        return whole ? FrameScan.Frame(data.Length) : FrameScan.Broken(1, BadFrameReason.WrongFunction);
    }

    /// <summary>The answer to a function outside the table ends where its CRC fits.</summary>
    private static FrameScan ScanRaw(ReadOnlySpan<byte> data)
    {
        if (data.Length > ProtocolLimits.MaxRtuFrame)
            return FrameScan.Broken(1, BadFrameReason.WrongLength);
        return RtuFrame.HasValidCrc(data) ? FrameScan.Frame(data.Length) : FrameScan.NeedMore;
    }

    private static int Measure(LengthRule rule, ReadOnlySpan<byte> data)
    {
        var pdu = rule.Measure(data[1..]);
        return pdu == 0 ? 0 : pdu + 3;
    }

    private static bool IsFrame(ReadOnlySpan<byte> data, int length) =>
        length != 0 && length <= ProtocolLimits.MaxRtuFrame && data.Length >= length && RtuFrame.HasValidCrc(data[..length]);

    private static bool IsOpen(ReadOnlySpan<byte> data, int length) =>
        length == 0 ? data.Length < ProtocolLimits.MaxRtuFrame : length <= ProtocolLimits.MaxRtuFrame && data.Length < length;
}
