using System.Buffers.Binary;
using Gateway.Fuzz.Engine;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Fuzz.Targets;

/// <summary>RTU frames in a stream of any bytes: the scanner must get on, and every frame must carry its CRC.</summary>
internal sealed class RtuScannerTarget : FuzzTarget
{
    private static readonly byte[] s_request = [3, 0, 10, 0, 2];

    public override int Feed(byte[] input)
    {
        int requests = Walk(input, static data => RtuFrameScanner.ScanRequest(data));
        int replies = Walk(input, static data => RtuFrameScanner.ScanReply(data, 1, s_request));
        return HashCode.Combine(requests, replies);
    }

    private static int Walk(ReadOnlySpan<byte> data, Scanner scan)
    {
        var mark = new HashCode();
        int marks = 0;
        while (!data.IsEmpty)
        {
            FrameScan found = scan(data);
            if (marks++ < 8)
                mark.Add((found.Status, found.Reason));
            if (found.Status == ScanStatus.NeedMore)
            {
                // A receiver has room for one frame; waiting for more behind a full one would last for ever.
                Require(data.Length < 2 * ProtocolLimits.MaxRtuFrame, $"the scanner waits for more behind {data.Length} bytes");
                break;
            }
            Require(found.Count > 0 && found.Count <= data.Length, $"the scanner answers {found.Count} of {data.Length} bytes");
            if (found.Status == ScanStatus.Frame)
                Require(IsChecked(data[..found.Count]), "a frame without a valid CRC was found");
            data = data[found.Count..];
        }
        return mark.ToHashCode();
    }

    /// <summary>CRC-16 by the bit-wise rule of Serial Line 1.02 §6.2.2, apart from the table the product uses.</summary>
    private static bool IsChecked(ReadOnlySpan<byte> frame)
    {
        int crc = 0xFFFF;
        foreach (byte b in frame[..^2])
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1;
        }
        return frame.Length >= ProtocolLimits.MinRtuFrame && BinaryPrimitives.ReadUInt16LittleEndian(frame[^2..]) == crc;
    }

    private delegate FrameScan Scanner(ReadOnlySpan<byte> data);
}

/// <summary>ASCII frames in a stream of any characters.</summary>
internal sealed class AsciiScannerTarget : FuzzTarget
{
    private readonly byte[] _decoded = new byte[ProtocolLimits.MaxPdu + 1];

    public override IReadOnlyList<string> Words { get; } = [":", "\r\n", ":010300000002FA\r\n"];

    public override int Feed(byte[] input)
    {
        var mark = new HashCode();
        int marks = 0;
        ReadOnlySpan<byte> data = input;
        while (!data.IsEmpty)
        {
            FrameScan found = AsciiFrame.Scan(data);
            if (marks++ < 8)
                mark.Add((found.Status, found.Reason));
            if (found.Status == ScanStatus.NeedMore)
            {
                Require(data.Length <= ProtocolLimits.MaxAsciiFrame, $"the scanner waits for more behind {data.Length} characters");
                break;
            }
            Require(found.Count > 0 && found.Count <= data.Length, $"the scanner answers {found.Count} of {data.Length} characters");
            if (found.Status == ScanStatus.Frame)
                mark.Add(Decode(data[..found.Count]) > 0);
            data = data[found.Count..];
        }
        return mark.ToHashCode();
    }

    private int Decode(ReadOnlySpan<byte> frame)
    {
        int length = AsciiFrame.Decode(frame, _decoded);
        Require(length >= 0 && length <= _decoded.Length, $"{length} bytes were decoded");
        if (length == 0)
            return 0;
        // What was understood must be what a writer of frames would have sent, but for the case of the digits.
        Span<byte> again = new byte[ProtocolLimits.MaxAsciiFrame];
        int written = AsciiFrame.Write(again, _decoded[0], _decoded.AsSpan(1, length - 1));
        Require(System.Text.Ascii.EqualsIgnoreCase(again[..written], frame), "a frame was understood as another one");
        return length;
    }
}

/// <summary>Requests and answers without a frame: the server's processor, the check of answers, the length rules, device identification.</summary>
internal sealed class PduTarget : FuzzTarget
{
    private static readonly byte[][] s_requests =
    [
        [1, 0, 0, 0, 9], [2, 0, 3, 0, 1], [3, 0, 10, 0, 2], [4, 0, 0, 0, 125], [5, 0, 1, 0xFF, 0], [6, 0, 1, 0, 7],
        [15, 0, 0, 0, 9, 2, 0xFF, 1], [16, 0, 0, 0, 1, 2, 0, 7], [22, 0, 4, 0, 0xF2, 0, 0x25], [23, 0, 3, 0, 2, 0, 14, 0, 1, 2, 0, 0xFF], [43, 14, 1, 0],
    ];

    private readonly Gateway.Modbus.Server.RegisterBank _bank = new(64);
    private readonly byte[] _response = new byte[ProtocolLimits.MaxPdu];

    public override int Feed(byte[] input)
    {
        if (input.Length is 0 or > ProtocolLimits.MaxPdu)
            return 0;
        int length = Gateway.Modbus.Server.RequestProcessor.Process(input, _response, 1, _bank);
        Require(length is > 0 and <= ProtocolLimits.MaxPdu, $"the answer has {length} bytes");
        Require((_response[0] & 0x7F) == (input[0] & 0x7F), "another function was answered");
        var mark = new HashCode();
        mark.Add(_response[0]);
        mark.Add(length == 2 ? _response[1] : 0);
        foreach (byte[] request in s_requests)
        {
            ReplyVerdict verdict = ReplyCheck.Check(request, input);
            Require(verdict.DataOffset >= 0 && verdict.DataLength >= 0 && verdict.DataOffset + verdict.DataLength <= input.Length, "data was found outside the answer");
            mark.Add(verdict.Reason);
        }
        ref readonly FunctionEntry entry = ref FunctionTable.Find(input[0]);
        Require(entry.Request.Measure(input) >= 0 && entry.Reply.Measure(input) >= 0, "a length is negative");
        // An answer of the server must satisfy the client that asked, when its request was well formed.
        if (_response[0] == input[0] && entry.IsKnown)
            Require(ReplyCheck.Check(input, _response.AsSpan(0, length)).Reason == BadFrameReason.None, "the client refuses the server's answer");
        return mark.ToHashCode();
    }
}
