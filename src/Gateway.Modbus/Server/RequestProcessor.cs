using System.Buffers.Binary;
using Gateway.Modbus.Protocol;

namespace Gateway.Modbus.Server;

/// <summary>
/// The server's logic as one pure call: request in, answer out, the model behind. Checks run in the order of the
/// state diagrams of Modbus 1.1b3 §6: function, quantity and length, address, execution.
/// </summary>
public static class RequestProcessor
{
    // Identification object ids (§6.21): basic 0 to 2, regular up to 0x7F, extended from 0x80.
    private const int LastBasicObject = 0x02;
    private const int LastRegularObject = 0x7F;
    private const int LastObject = 0xFF;

    /// <summary>Executes a request.</summary>
    /// <param name="requestPdu">Function code and data; at least one byte.</param>
    /// <param name="responsePdu">Room for 253 bytes.</param>
    /// <param name="unit">Unit id of the request.</param>
    /// <param name="model">The data.</param>
    /// <returns>Bytes of the answer.</returns>
    public static int Process(ReadOnlySpan<byte> requestPdu, Span<byte> responsePdu, byte unit, IDataModel model)
    {
        ref readonly var entry = ref FunctionTable.Find(requestPdu[0]);
        if (!entry.IsKnown)
            return Refuse(requestPdu[0], ModbusExceptionCode.IllegalFunction, responsePdu);

        // §6.19: other types of the encapsulated interface have other lengths and are functions of their own.
        var isMei = entry.Kind == FunctionKind.DeviceIdentification;
        if (isMei && requestPdu.Length > 1 && requestPdu[1] != ProtocolLimits.DeviceIdentificationMei)
            return Refuse(requestPdu[0], ModbusExceptionCode.IllegalFunction, responsePdu);

        // §7, code 03: "the implied length is incorrect".
        if (entry.Request.Measure(requestPdu) != requestPdu.Length)
            return Refuse(requestPdu[0], ModbusExceptionCode.IllegalDataValue, responsePdu);
        var response = new PduWriter(responsePdu);
        response.WriteByte(requestPdu[0]);
        var code = Execute(in entry, requestPdu, ref response, unit, model);
        return code == ModbusExceptionCode.None ? response.Length : Refuse(requestPdu[0], code, responsePdu);
    }

    /// <summary>Writes an exception answer and returns its length.</summary>
    public static int Refuse(byte function, ModbusExceptionCode code, Span<byte> responsePdu)
    {
        responsePdu[0] = (byte)(function | ProtocolLimits.ExceptionFlag);
        responsePdu[1] = (byte)code;
        return 2;
    }

    private static ModbusExceptionCode Execute(
        in FunctionEntry entry, ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model) =>
        entry.Kind switch
        {
            FunctionKind.Read => Read(in entry, request, ref response, unit, model),
            FunctionKind.WriteSingle => WriteSingle(in entry, request, ref response, unit, model),
            FunctionKind.WriteMultiple => WriteMultiple(in entry, request, ref response, unit, model),
            FunctionKind.MaskWrite => MaskWrite(in entry, request, ref response, unit, model),
            FunctionKind.ReadWrite => ReadWrite(in entry, request, ref response, unit, model),
            _ => Identify(request, ref response, unit, model),
        };

    private static ModbusExceptionCode Read(
        in FunctionEntry entry, ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model)
    {
        var fields = new PduReader(request[1..]);
        var address = fields.ReadUInt16();
        var count = fields.ReadUInt16();
        if (count == 0 || count > entry.MaxRead)
            return ModbusExceptionCode.IllegalDataValue;
        return ReadInto(in entry, ref response, unit, address, count, model);
    }

    private static ModbusExceptionCode ReadInto(
        in FunctionEntry entry, ref PduWriter response, byte unit, ushort address, ushort count, IDataModel model)
    {
        var bytes = entry.DataBytes(count);
        response.WriteByte((byte)bytes);
        var room = response.Reserve(bytes);
        room.Clear();
        return Access(entry.Space, unit, address, count, default, room, model);
    }

    private static ModbusExceptionCode WriteSingle(
        in FunctionEntry entry, ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model)
    {
        var fields = new PduReader(request[1..]);
        var address = fields.ReadUInt16();
        var value = fields.Rest;
        ReadOnlySpan<byte> bit = [1];
        ReadOnlySpan<byte> noBit = [0];
        if (entry.IsBit)
        {
            // §6.5: only FF00 and 0000 are values of a coil.
            var coil = fields.ReadUInt16();
            if (coil is not (0 or ProtocolLimits.CoilOn))
                return ModbusExceptionCode.IllegalDataValue;
            value = coil == 0 ? noBit : bit;
        }

        response.WriteBytes(request[1..]);
        return Access(entry.Space, unit, address, 1, value, default, model);
    }

    private static ModbusExceptionCode WriteMultiple(
        in FunctionEntry entry, ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model)
    {
        var fields = new PduReader(request[1..]);
        var address = fields.ReadUInt16();
        var count = fields.ReadUInt16();
        var bytes = fields.ReadByte();
        if (count == 0 || count > entry.MaxWrite || bytes != entry.DataBytes(count))
            return ModbusExceptionCode.IllegalDataValue;
        response.WriteBytes(request[1..5]);
        return Access(entry.Space, unit, address, count, fields.Rest, default, model);
    }

    private static ModbusExceptionCode MaskWrite(
        in FunctionEntry entry, ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model)
    {
        var fields = new PduReader(request[1..]);
        var address = fields.ReadUInt16();
        var and = fields.ReadUInt16();
        var or = fields.ReadUInt16();
        Span<byte> register = stackalloc byte[2];
        var code = Access(entry.Space, unit, address, 1, default, register, model);
        if (code != ModbusExceptionCode.None)
            return code;

        // §6.16: result = (current AND and-mask) OR (or-mask AND NOT and-mask).
        var current = BinaryPrimitives.ReadUInt16BigEndian(register);
        BinaryPrimitives.WriteUInt16BigEndian(register, (ushort)((current & and) | (or & ~and)));
        response.WriteBytes(request[1..]);
        return Access(entry.Space, unit, address, 1, register, default, model);
    }

    private static ModbusExceptionCode ReadWrite(
        in FunctionEntry entry, ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model)
    {
        var fields = new PduReader(request[1..]);
        var readAddress = fields.ReadUInt16();
        var readCount = fields.ReadUInt16();
        var writeAddress = fields.ReadUInt16();
        var writeCount = fields.ReadUInt16();
        var bytes = fields.ReadByte();
        var isRead = readCount != 0 && readCount <= entry.MaxRead;
        var isWrite = writeCount != 0 && writeCount <= entry.MaxWrite && bytes == entry.DataBytes(writeCount);
        if (!isRead || !isWrite)
            return ModbusExceptionCode.IllegalDataValue;

        // The read range is proven before anything is written: a refused request changes nothing.
        var trial = response;
        var code = ReadInto(in entry, ref trial, unit, readAddress, readCount, model);
        if (code != ModbusExceptionCode.None)
            return code;
        code = Access(entry.Space, unit, writeAddress, writeCount, fields.Rest, default, model);

        // §6.17: the write comes before the read.
        return code != ModbusExceptionCode.None
            ? code
            : ReadInto(in entry, ref response, unit, readAddress, readCount, model);
    }

    private static ModbusExceptionCode Access(
        DataSpace space, byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read, IDataModel model)
    {
        // §4.4: addresses run to 65535 and never wrap.
        if (address + count > 65536)
            return ModbusExceptionCode.IllegalDataAddress;
        return space switch
        {
            DataSpace.Coils => model.Coils(unit, address, count, write, read),
            DataSpace.DiscreteInputs => model.DiscreteInputs(unit, address, count, read),
            DataSpace.HoldingRegisters => model.HoldingRegisters(unit, address, count, write, read),
            DataSpace.InputRegisters => model.InputRegisters(unit, address, count, read),
            _ => ModbusExceptionCode.IllegalFunction,
        };
    }

    private static ModbusExceptionCode Identify(
        ReadOnlySpan<byte> request, ref PduWriter response, byte unit, IDataModel model)
    {
        int category = request[2];
        int first = request[3];
        if (category is < 1 or > 4)
            return ModbusExceptionCode.IllegalDataValue;
        var isSpecific = category == 4;
        var last = category switch { 1 => LastBasicObject, 2 => LastRegularObject, 3 => LastObject, _ => first };
        if (model.Identification(unit, (byte)first).IsEmpty || first > last)
        {
            // §6.21: an unknown object restarts the list, but one asked for alone is an illegal address.
            if (isSpecific)
                return ModbusExceptionCode.IllegalDataAddress;
            first = 0;
        }

        response.WriteByte(ProtocolLimits.DeviceIdentificationMei);
        response.WriteByte((byte)category);
        response.WriteByte(Conformity(unit, model));
        var tail = response.Reserve(3);
        var room = ProtocolLimits.MaxPdu - response.Length;
        byte objects = 0;
        var next = -1;
        for (var id = first; id <= last && next < 0; id++)
        {
            var value = model.Identification(unit, (byte)id);
            if (value.IsEmpty)
                continue;
            if (value.Length + 2 > room)
            {
                next = id;
                continue;
            }

            response.WriteByte((byte)id);
            response.WriteByte((byte)value.Length);
            response.WriteBytes(value);
            room -= value.Length + 2;
            objects++;
        }

        tail[0] = next < 0 ? (byte)0 : (byte)0xFF;
        tail[1] = next < 0 ? (byte)0 : (byte)next;
        tail[2] = objects;
        return ModbusExceptionCode.None;
    }

    /// <summary>§6.21: 0x81 basic, 0x82 regular, 0x83 extended; the high bit says that single objects can be asked.</summary>
    private static byte Conformity(byte unit, IDataModel model)
    {
        byte level = 0x81;
        for (var id = LastBasicObject + 1; id <= LastObject; id++)
        {
            if (model.Identification(unit, (byte)id).IsEmpty)
                continue;
            if (id > LastRegularObject)
                return 0x83;
            level = 0x82;
        }

        return level;
    }
}
