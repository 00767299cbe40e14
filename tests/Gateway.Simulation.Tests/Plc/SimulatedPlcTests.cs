using System.Buffers.Binary;
using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Simulation.Plc;

namespace Gateway.Simulation.Tests.Plc;

/// <summary>One PLC's memory against the plant: bytes are decoded here by hand.</summary>
public sealed class SimulatedPlcTests
{
    private readonly SimulatedPlcStation _station = new(SmallSite.Build(), SmallSite.Plant());
    private readonly byte[] _room = new byte[260];

    private IDataModel Works => _station.Lines[0];

    [Fact]
    public void Values_are_scaled_back_and_stand_in_their_order()
    {
        _station.Step(600);
        var wire = Holding(100, 2);
        byte[] flow = [wire[2], wire[3], wire[0], wire[1]];
        Assert.Equal(_station.Value("IN_FIT_101"), BinaryPrimitives.ReadSingleBigEndian(flow), 0.01);
        Assert.Equal(Math.Round(_station.Value("IN_AIT_102") * 1000), BinaryPrimitives.ReadUInt16BigEndian(Holding(104, 1)));
        Assert.Equal(_station.Value("WAS_SP_401"), BinaryPrimitives.ReadInt32LittleEndian(Holding(113, 2)), 0.5);
        Assert.Equal(_station.Value("EFF_SAMPLE_TS"), BinaryPrimitives.ReadUInt32BigEndian(Holding(120, 2)));
        Assert.Equal(ModbusExceptionCode.None, Works.InputRegisters(SmallSite.Works, 7, 1, _room));
        Assert.Equal(Math.Round(_station.Value("IN_TIT_103") * 27648 / 40), BinaryPrimitives.ReadInt16BigEndian(_room));
        var power = (int)Math.Round(_station.Value("BL1_PWR"));
        Assert.Equal(power.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(4, '0'), Convert.ToHexString(Holding(1, 1, SmallSite.Blowers)));
    }

    [Fact]
    public void Bits_of_a_word_come_from_the_word_and_packed_bits_from_their_signals()
    {
        _station.Use(plant => plant.Set("SYS_RAIN_MODE", 1));
        var status = (int)_station.Value("BL1_STAT");
        Assert.True(status > 0);
        Assert.Equal(status, BinaryPrimitives.ReadUInt16BigEndian(Holding(0, 1, SmallSite.Blowers)));
        Array.Clear(_room);
        Assert.Equal(ModbusExceptionCode.None, Works.Coils(SmallSite.Works, 5, 1, default, _room));
        Assert.Equal(1, _room[0]);
        Array.Clear(_room);
        Assert.Equal(ModbusExceptionCode.None, Works.DiscreteInputs(SmallSite.Works, 33, 1, _room));
        Assert.Equal(1, _room[0]);
        Assert.Equal(["BL_SPARE"], _station.TagsWithoutSignal);
    }

    [Theory]
    [InlineData(99, 1, ModbusExceptionCode.IllegalDataAddress)]
    [InlineData(100, 22, ModbusExceptionCode.None)]
    [InlineData(100, 23, ModbusExceptionCode.IllegalDataAddress)]
    [InlineData(121, 1, ModbusExceptionCode.None)]
    [InlineData(122, 1, ModbusExceptionCode.IllegalDataAddress)]
    public void The_map_has_a_span_and_its_holes_read_zero(ushort address, ushort count, ModbusExceptionCode code)
    {
        Array.Fill(_room, (byte)0xEE);
        Assert.Equal(code, Works.HoldingRegisters(SmallSite.Works, address, count, default, _room.AsSpan(0, 2 * count)));
        if (code == ModbusExceptionCode.None && address == 100)
            Assert.Equal(new byte[10], _room[10..20]);
    }

    [Fact]
    public void Spaces_without_points_and_foreign_units_are_not_there()
    {
        Assert.Equal(ModbusExceptionCode.IllegalDataAddress, Works.InputRegisters(SmallSite.Blowers, 0, 1, _room));
        Assert.True(Works.Serves(SmallSite.Blowers));
        Assert.False(Works.Serves(1));
        Assert.Equal("plc-blowers", System.Text.Encoding.ASCII.GetString(Works.Identification(SmallSite.Blowers, 4)));
    }

    [Fact]
    public void A_write_acts_on_the_plant_in_engineering_units()
    {
        Assert.Equal(ModbusExceptionCode.None, Write(112, 0x13, 0x88));
        Assert.Equal(500, _station.Value("CHM_SP_502"));
        Assert.Equal(ModbusExceptionCode.None, Write(110, 0x44, 0x9A, 0x40, 0x00, 0x27, 0x10));
        Assert.Equal((1234.0, 1000.0), (_station.Value("CHM_SP_501"), _station.Value("CHM_SP_502")));
        Assert.Equal(ModbusExceptionCode.None, Works.Coils(SmallSite.Works, 5, 1, [1], default));
        Assert.Equal(1, _station.Value("SYS_RAIN_MODE"));
    }

    [Fact]
    public void Half_of_a_value_is_merged_with_the_other_half_in_memory()
    {
        Write(110, 0x44, 0x9A, 0x40, 0x00);
        Assert.Equal(ModbusExceptionCode.None, Write(111, 0x60, 0x00));
        Assert.Equal(1235, _station.Value("CHM_SP_501"));
    }

    [Theory]
    [InlineData(ModbusExceptionCode.IllegalDataAddress, 100, "00000000")]
    [InlineData(ModbusExceptionCode.IllegalDataAddress, 103, "0001")]
    [InlineData(ModbusExceptionCode.IllegalDataAddress, 109, "0000449A4000")]
    [InlineData(ModbusExceptionCode.IllegalDataAddress, 99, "0001")]
    [InlineData(ModbusExceptionCode.IllegalDataValue, 112, "4E21")]
    [InlineData(ModbusExceptionCode.IllegalDataValue, 110, "7FC00000")]
    [InlineData(ModbusExceptionCode.IllegalDataValue, 110, "C1200000")]
    [InlineData(ModbusExceptionCode.IllegalDataValue, 110, "449A40004E21")]
    public void A_refused_write_changes_nothing(ModbusExceptionCode code, ushort address, string hex)
    {
        Write(110, 0x43, 0x48, 0x00, 0x00, 0x00, 0x64);
        var before = Holding(100, 22);
        Assert.Equal(code, Write(address, Convert.FromHexString(hex)));
        Assert.Equal(before, Holding(100, 22));
        Assert.Equal((200.0, 10.0), (_station.Value("CHM_SP_501"), _station.Value("CHM_SP_502")));
    }

    [Fact]
    public void A_value_too_large_for_its_type_saturates()
    {
        Assert.True(_station.Value("SYS_POWER") > 200);
        Assert.Equal("007F", Convert.ToHexString(Holding(2, 1, SmallSite.Blowers)));
    }

    [Fact]
    public void The_end_of_a_range_can_be_written()
    {
        Assert.Equal(ModbusExceptionCode.None, Write(112, 0x4E, 0x20));
        Assert.Equal(2000, _station.Value("CHM_SP_502"));
        Assert.Equal(ModbusExceptionCode.None, Write(112, 0, 0));
        Assert.Equal(0, _station.Value("CHM_SP_502"));
    }

    [Fact]
    public void A_broken_wire_shows_as_the_type_can_show_it()
    {
        foreach (var signal in new[] { "IN_FIT_101", "IN_TIT_103", "IN_AIT_102", "BL1_PWR", "L1_AIT_DO3" })
            _station.SetNotANumber(signal, true);
        Assert.Equal("FFFFFFFF", Convert.ToHexString(Holding(100, 2)));
        Assert.Equal("FFFF", Convert.ToHexString(Holding(104, 1)));
        Assert.Equal("FFFF", Convert.ToHexString(Holding(1, 1, SmallSite.Blowers)));
        Works.InputRegisters(SmallSite.Works, 7, 1, _room);
        Assert.Equal("7FFF", Convert.ToHexString(_room, 0, 2));
        _station.Lines[1].HoldingRegisters(1, 0, 4, default, _room);
        Assert.True(double.IsNaN(BinaryPrimitives.ReadDoubleBigEndian(_room)));
        Assert.True(double.IsNaN(_station.Value("IN_FIT_101")));

        _station.SetNotANumber("IN_AIT_102", false);
        Assert.Equal(Math.Round(_station.Value("IN_AIT_102") * 1000), BinaryPrimitives.ReadUInt16BigEndian(Holding(104, 1)));
    }

    [Fact]
    public void A_frozen_plc_keeps_writes_in_memory_and_acts_on_nothing()
    {
        Write(112, 0x00, 0x64);
        _station.Freeze("plc-works", true);
        Assert.Equal(ModbusExceptionCode.None, Write(112, 0x13, 0x88));
        Assert.Equal("1388", Convert.ToHexString(Holding(112, 1)));
        Assert.Equal(10, _station.Value("CHM_SP_502"));
        _station.Freeze("plc-works", false);
        Assert.Equal("0064", Convert.ToHexString(Holding(112, 1)));
        Assert.False(_station.Freeze("plc-nope", true));
    }

    [Fact]
    public void A_stopped_plc_leaves_its_neighbor_on_the_line_alone()
    {
        _station.Stop("plc-blowers", true);
        Assert.False(Works.Serves(SmallSite.Blowers));
        Assert.True(Works.Serves(SmallSite.Works));
        Assert.False(_station.Lines[0].IsStopped);
        _station.Stop("plc-works", true);
        Assert.True(_station.Lines[0].IsStopped);
        Assert.False(_station.Lines[1].IsStopped);
    }

    private byte[] Holding(ushort address, ushort count, byte unit = SmallSite.Works)
    {
        Assert.Equal(ModbusExceptionCode.None, Works.HoldingRegisters(unit, address, count, default, _room.AsSpan(0, 2 * count)));
        return _room[..(2 * count)];
    }

    private ModbusExceptionCode Write(ushort address, params byte[] wire) =>
        Works.HoldingRegisters(SmallSite.Works, address, (ushort)(wire.Length / 2), wire, default);
}
