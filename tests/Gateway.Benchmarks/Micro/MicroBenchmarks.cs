using BenchmarkDotNet.Attributes;
using Gateway.Benchmarks.Scan;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Expressions;
using Gateway.Runtime.Tags;

namespace Gateway.Benchmarks.Micro;

/// <summary>The registers of one full answer, decoded value by value.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private readonly byte[] _image = [.. Enumerable.Range(0, 250).Select(i => (byte)(i * 7))];
    private readonly double[] _values = new double[125];
    private RegisterCodec[] _integers = [];
    private RegisterCodec[] _floats = [];
    private RegisterCodec _float;

    [GlobalSetup]
    public void Build()
    {
        _integers = [.. Enumerable.Range(0, 125).Select(r => RegisterCodec.ForRegisters(RegisterType.UInt16, default, r))];
        _floats = [.. Enumerable.Range(0, 62).Select(r => RegisterCodec.ForRegisters(RegisterType.Float32, ByteOrder.Cdab, 2 * r))];
        _float = _floats[10];
    }

    [Benchmark]
    public double One_float32_CDAB()
    {
        _float.TryDecode(_image, out double value);
        return value;
    }

    [Benchmark]
    public void Answer_of_125_uint16() => Decode(_integers);

    [Benchmark]
    public void Answer_of_62_float32_CDAB() => Decode(_floats);

    private void Decode(RegisterCodec[] codecs)
    {
        for (int i = 0; i < codecs.Length; i++)
            codecs[i].TryDecode(_image, out _values[i]);
    }
}

/// <summary>The stages of a scan, each alone on 1,000 of its kind.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private LargePlant _alarms = null!;
    private LargePlant _windows = null!;
    private LargePlant _blocks = null!;
    private ExpressionProgram _program = null!;

    [GlobalSetup]
    public void Build()
    {
        _alarms = new LargePlant(1250, 1000, 0, 0);
        _windows = new LargePlant(1250, 0, 1000, 0);
        _blocks = new LargePlant(1250, 0, 0, 200);
        foreach (LargePlant plant in (LargePlant[])[_alarms, _windows, _blocks])
        {
            plant.Feed();
            plant.Cycle.Execute(plant.Now);
            plant.Drain();
        }
        _program = _blocks.Model.Tags[^1].Expression!;
    }

    [Benchmark]
    public long Alarm_engine_of_1000()
    {
        _alarms.Cycle.Alarms.Execute(_alarms.Cycle.Tags, _alarms.Now, _alarms.Cycle.Events);
        return _alarms.Cycle.Events.LastSequence;
    }

    [Benchmark]
    public long Compliance_engine_of_1000()
    {
        _windows.Cycle.Compliance.Execute(_windows.Cycle.Tags, _windows.Now, _windows.Cycle.Events);
        return _windows.Cycle.Events.LastSequence;
    }

    [Benchmark]
    public double Expression_of_one_block() => _program.Run(_blocks.Cycle.Tags, out Quality _, out long _);
}
