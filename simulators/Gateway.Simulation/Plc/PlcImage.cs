using Gateway.Modbus.Protocol;

namespace Gateway.Simulation.Plc;

/// <summary>
/// One address space of a PLC: memory from the first to the last mapped address, holes included. Used under the
/// station's lock.
/// </summary>
internal sealed class PlcImage
{
    private readonly bool _isBits;
    private readonly byte[] _trial;

    /// <summary>Makes room for the points of one space; without points the space is empty.</summary>
    public PlcImage(DataSpace space, PlcPoint[] points)
    {
        _isBits = space is DataSpace.Coils or DataSpace.DiscreteInputs;
        Points = points;
        First = points.Length == 0 ? 0 : points.Min(point => point.Address);
        var end = points.Length == 0 ? 0 : points.Max(point => point.End);

        // A bit takes a byte, so that a point is a span of the memory in either kind of space.
        ItemBytes = _isBits ? 1 : 2;
        Memory = new byte[(end - First) * ItemBytes];
        _trial = new byte[Memory.Length];
    }

    /// <summary>The points, as the site lists them.</summary>
    public PlcPoint[] Points { get; }

    /// <summary>First mapped address.</summary>
    public int First { get; }

    /// <summary>Bytes of memory for one register or bit.</summary>
    public int ItemBytes { get; }

    /// <summary>Registers in wire order, or one byte per bit.</summary>
    public byte[] Memory { get; }

    /// <summary>True when the range lies between the first and the last mapped address.</summary>
    public bool Contains(int address, int count) =>
        address >= First && (address - First + count) * ItemBytes <= Memory.Length;

    /// <summary>The memory of a point.</summary>
    public Span<byte> Of(PlcPoint point, byte[] memory) =>
        memory.AsSpan((point.Address - First) * ItemBytes, (point.End - point.Address) * ItemBytes);

    /// <summary>Copies a range to the wire.</summary>
    public void Read(int address, int count, Span<byte> wire)
    {
        var items = Memory.AsSpan((address - First) * ItemBytes, count * ItemBytes);
        if (!_isBits)
        {
            items.CopyTo(wire);
            return;
        }

        for (var bit = 0; bit < count; bit++)
            wire[bit >> 3] |= (byte)((items[bit] & 1) << (bit & 7));
    }

    /// <summary>A copy of the memory with a range of it taken from the wire; valid until the next call.</summary>
    public byte[] Try(int address, int count, ReadOnlySpan<byte> wire)
    {
        Memory.CopyTo(_trial, 0);
        var items = _trial.AsSpan((address - First) * ItemBytes, count * ItemBytes);
        if (!_isBits)
        {
            wire[..items.Length].CopyTo(items);
            return _trial;
        }

        for (var bit = 0; bit < count; bit++)
            items[bit] = (byte)((wire[bit >> 3] >> (bit & 7)) & 1);
        return _trial;
    }

    /// <summary>Takes over what <see cref="Try"/> gave.</summary>
    public void Commit(byte[] trial) => trial.CopyTo(Memory, 0);
}
