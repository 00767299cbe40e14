using System.Text;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Server;
using Gateway.Runtime.Tags;
using Gateway.Simulation.Process;

namespace Gateway.Simulation.Plc;

/// <summary>
/// One device of a site as its clients see it: the memory is filled from the plant's signals by the site's own register
/// map (a tag stands for the signal of its name), and writes act on the plant. Members may be called from any thread;
/// they take the station's lock.
/// </summary>
/// <remarks>
/// Addresses outside the mapped span are exception 2, holes inside read 0. A write must meet set-points and commands
/// only (else exception 2) and values inside their signals' ranges (else exception 3); a refused write changes nothing.
/// </remarks>
public sealed class SimulatedPlc : IDataModel
{
    // Modbus 1.1b3 §6.21: vendor name, product code, revision, product name.
    private const byte VendorName = 0;
    private const byte ProductCode = 1;
    private const byte Revision = 2;
    private const byte ProductName = 4;

    private readonly SimulatedPlcStation _station;
    private readonly PlcImage[] _images;
    private readonly byte[] _name;
    private volatile bool _isFrozen;
    private volatile bool _isStopped;
    private volatile int _addressShift;

    internal SimulatedPlc(SimulatedPlcStation station, ModbusDevice device, TagDefinition[] tags)
    {
        _station = station;
        _name = Encoding.ASCII.GetBytes(device.Name);
        Name = device.Name;
        Unit = device.Unit;
        ModbusPoint[] definitions = [.. device.Points.Cast<ModbusPoint>()];
        var points = Array.ConvertAll(definitions, point => Bind(point, tags[point.Tag]));
        _images = new PlcImage[(int)DataSpace.InputRegisters + 1];
        for (var space = DataSpace.Coils; space <= DataSpace.InputRegisters; space++)
            _images[(int)space] = new PlcImage(space, [.. points.Where((_, index) => definitions[index].Space == space)]);
        TagsWithoutSignal = [.. definitions
            .Where((point, index) => !IsFilled(points[index], _images[(int)point.Space]))
            .Select(point => tags[point.Tag].Name)];
    }

    /// <summary>Name of the device in the site.</summary>
    public string Name { get; }

    /// <summary>Unit id.</summary>
    public byte Unit { get; }

    /// <summary>Tags that nothing fills: the plant has no signal of the name, and no other tag covers the registers, which read 0.</summary>
    public IReadOnlyList<string> TagsWithoutSignal { get; }

    /// <summary>
    /// The program stands still while the network side goes on: reads give the last values, writes stay in memory and
    /// act on nothing.
    /// </summary>
    public bool IsFrozen
    {
        get => _isFrozen;
        internal set => _isFrozen = value;
    }

    /// <summary>The PLC is off. Others on its line answer for it with exception 11, and a line of its own is closed.</summary>
    public bool IsStopped
    {
        get => _isStopped;
        internal set => _isStopped = value;
    }

    /// <summary>By how many addresses all values stand too high, as after a mistake in the register map.</summary>
    public int AddressShift
    {
        get => _addressShift;
        internal set => _addressShift = value;
    }

    /// <summary>The PLC carries a signal.</summary>
    internal bool Carries(int signal) => Array.Exists(_images, image => image is not null && Array.Exists(image.Points, point => point.Signal == signal));

    /// <inheritdoc/>
    public bool Serves(byte unit) => unit == Unit && !_isStopped;

    /// <inheritdoc/>
    public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
        Access(DataSpace.Coils, address, count, write, read);

    /// <inheritdoc/>
    public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read) =>
        Access(DataSpace.DiscreteInputs, address, count, default, read);

    /// <inheritdoc/>
    public ModbusExceptionCode HoldingRegisters(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
        Access(DataSpace.HoldingRegisters, address, count, write, read);

    /// <inheritdoc/>
    public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read) =>
        Access(DataSpace.InputRegisters, address, count, default, read);

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Identification(byte unit, byte objectId) => objectId switch
    {
        VendorName => "Gateway simulators"u8,
        ProductCode => "SimulatedPlc"u8,
        Revision => "1"u8,
        ProductName => _name,
        _ => default,
    };

    /// <summary>Fills the memory from the plant. Called under the station's lock.</summary>
    internal void Refresh()
    {
        if (_isFrozen)
            return;
        foreach (var image in _images.AsSpan((int)DataSpace.Coils))
        {
            foreach (var point in image.Points)
            {
                if (point.IsBound)
                    point.Encode(_station.ValueOf(point.Signal), image.Of(point, image.Memory));
            }
        }
    }

    private PlcPoint Bind(ModbusPoint point, TagDefinition tag)
    {
        var signal = _station.FindSignal(tag.Name);
        return signal == PlcPoint.NoSignal
            ? new PlcPoint(point, tag.Scaling, PlcPoint.NoSignal, null)
            : new PlcPoint(point, tag.Scaling, signal, _station.Plant.Signals[signal]);
    }

    private ModbusExceptionCode Access(DataSpace space, int address, int count, ReadOnlySpan<byte> write, Span<byte> read)
    {
        var image = _images[(int)space];
        address -= _addressShift;
        if (!image.Contains(address, count))
            return ModbusExceptionCode.IllegalDataAddress;
        lock (_station.Gate)
        {
            if (!write.IsEmpty)
                return Write(image, address, count, write);
            image.Read(address, count, read);
            return ModbusExceptionCode.None;
        }
    }

    private ModbusExceptionCode Write(PlcImage image, int address, int count, ReadOnlySpan<byte> wire)
    {
        var trial = image.Try(address, count, wire);
        var code = Judge(image, trial, address, count);
        if (code != ModbusExceptionCode.None)
            return code;
        if (_isFrozen)
        {
            image.Commit(trial);
            return ModbusExceptionCode.None;
        }

        foreach (var point in image.Points)
        {
            if (Touches(point, address, count) && point.IsWritable && point.TryDecode(image.Of(point, trial), out var units))
                _station.Plant.Set(point.Signal, units);
        }

        // What the plant made of it is what the next read shows.
        Refresh();
        return ModbusExceptionCode.None;
    }

    /// <summary>Judges a write by the memory as it would become. Addresses come before values (Modbus 1.1b3 §6).</summary>
    private static ModbusExceptionCode Judge(PlcImage image, byte[] trial, int address, int count)
    {
        Span<bool> writable = stackalloc bool[ProtocolLimits.MaxWriteBits];
        var areValuesGood = true;
        foreach (var point in image.Points)
        {
            if (!Touches(point, address, count))
                continue;
            if (point.IsWritable)
            {
                var first = Math.Max(0, point.Address - address);
                var end = Math.Min(count, point.End - address);
                writable[first..end].Fill(true);
                areValuesGood &= point.TryDecode(image.Of(point, trial), out var units) && point.Description!.IsInRange(units);
            }
            else if (!point.IsEqual(image.Of(point, image.Memory), image.Of(point, trial)))
            {
                return ModbusExceptionCode.IllegalDataAddress;
            }
        }

        if (writable[..count].Contains(false))
            return ModbusExceptionCode.IllegalDataAddress;
        return areValuesGood ? ModbusExceptionCode.None : ModbusExceptionCode.IllegalDataValue;
    }

    // A bit of a status word has no signal of its own: the word fills it.
    private static bool IsFilled(PlcPoint point, PlcImage image) => point.IsBound || Array.Exists(
        image.Points, other => other.IsBound && other.Address <= point.Address && other.End >= point.End);

    private static bool Touches(PlcPoint point, int address, int count) =>
        point.Address < address + count && point.End > address;
}
