using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Transport;

/// <summary>Frames without security against golden bytes, and the scanner on broken starts.</summary>
public sealed class TransportTests
{
    private const string Hello = "48454c463800000000000000ffff0000ffff00000000000000000000180000006f70632e7463703a2f2f6c6f63616c686f73743a34383430";
    private const string Acknowledge = "41434b461c00000000000000ffff0000ffff00000000400040000000";
    private const string Error = "45525246190000000000808009000000746f6f206c61726765";
    private const string ReverseHello = "52484546270000000600000075726e3a6777110000006f70632e7463703a2f2f67773a34383430";

    [Fact]
    public void Frames_have_the_bytes_of_the_specification()
    {
        var output = new MessageBuffer(4096);
        new HelloMessage(0, new ConnectionLimits(65535, 65535, 0, 0), "opc.tcp://localhost:4840").Write(output, FrameKind.Hello);
        new HelloMessage(0, new ConnectionLimits(65535, 65535, 4194304, 64), null).Write(output, FrameKind.Acknowledge);
        new ErrorMessage(StatusCodes.BadTcpMessageTooLarge, "too large").Write(output);
        new ReverseHelloMessage("urn:gw", "opc.tcp://gw:4840").Write(output);
        Assert.Equal(Hello + Acknowledge + Error + ReverseHello, Convert.ToHexStringLower(output.Written));
    }

    [Fact]
    public void Frames_are_read_back()
    {
        Assert.True(HelloMessage.TryRead(Body(Hello), FrameKind.Hello, out HelloMessage hello));
        Assert.Equal(new HelloMessage(0, new ConnectionLimits(65535, 65535, 0, 0), "opc.tcp://localhost:4840"), hello);
        Assert.True(HelloMessage.TryRead(Body(Acknowledge), FrameKind.Acknowledge, out HelloMessage acknowledge));
        Assert.Equal(new ConnectionLimits(65535, 65535, 4194304, 64), acknowledge.Limits);
        Assert.True(ErrorMessage.TryRead(Body(Error), out ErrorMessage error));
        Assert.Equal(new ErrorMessage(StatusCodes.BadTcpMessageTooLarge, "too large"), error);
        Assert.True(ReverseHelloMessage.TryRead(Body(ReverseHello), out ReverseHelloMessage reverse));
        Assert.Equal(new ReverseHelloMessage("urn:gw", "opc.tcp://gw:4840"), reverse);
    }

    [Theory]
    [InlineData(Hello)]
    [InlineData(Acknowledge)]
    [InlineData(Error)]
    [InlineData(ReverseHello)]
    public void A_frame_cut_anywhere_needs_more_or_is_no_message(string hex)
    {
        byte[] frame = Convert.FromHexString(hex);
        for (int length = 0; length < frame.Length; length++)
            Assert.Equal(FrameScanStatus.NeedMore, FrameScan.Scan(frame.AsSpan(0, length), 65535).Status);
        FrameScan whole = FrameScan.Scan([.. frame, 1, 2, 3], 65535);
        Assert.Equal((FrameScanStatus.Frame, frame.Length), (whole.Status, whole.Size));
        for (int length = 8; length < frame.Length; length++)
        {
            ReadOnlySpan<byte> body = frame.AsSpan(8, length - 8);
            Assert.False(whole.Kind switch
            {
                FrameKind.Error => ErrorMessage.TryRead(body, out _),
                FrameKind.ReverseHello => ReverseHelloMessage.TryRead(body, out _),
                _ => HelloMessage.TryRead(body, whole.Kind, out _),
            });
        }
    }

    [Theory]
    [InlineData("485454502f312e31", "BadTcpMessageTypeInvalid", "does not speak OPC UA")] // HTTP/1.1
    [InlineData("485454", "BadTcpMessageTypeInvalid", "does not speak OPC UA")]
    [InlineData("4d53474607000000", "BadTcpMessageTypeInvalid", "only 7 bytes")]
    [InlineData("4d53475a20000000", "BadTcpMessageTypeInvalid", "chunk type 0x5A")]
    [InlineData("48454c4320000000", "BadTcpMessageTypeInvalid", "chunk type 0x43")]
    [InlineData("4d53474600000100", "BadTcpMessageTooLarge", "65536 bytes is larger than the 65535")]
    [InlineData("4d534746ffffffff", "BadTcpMessageTooLarge", "4294967295 bytes")]
    public void A_broken_start_is_named(string hex, string status, string words)
    {
        FrameScan scan = FrameScan.Scan(Convert.FromHexString(hex), 65535);
        Assert.Equal((FrameScanStatus.Broken, status), (scan.Status, scan.Fault.Status.Name));
        Assert.Contains(words, scan.Fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Buffers_are_agreed_on_or_refused()
    {
        var own = new ConnectionLimits(65536, 32768, 1 << 20, 64);
        Assert.True(own.TryAgree(new ConnectionLimits(8192, 16384, 4096, 3), out ConnectionLimits agreed, out var sendMax));
        Assert.Equal(new ConnectionLimits(16384, 8192, 1 << 20, 64), agreed);
        Assert.Equal((4096, 3), sendMax);
        Assert.False(own.TryAgree(new ConnectionLimits(32769, 16384, 0, 0), out _, out _));
        Assert.False(own.TryAgree(new ConnectionLimits(32768, 65537, 0, 0), out _, out _));
        Assert.False(own.TryAgree(new ConnectionLimits(8191, 16384, 0, 0), out _, out _));
    }

    private static byte[] Body(string hex) => Convert.FromHexString(hex)[8..];
}
