using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Simulation.Network;

namespace Gateway.Simulation.Plc;

/// <summary>
/// The far end of one line: its PLCs behind one server, told apart by unit id. Members may be called from any thread.
/// </summary>
public sealed class SimulatedPlcLine : IDataModel, IAsyncDisposable
{
    private readonly SimulatedPlc[] _plcs;
    private readonly ModbusServer? _plainServer;
    private volatile bool _isCut;

    internal SimulatedPlcLine(ModbusLineDefinition definition, SimulatedPlc[] plcs, FaultRules faults, TimeProvider time)
    {
        _plcs = plcs;
        Definition = definition;
        Framing = FramingOf(definition.Transport);
        Server = new FaultyModbusServer(this, faults, DeviceOf, time);
        if (Framing != ModbusFraming.Tcp)
            _plainServer = new ModbusServer(this, time: time);
    }

    /// <summary>The line as the site has it.</summary>
    public ModbusLineDefinition Definition { get; }

    /// <summary>How frames are wrapped on this line.</summary>
    public ModbusFraming Framing { get; }

    /// <summary>The PLCs.</summary>
    public IReadOnlyList<SimulatedPlc> Plcs => _plcs;

    /// <summary>The server of TCP frames, with the station's fault rules.</summary>
    public FaultyModbusServer Server { get; }

    /// <summary>All PLCs of the line are off, or the line is cut: nobody listens.</summary>
    public bool IsStopped => IsCut || (_plcs.Length > 0 && Array.TrueForAll(_plcs, plc => plc.IsStopped));

    /// <summary>The line is cut.</summary>
    public bool IsCut
    {
        get => _isCut;
        internal set => _isCut = value;
    }

    /// <summary>Raised after a PLC was switched, from the thread that did it; a listener opens or closes its port.</summary>
    public event Action<SimulatedPlcLine>? Switched;

    /// <summary>
    /// Serves a connection until it ends. Lines with TCP frames follow the fault rules; serial framings are served
    /// without them.
    /// </summary>
    public Task ServeAsync(Stream stream, CancellationToken cancellation = default) => _plainServer is null
        ? Server.ServeAsync(stream, cancellation)
        : _plainServer.ServeAsync(stream, Framing, cancellation);

    /// <summary>Opens the line's port on a simulated network; it is closed while all PLCs are off.</summary>
    public void Listen(SimulatedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        SimulatedListener? listener = null;
        Switched += Follow;
        Follow(this);

        void Follow(SimulatedPlcLine line)
        {
            if (!IsStopped)
            {
                listener ??= network.Listen(Definition.Host, Definition.Port, stream => ServeAsync(stream));
                return;
            }

            listener?.Dispose();
            listener = null;
        }
    }

    /// <inheritdoc/>
    public bool Serves(byte unit) => Find(unit) is not null;

    /// <inheritdoc/>
    public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
        Find(unit)?.Coils(unit, address, count, write, read) ?? ModbusExceptionCode.GatewayTargetFailedToRespond;

    /// <inheritdoc/>
    public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read) =>
        Find(unit)?.DiscreteInputs(unit, address, count, read) ?? ModbusExceptionCode.GatewayTargetFailedToRespond;

    /// <inheritdoc/>
    public ModbusExceptionCode HoldingRegisters(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) =>
        Find(unit)?.HoldingRegisters(unit, address, count, write, read) ?? ModbusExceptionCode.GatewayTargetFailedToRespond;

    /// <inheritdoc/>
    public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read) =>
        Find(unit)?.InputRegisters(unit, address, count, read) ?? ModbusExceptionCode.GatewayTargetFailedToRespond;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Identification(byte unit, byte objectId) =>
        Find(unit) is { } plc ? plc.Identification(unit, objectId) : default;

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().ConfigureAwait(false);
        if (_plainServer is not null)
            await _plainServer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes the connections when the last PLC was switched off, and tells the listener.</summary>
    internal void FollowPlcs()
    {
        Server.IsStopped = IsStopped;
        Switched?.Invoke(this);
    }

    private static ModbusFraming FramingOf(LineTransport transport) => transport switch
    {
        LineTransport.ModbusTcp or LineTransport.ModbusTls => ModbusFraming.Tcp,
        LineTransport.ModbusRtuOverTcp => ModbusFraming.RtuOverTcp,
        LineTransport.ModbusRtu => ModbusFraming.Rtu,
        _ => ModbusFraming.Ascii,
    };

    private string? DeviceOf(byte unit) => Array.Find(_plcs, plc => plc.Unit == unit)?.Name;

    private SimulatedPlc? Find(byte unit)
    {
        foreach (var plc in _plcs)
        {
            if (plc.Serves(unit))
                return plc;
        }

        return null;
    }
}
