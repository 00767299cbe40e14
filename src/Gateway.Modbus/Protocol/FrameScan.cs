namespace Gateway.Modbus.Protocol;

/// <summary>What a scanner found at the start of a buffer.</summary>
public enum ScanStatus : byte
{
    /// <summary>The start of a frame, not yet all of it.</summary>
    NeedMore = 0,

    /// <summary>A whole frame of <see cref="FrameScan.Count"/> bytes.</summary>
    Frame = 1,

    /// <summary>No frame can start here; drop <see cref="FrameScan.Count"/> bytes and scan again.</summary>
    Broken = 2,
}

/// <summary>The verdict of a scanner.</summary>
/// <param name="Status">What was found.</param>
/// <param name="Count">Bytes of the frame, or bytes to drop.</param>
/// <param name="Reason">Why bytes are dropped.</param>
public readonly record struct FrameScan(ScanStatus Status, int Count, BadFrameReason Reason)
{
    internal static FrameScan NeedMore => default;

    internal static FrameScan Frame(int count) => new(ScanStatus.Frame, count, BadFrameReason.None);

    internal static FrameScan Broken(int drop, BadFrameReason reason) => new(ScanStatus.Broken, drop, reason);
}
