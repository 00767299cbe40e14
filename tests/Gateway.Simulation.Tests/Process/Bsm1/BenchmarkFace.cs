using System.Buffers.Binary;
using Gateway.Modbus;
using Gateway.Modbus.Server;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>
/// The benchmark plant as a PLC shows it, float32 high word first: input registers 0 oxygen of tank 5 and 2 nitrate of
/// tank 2 as their sensors show them, holding registers 0 KLa of tank 5 (1/d) and 2 internal recycle (m3/d).
/// </summary>
internal sealed class BenchmarkFace(Bsm1Plant plant) : IDataModel
{
    public bool Serves(byte unit) => unit == 1;

    public ModbusExceptionCode Coils(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read) => ModbusExceptionCode.IllegalDataAddress;

    public ModbusExceptionCode DiscreteInputs(byte unit, ushort address, ushort count, Span<byte> read) => ModbusExceptionCode.IllegalDataAddress;

    public ModbusExceptionCode InputRegisters(byte unit, ushort address, ushort count, Span<byte> read)
    {
        if (address != 0 || count != 4)
            return ModbusExceptionCode.IllegalDataAddress;
        BinaryPrimitives.WriteSingleBigEndian(read, (float)plant.Shown(plant.Sensors[0]));
        BinaryPrimitives.WriteSingleBigEndian(read[4..], (float)plant.Shown(plant.Sensors[1]));
        return ModbusExceptionCode.None;
    }

    public ModbusExceptionCode HoldingRegisters(byte unit, ushort address, ushort count, ReadOnlySpan<byte> write, Span<byte> read)
    {
        if (address != 0 || count != 4 || write.IsEmpty)
            return ModbusExceptionCode.IllegalDataAddress;
        plant.Handles.SetAeration(5, BinaryPrimitives.ReadSingleBigEndian(write));
        plant.Handles.InternalRecycle = BinaryPrimitives.ReadSingleBigEndian(write[4..]);
        return ModbusExceptionCode.None;
    }

    public ReadOnlySpan<byte> Identification(byte unit, byte objectId) => default;
}

/// <summary>
/// The benchmark's two default controllers in a client that knows the plant by its registers only: the published tuning,
/// computed once per exchange.
/// </summary>
internal sealed class ExternalController(ModbusClient client)
{
    public const double PeriodSeconds = 10;

    private const double Days = PeriodSeconds / 86_400;

    private readonly byte[] _data = new byte[8];
    private readonly Loop _oxygen = new(2, 25, 0.002, 0.001, 144, 360);
    private readonly Loop _nitrate = new(1, 10_000, 0.025, 0.015, 18_500, 92_230);

    public long Exchanges { get; private set; }

    public async Task ExchangeAsync()
    {
        Assert.True((await client.ReadAsync(1, ModbusFunction.ReadInputRegisters, 0, 4, _data)).IsOk);
        var aeration = _oxygen.Next(BinaryPrimitives.ReadSingleBigEndian(_data));
        var recycle = _nitrate.Next(BinaryPrimitives.ReadSingleBigEndian(_data.AsSpan(4)));
        BinaryPrimitives.WriteSingleBigEndian(_data, (float)aeration);
        BinaryPrimitives.WriteSingleBigEndian(_data.AsSpan(4), (float)recycle);
        Assert.True((await client.WriteAsync(1, ModbusFunction.WriteMultipleRegisters, 0, 4, _data)).IsOk);
        Exchanges++;
    }

    /// <summary>PI with tracking anti-windup in discrete time: u = u0 + K e + I + W, limited.</summary>
    private sealed class Loop(double setpoint, double gain, double integralDays, double trackingDays, double offset, double highest)
    {
        private double _integral;

        public double Next(double measured)
        {
            var error = setpoint - measured;
            var wanted = offset + (gain * error) + _integral;
            var limited = Math.Clamp(wanted, 0, highest);
            _integral += Days * ((gain * error / integralDays) + ((limited - wanted) / trackingDays));
            return limited;
        }
    }
}
