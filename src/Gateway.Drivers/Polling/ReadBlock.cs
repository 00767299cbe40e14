using Gateway.Drivers.Modbus;
using System.Buffers.Binary;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;

namespace Gateway.Drivers.Polling;

/// <summary>Points of one device that are read by one request at one pace. Made at load; immutable.</summary>
public sealed class ReadBlock
{
    internal ReadBlock(int device, ModbusPoint[] points, ushort address, ushort count)
    {
        Device = device;
        Points = points;
        Address = address;
        Count = count;
        Request = ReadRequest.Build(points[0].Space, address, count);
    }

    /// <summary>Position of the device on its line.</summary>
    public int Device { get; }

    /// <summary>The points, by address; equal addresses in the order of the configuration.</summary>
    public ModbusPoint[] Points { get; }

    /// <summary>The space read.</summary>
    public DataSpace Space => Points[0].Space;

    /// <summary>First register or bit read.</summary>
    public ushort Address { get; }

    /// <summary>Registers or bits read.</summary>
    public ushort Count { get; }

    /// <summary>Time from poll to poll in milliseconds.</summary>
    public int PeriodMs => Points[0].PollPeriodMs;

    /// <summary>Offset of the polls on the grid of the period, in milliseconds.</summary>
    public int PhaseMs => Points[0].PhaseMs;

    /// <summary>The request without framing, ready to be sent.</summary>
    public ReadOnlyMemory<byte> Request { get; }

    /// <summary>Registers or bits read that no point wants.</summary>
    public int Unwanted
    {
        get
        {
            int wanted = 0;
            int end = Address;
            foreach (ModbusPoint point in Points)
            {
                int last = point.Address + PointExtent.Of(point);
                wanted += Math.Max(0, last - Math.Max(end, point.Address));
                end = Math.Max(end, last);
            }

            return Count - wanted;
        }
    }
}

/// <summary>Builds the request that reads a range.</summary>
public static class ReadRequest
{
    /// <summary>The function that reads a space.</summary>
    public static ModbusFunction FunctionOf(DataSpace space) => space switch
    {
        DataSpace.Coils => ModbusFunction.ReadCoils,
        DataSpace.DiscreteInputs => ModbusFunction.ReadDiscreteInputs,
        DataSpace.HoldingRegisters => ModbusFunction.ReadHoldingRegisters,
        DataSpace.InputRegisters => ModbusFunction.ReadInputRegisters,
        _ => throw new ArgumentOutOfRangeException(nameof(space), space, "Not a data space that can be read."),
    };

    /// <summary>True for the spaces of single bits.</summary>
    public static bool IsBits(DataSpace space) => space is DataSpace.Coils or DataSpace.DiscreteInputs;

    /// <summary>Function, address and quantity (Modbus 1.1b3 §6.1 to §6.4).</summary>
    public static byte[] Build(DataSpace space, ushort address, ushort count)
    {
        byte[] request = new byte[5];
        Write(request, space, address, count);
        return request;
    }

    /// <summary>The same into a buffer of at least five bytes.</summary>
    public static void Write(Span<byte> request, DataSpace space, ushort address, ushort count)
    {
        request[0] = (byte)FunctionOf(space);
        BinaryPrimitives.WriteUInt16BigEndian(request[1..], address);
        BinaryPrimitives.WriteUInt16BigEndian(request[3..], count);
    }
}
