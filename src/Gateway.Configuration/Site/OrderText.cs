using Gateway.Modbus.Registers;

namespace Gateway.Configuration.Site;

/// <summary>The order of bytes as the files write it. Pure.</summary>
internal static class OrderText
{
    /// <summary>What may be written, for messages.</summary>
    public const string Known = "write ABCD, CDAB, BADC, DCBA, for 64 bits also CDABGHEF or EFGHABCD, or each of the first 2, 4, 6 or 8 letters once";

    /// <summary>True for an order of bytes.</summary>
    public static bool IsOrder(string text) => ByteOrder.TryParse(text, out _);
}
