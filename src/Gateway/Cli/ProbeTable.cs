using System.Globalization;
using System.Text;
using Gateway.Modbus;
using Gateway.Modbus.Registers;

namespace Gateway.Cli;

/// <summary>Shows raw words in every order a device may mean, so that the right one is found by eye.</summary>
internal static class ProbeTable
{
    private static readonly (string Name, ByteOrder Order)[] Orders =
    [
        ("ABCD", ByteOrder.Abcd), ("CDAB", ByteOrder.Cdab), ("BADC", ByteOrder.Badc), ("DCBA", ByteOrder.Dcba),
    ];

    public static void WriteRegisters(ReadOnlySpan<byte> data, int address)
    {
        Console.WriteLine("address  hex    uint16  int16   " + string.Join("  ", Orders.Select(o => $"float32 {o.Name,-6}")) + "  uint32 ABCD  uint32 CDAB");
        for (int i = 0; i + 1 < data.Length; i += 2)
        {
            var line = new StringBuilder();
            ushort word = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(data[i..]);
            line.Append(CultureInfo.InvariantCulture, $"{address + i / 2,7}  {word:X4}  {word,6}  {(short)word,6}");
            if (i + 3 < data.Length)
            {
                foreach (var (_, order) in Orders)
                    line.Append("  ").Append(Decode(RegisterType.Float32, order, data[i..]).PadLeft(14));
                line.Append("  ").Append(Decode(RegisterType.UInt32, ByteOrder.Abcd, data[i..]).PadLeft(11));
                line.Append("  ").Append(Decode(RegisterType.UInt32, ByteOrder.Cdab, data[i..]).PadLeft(11));
            }
            Console.WriteLine(line);
        }
    }

    public static void WriteBits(ReadOnlySpan<byte> data, int address, int count)
    {
        for (int i = 0; i < count; i++)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{address + i,7}  {(data[i / 8] >> (i % 8)) & 1}"));
    }

    /// <summary>Prints the objects of a device identification.</summary>
    public static void WriteIdentification(ReadOnlySpan<byte> data)
    {
        string[] names = ["vendor", "product code", "revision", "vendor URL", "product name", "model", "application"];
        var objects = new DeviceIdentification(data);
        while (objects.MoveNext())
        {
            string name = objects.ObjectId < names.Length ? names[objects.ObjectId] : "object " + objects.ObjectId.ToString(CultureInfo.InvariantCulture);
            Console.WriteLine($"{name}: {objects.Text}");
        }
    }

    private static string Decode(RegisterType type, ByteOrder order, ReadOnlySpan<byte> image)
    {
        RegisterCodec codec = RegisterCodec.ForRegisters(type, order, registerOffset: 0);
        return codec.TryDecode(image, out double value) == RegisterStatus.Ok ? value.ToString("G7", CultureInfo.InvariantCulture) : "-";
    }
}
