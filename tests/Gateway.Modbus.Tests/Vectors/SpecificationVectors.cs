using Gateway.Modbus.Server;

namespace Gateway.Modbus.Tests.Vectors;

/// <summary>
/// The examples of the Modbus Application Protocol Specification V1.1b3, section 6, byte for byte, with the device
/// state that they imply. Addresses on the wire count from 0.
/// </summary>
public static class SpecificationVectors
{
    public sealed record Vector(string Name, string Request, string Reply, Action<RegisterBank> Arrange)
    {
        public byte[] RequestPdu => Hex(Request);

        public byte[] ReplyPdu => Hex(Reply);
    }

    public static IReadOnlyList<Vector> All { get; } =
    [
        new("6.1 read coils 20-38", "01 00 13 00 13", "01 03 CD 6B 05", b => SetBits(b.SetCoil, 0x13, 0x13, "CD 6B 05")),
        new("6.2 read discrete inputs 197-218", "02 00 C4 00 16", "02 03 AC DB 35",
            b => SetBits(b.SetDiscreteInput, 0xC4, 0x16, "AC DB 35")),
        new("6.3 read holding registers 108-110", "03 00 6B 00 03", "03 06 02 2B 00 00 00 64",
            b => b.SetHoldingRegisters(0x6B, Hex("02 2B 00 00 00 64"))),
        new("6.4 read input register 9", "04 00 08 00 01", "04 02 00 0A", b => b.SetInputRegister(8, 10)),
        new("6.5 write coil 173 on", "05 00 AC FF 00", "05 00 AC FF 00", _ => { }),
        new("6.6 write register 2", "06 00 01 00 03", "06 00 01 00 03", _ => { }),
        new("6.11 write 10 coils from 20", "0F 00 13 00 0A 02 CD 01", "0F 00 13 00 0A", _ => { }),
        new("6.12 write 2 registers from 2", "10 00 01 00 02 04 00 0A 01 02", "10 00 01 00 02", _ => { }),
        new("6.16 mask write register 5", "16 00 04 00 F2 00 25", "16 00 04 00 F2 00 25", b => b.SetHoldingRegister(4, 0x12)),
        new("6.17 read 6 from 4, write 3 from 15", "17 00 03 00 06 00 0E 00 03 06 00 FF 00 FF 00 FF",
            "17 0C 00 FE 0A CD 00 01 00 03 00 0D 00 FF",
            b => b.SetHoldingRegisters(3, Hex("00 FE 0A CD 00 01 00 03 00 0D 00 FF"))),
        new("6.21 basic device identification", "2B 0E 01 00",
            "2B 0E 01 01 00 00 03 00 16 " + Ascii("Company identification") + " 01 0D " + Ascii("Product code ")
            + " 02 05 " + Ascii("V2.11"),
            b =>
            {
                b.SetIdentification(0, "Company identification");
                b.SetIdentification(1, "Product code ");
                b.SetIdentification(2, "V2.11");
            }),
    ];

    public static TheoryData<string> Names
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var vector in All)
                data.Add(vector.Name);
            return data;
        }
    }

    public static Vector Find(string name) => All.Single(v => v.Name == name);

    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    private static string Ascii(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));

    private static void SetBits(Action<ushort, bool> set, ushort first, int count, string packed)
    {
        var bytes = Hex(packed);
        for (var i = 0; i < count; i++)
            set((ushort)(first + i), (bytes[i / 8] >> (i % 8) & 1) == 1);
    }
}
