namespace Gateway.Modbus.Protocol;

/// <summary>CRC-16 of the serial line, polynomial 0xA001 reflected, start 0xFFFF (Serial Line 1.02 §6.2.2).</summary>
public static class Crc16
{
    private static readonly ushort[] s_table = BuildTable();

    /// <summary>The check sum of <paramref name="data"/>; the low byte goes on the line first.</summary>
    public static ushort Compute(ReadOnlySpan<byte> data)
    {
        var table = s_table;
        uint crc = 0xFFFF;
        foreach (var b in data)
            crc = (crc >> 8) ^ table[(crc ^ b) & 0xFF];
        return (ushort)crc;
    }

    private static ushort[] BuildTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = (uint)i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xA001 : crc >> 1;
            table[i] = (ushort)crc;
        }

        return table;
    }
}
