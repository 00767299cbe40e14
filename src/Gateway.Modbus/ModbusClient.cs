using Gateway.Modbus.Client;
using Gateway.Modbus.Protocol;

namespace Gateway.Modbus;

/// <summary>
/// A Modbus client on one stream. Requests may be made from any thread; up to the window are in flight, the rest
/// wait in order. A reply resumes its awaiter on the thread that read it, so awaiting code must not block.
/// In steady state no request allocates. After a disconnect the client is used up: dispose it and make another.
/// </summary>
public sealed partial class ModbusClient : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly ModbusClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly Action _onWritten;

    // In flight by transaction id modulo the table's length; without ids only entry 0 is used.
    private readonly Transaction?[] _inFlight = new Transaction?[ProtocolLimits.MaxWindow];
    private readonly bool _hasIds;
    private readonly long _timeoutTicks;
    private readonly long _silenceTicks;
    private readonly long _drainTicks;
    private readonly long _broadcastTicks;
    private Transaction? _free;
    private TransactionList _waiting;
    private TransactionList _completed;
    private int _transactions;
    private int _inFlightCount;
    private volatile bool _isClosed;

    /// <summary>Takes over an opened <paramref name="stream"/> and starts reading it.</summary>
    /// <param name="stream">A socket, TLS, serial or simulated stream; disposed with the client.</param>
    /// <param name="options">Framing, window and times.</param>
    /// <param name="time">Clock and timers; the system's when null.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ModbusClient(Stream stream, ModbusClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _stream = stream;
        _options = options;
        _time = time ?? TimeProvider.System;
        _hasIds = options.HasIds;
        _timeoutTicks = Ticks(TimeSpan.FromMilliseconds(options.TimeoutMs));
        _silenceTicks = Ticks(options.Silence);
        _drainTicks = Ticks(options.Drain);
        _broadcastTicks = Ticks(TimeSpan.FromMilliseconds(options.BroadcastDelayMs));
        _outgoing = new byte[options.Window * options.FrameRoom];
        _writingBuffer = new byte[_outgoing.Length];
        _received = new byte[Math.Max(2048, (options.Window + 1) * options.FrameRoom)];
        _onWritten = OnWritten;
        _timer = _time.CreateTimer(static c => ((ModbusClient)c!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _reading = ReadLoopAsync();
    }

    /// <summary>Counters.</summary>
    public ModbusClientStatistics Statistics { get; } = new();

    /// <summary>False once the stream failed, the peer closed it or lost our trust, or the client was disposed.</summary>
    public bool IsConnected => !_isClosed;

    /// <summary>Reads bits or registers (functions 1 to 4).</summary>
    /// <param name="unit">Unit id.</param>
    /// <param name="function">One of the four read functions.</param>
    /// <param name="address">First item, from 0.</param>
    /// <param name="count">Number of items; at most 2000 bits or 125 registers.</param>
    /// <param name="destination">Room for the data bytes as they come: registers high byte first, bits packed from bit 0.</param>
    /// <exception cref="ArgumentException">The function is no read, the count is out of range or the room too small.</exception>
    public ValueTask<ModbusReply> ReadAsync(
        byte unit, ModbusFunction function, ushort address, ushort count, Memory<byte> destination)
    {
        ref readonly var entry = ref FunctionTable.Find(function);
        if (entry.Kind != FunctionKind.Read)
            throw new ArgumentException("The function is not a read function.", nameof(function));
        ArgumentOutOfRangeException.ThrowIfZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, entry.MaxRead);
        Span<byte> buffer = stackalloc byte[5];
        var pdu = new PduWriter(buffer);
        pdu.WriteFunction(function);
        pdu.WriteUInt16(address);
        pdu.WriteUInt16(count);
        return Submit(pdu.Written, unit, destination);
    }

    /// <summary>Writes bits or registers (functions 5, 6, 15, 16) and checks the echo.</summary>
    /// <param name="unit">Unit id; 0 on a serial line addresses all devices, none of which answers.</param>
    /// <param name="function">One of the four write functions.</param>
    /// <param name="address">First item, from 0.</param>
    /// <param name="count">Number of items; 1 for functions 5 and 6.</param>
    /// <param name="data">Wire bytes: FF 00 or 00 00 for function 5, packed bits for 15, registers high byte first else.</param>
    /// <exception cref="ArgumentException">The function is no write, or count and data do not fit it.</exception>
    public ValueTask<ModbusReply> WriteAsync(
        byte unit, ModbusFunction function, ushort address, ushort count, ReadOnlyMemory<byte> data)
    {
        ref readonly var entry = ref FunctionTable.Find(function);
        var isSingle = entry.Kind == FunctionKind.WriteSingle;
        if (!isSingle && entry.Kind != FunctionKind.WriteMultiple)
            throw new ArgumentException("The function is not a write function.", nameof(function));
        ArgumentOutOfRangeException.ThrowIfZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, entry.MaxWrite);
        if (data.Length != (isSingle ? 2 : entry.DataBytes(count)))
            throw new ArgumentException("The data's length does not fit the count.", nameof(data));
        Span<byte> buffer = stackalloc byte[ProtocolLimits.MaxPdu];
        var pdu = new PduWriter(buffer);
        pdu.WriteFunction(function);
        pdu.WriteUInt16(address);
        if (!isSingle)
        {
            pdu.WriteUInt16(count);
            pdu.WriteByte((byte)data.Length);
        }

        pdu.WriteBytes(data.Span);
        return Submit(pdu.Written, unit, default);
    }

    /// <summary>Changes bits of one holding register (function 22): (current AND and) OR (or AND NOT and).</summary>
    public ValueTask<ModbusReply> MaskWriteAsync(byte unit, ushort address, ushort andMask, ushort orMask)
    {
        Span<byte> buffer = stackalloc byte[7];
        var pdu = new PduWriter(buffer);
        pdu.WriteFunction(ModbusFunction.MaskWriteRegister);
        pdu.WriteUInt16(address);
        pdu.WriteUInt16(andMask);
        pdu.WriteUInt16(orMask);
        return Submit(pdu.Written, unit, default);
    }

    /// <summary>Writes and then reads holding registers in one transaction (function 23).</summary>
    /// <param name="unit">Unit id.</param>
    /// <param name="readAddress">First register read.</param>
    /// <param name="readCount">1 to 125 registers.</param>
    /// <param name="writeAddress">First register written.</param>
    /// <param name="writeData">1 to 121 registers, two bytes each, high byte first.</param>
    /// <param name="destination">Room for two bytes per register read.</param>
    /// <exception cref="ArgumentException">A count is out of range or the room is too small.</exception>
    public ValueTask<ModbusReply> ReadWriteAsync(
        byte unit,
        ushort readAddress,
        ushort readCount,
        ushort writeAddress,
        ReadOnlyMemory<byte> writeData,
        Memory<byte> destination)
    {
        ref readonly var entry = ref FunctionTable.Find(ModbusFunction.ReadWriteMultipleRegisters);
        ArgumentOutOfRangeException.ThrowIfZero(readCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(readCount, entry.MaxRead);
        if (writeData.IsEmpty || writeData.Length % 2 != 0 || writeData.Length > 2 * entry.MaxWrite)
            throw new ArgumentException("The data must be 1 to 121 whole registers.", nameof(writeData));
        Span<byte> buffer = stackalloc byte[ProtocolLimits.MaxPdu];
        var pdu = new PduWriter(buffer);
        pdu.WriteFunction(ModbusFunction.ReadWriteMultipleRegisters);
        pdu.WriteUInt16(readAddress);
        pdu.WriteUInt16(readCount);
        pdu.WriteUInt16(writeAddress);
        pdu.WriteUInt16((ushort)(writeData.Length / 2));
        pdu.WriteByte((byte)writeData.Length);
        pdu.WriteBytes(writeData.Span);
        return Submit(pdu.Written, unit, destination);
    }

    /// <summary>Asks for identification objects (function 43, MEI 14); read the answer with <see cref="DeviceIdentification"/>.</summary>
    /// <param name="unit">Unit id.</param>
    /// <param name="category">1 basic, 2 regular, 3 extended, 4 one object.</param>
    /// <param name="objectId">First object, or the one object.</param>
    /// <param name="destination">Room for 252 bytes.</param>
    /// <exception cref="ArgumentException">The category is unknown or the room too small.</exception>
    public ValueTask<ModbusReply> ReadDeviceIdentificationAsync(
        byte unit, byte category, byte objectId, Memory<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfZero(category);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(category, (byte)4);
        return Submit(
            [(byte)ModbusFunction.EncapsulatedInterface, ProtocolLimits.DeviceIdentificationMei, category, objectId],
            unit,
            destination);
    }

    /// <summary>Sends a prebuilt request; its bytes are copied before this returns.</summary>
    /// <param name="requestPdu">Function code and data, 1 to 253 bytes.</param>
    /// <param name="unit">Unit id.</param>
    /// <param name="destination">Room for the answer's data; 252 bytes when the function is not in the table.</param>
    /// <exception cref="ArgumentException">The request has an impossible length or the room is too small.</exception>
    public ValueTask<ModbusReply> SendAsync(ReadOnlyMemory<byte> requestPdu, byte unit, Memory<byte> destination) =>
        Submit(requestPdu.Span, unit, destination);

    /// <summary>Closes the stream; every pending request ends as Disconnected.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(ModbusReply.Gone);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    internal void Return(Transaction transaction)
    {
        lock (_gate)
        {
            transaction.Next = _free;
            _free = transaction;
        }
    }

    private ValueTask<ModbusReply> Submit(ReadOnlySpan<byte> pdu, byte unit, Memory<byte> destination)
    {
        var isBroadcast = CheckRequest(pdu, unit, destination.Length);
        Transaction transaction;
        lock (_gate)
        {
            if (_isClosed)
                return new ValueTask<ModbusReply>(ModbusReply.Gone);
            transaction = TakeFree();
            transaction.Load(pdu, unit, destination, isBroadcast);
            _waiting.Add(transaction);
            SendWaiting();
        }

        // Code resumed by the reader sends together with everything else that this read resumes.
        if (_resumingThread != Environment.CurrentManagedThreadId)
            Flush();
        return new ValueTask<ModbusReply>(transaction, transaction.Version);
    }

    private bool CheckRequest(ReadOnlySpan<byte> pdu, byte unit, int room)
    {
        if (pdu.IsEmpty || pdu.Length > ProtocolLimits.MaxPdu)
            throw new ArgumentException("A request has 1 to 253 bytes.", nameof(pdu));
        ref readonly var entry = ref FunctionTable.Find(pdu[0]);
        if (entry.IsKnown && entry.Request.Measure(pdu) != pdu.Length)
            throw new ArgumentException("The request's length does not fit its function.", nameof(pdu));
        var isBroadcast = unit == ProtocolLimits.BroadcastUnit && _options.IsSerial;
        if (isBroadcast && !entry.Writes)
            throw new ArgumentException("Only writes can be broadcast.", nameof(unit));
        var needed = entry.Kind switch
        {
            FunctionKind.Read or FunctionKind.ReadWrite => ReplyCheck.ExpectedLength(pdu) - 2,
            FunctionKind.Unknown or FunctionKind.DeviceIdentification => ProtocolLimits.MaxPdu - 1,
            _ => 0,
        };
        if (room < needed)
            throw new ArgumentException("The destination is too small for the answer.", nameof(room));
        return isBroadcast;
    }

    private Transaction TakeFree()
    {
        if (_free is { } transaction)
        {
            _free = transaction.Next;
            return transaction;
        }

        if (_transactions == _options.QueueLimit)
            throw new InvalidOperationException("More requests are pending than QueueLimit allows.");
        _transactions++;
        return new Transaction(this);
    }

    private long Ticks(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds * _time.TimestampFrequency);
}
