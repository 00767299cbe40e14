using Gateway.Drivers.Modbus;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Protocol;
using Gateway.Modbus.Registers;
using Gateway.Runtime.Scan;
using Gateway.Simulation.Network;

namespace Gateway.Drivers.Tests.Lessons;

/// <summary>Field lessons of section 4: writes.</summary>
public sealed class WriteTests
{
    private const string Plc = "plc:502";

    private readonly LineRig _rig = new();
    private readonly FieldModel _model = new();
    private long _sequence;
    private long _seen;

    private static ModbusPoint[] Points =>
    [
        new() { Tag = 0, Space = DataSpace.HoldingRegisters, Address = 40, Type = RegisterType.UInt16, Output = 0 },
        new() { Tag = 1, Space = DataSpace.HoldingRegisters, Address = 50, Type = RegisterType.Float32, Output = 1 },
        new() { Tag = 2, Space = DataSpace.HoldingRegisters, Address = 60, Bit = 9, Output = 2 },
        new() { Tag = 3, Space = DataSpace.Coils, Address = 7, Output = 3 },
        new() { Tag = 4, Space = DataSpace.HoldingRegisters, Address = 61, Type = RegisterType.UInt8High, Output = 4 },
    ];

    private ModbusLine Start(Func<ModbusDevice, ModbusDevice>? change = null, Func<PeerRequest, PeerAnswer>? script = null, List<PeerRequest>? requests = null)
    {
        var peer = new ScriptedPeer(_rig.Time, _model);
        peer.Script = r =>
        {
            requests?.Add(r);
            return script?.Invoke(r) ?? PeerAnswer.Honest;
        };
        _rig.Network.Listen(Plc, peer.ServeAsync);
        ModbusDevice device = LineRig.Device(1, Points);
        ModbusLine line = _rig.Start(LineRig.Line("plc", change?.Invoke(device) ?? device));
        _rig.Run(0.5);
        return line;
    }

    private long Elapsed => _rig.Time.GetTimestamp() - _rig.Epoch;

    private void Post(int output, double raw, double expirySeconds = 2) =>
        _rig.Outputs.Post(output, new OutputRequest(++_sequence, raw, Elapsed + (long)(expirySeconds * TimeSpan.TicksPerSecond)));

    private OutputOutcome Outcome(int output, double withinSeconds = 5)
    {
        OutputOutcome outcome = default;
        Assert.True(_rig.RunUntil(() => _rig.Outputs.TryTakeOutcome(output, ref _seen, out outcome), withinSeconds));
        return outcome;
    }

    [Theory]
    [InlineData(false, 0, 16)]
    [InlineData(true, 0, 6)]
    [InlineData(true, 1, 16)]
    [InlineData(false, 2, 22)]
    [InlineData(false, 3, 15)]
    [InlineData(true, 3, 5)]
    [InlineData(false, 4, 22)]
    public void A_write_uses_the_function_for_its_type_and_leaves_the_neighbors_alone(bool isSingle, int output, int function)
    {
        var requests = new List<PeerRequest>();
        Start(d => d with { WriteSingle = isSingle }, requests: requests);
        _model[60] = 0x5555;
        _model[61] = 0x1234;
        double value = output switch { 1 => 229.01f, 2 or 3 => 1, _ => 77 };
        Post(output, value);
        OutputOutcome outcome = Outcome(output);
        Assert.Equal(new OutputOutcome(_sequence, OutputResult.Done, 0, value), outcome);
        Assert.Equal(function, Assert.Single(requests, r => r.Pdu[0] > 4).Pdu[0]);
        Assert.Equal(output == 2 ? 0x5755 : 0x5555, _model[60]);
        Assert.Equal(output == 4 ? 0x4D34 : 0x1234, _model[61]);
        Assert.Equal(output == 3 || _model.Coil(7), _model.Coil(7));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void F38_a_refusal_is_told_as_a_refusal_with_its_code(int code)
    {
        _model.WriteFailure = (ModbusExceptionCode)code;
        Start();
        Post(0, 7);
        OutputOutcome outcome = Outcome(0);
        Assert.Equal(OutputResult.Refused, outcome.Result);
        Assert.Equal((uint)code, outcome.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void F38_an_acknowledge_is_decided_by_what_the_device_does_then(bool isDone)
    {
        Start(script: r =>
        {
            if (r.Pdu[0] != 16)
                return PeerAnswer.Honest;
            if (isDone)
                _rig.Time.Schedule(TimeSpan.FromSeconds(1), _ => _model[40] = 7, null);
            return PeerAnswer.Honest with { Pdu = [0x90, 5] };
        });
        Post(0, 7);
        OutputOutcome outcome = Outcome(0);
        Assert.Equal(isDone ? OutputResult.Done : OutputResult.Refused, outcome.Result);
        Assert.Equal(isDone ? 0u : 5u, outcome.Code);
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void F38_a_value_that_the_register_cannot_hold_is_refused_and_not_sent(double raw)
    {
        Start();
        Post(0, raw);
        Assert.Equal(OutputResult.Refused, Outcome(0).Result);
        Assert.Equal(0, _model.Writes);
    }

    [Fact]
    public void F39_a_device_that_says_ok_and_does_nothing_fails_verification_in_its_time()
    {
        _model.IgnoresWrites = true;
        Start();
        Post(0, 7);
        long posted = Elapsed;
        OutputOutcome outcome = Outcome(0);
        Assert.Equal(new OutputOutcome(1, OutputResult.FailedVerify, 0, 40), outcome);
        Assert.InRange((Elapsed - posted) / 1e7, 1.9, 2.2);
    }

    [Fact]
    public void F39_a_device_that_takes_a_while_passes_verification()
    {
        _model.IgnoresWrites = true;
        Start();
        Post(0, 7);
        _rig.Time.Schedule(TimeSpan.FromSeconds(1.5), _ => _model[40] = 7, null);
        Assert.Equal(OutputResult.Done, Outcome(0).Result);
    }

    [Fact]
    public void F39_without_verification_the_devices_word_is_taken()
    {
        _model.IgnoresWrites = true;
        Start(d => d with { VerifyWrites = false });
        Post(0, 7);
        Assert.Equal(OutputResult.Done, Outcome(0, 0.1).Result);
    }

    [Theory]
    [InlineData(true, true, OutputResult.Done)]
    [InlineData(false, true, OutputResult.Done)]
    [InlineData(true, false, OutputResult.FailedVerify)]
    [InlineData(false, false, OutputResult.FailedVerify)]
    public void F40_a_wrong_echo_is_decided_by_read_back(bool isVerified, bool isDone, OutputResult expected)
    {
        _model.IgnoresWrites = !isDone;
        var line = Start(d => d with { VerifyWrites = isVerified }, r =>
        {
            if (r.Pdu[0] != 16)
                return PeerAnswer.Honest;
            if (isDone)
                _model[40] = 7;
            return PeerAnswer.Honest with { Pdu = [16, 0, 0, 0, 1] };
        });
        Post(0, 7);
        Assert.Equal(expected, Outcome(0).Result);
        Assert.Equal(1, line.Statistics.Connects);
    }

    [Theory]
    [InlineData(true, OutputResult.Done)]
    [InlineData(false, OutputResult.TimedOut)]
    public void F38_an_unanswered_write_is_decided_by_read_back(bool isDone, OutputResult expected)
    {
        Start(script: r =>
        {
            if (r.Pdu[0] != 16)
                return PeerAnswer.Honest;
            if (isDone)
                _model[40] = 7;
            return PeerAnswer.Silence;
        });
        Post(0, 7);
        Assert.Equal(expected, Outcome(0).Result);
    }

    [Fact]
    public void F41_writes_while_the_link_is_down_expire_or_are_replaced_and_none_fires_late()
    {
        var requests = new List<PeerRequest>();
        ModbusLine line = Start(requests: requests);
        SimulatedLink link = _rig.Network.Link(Plc);
        link.State = LinkState.Refused;
        link.Reset();
        _rig.Run(0.2);
        var outcomes = new Dictionary<long, OutputResult>();
        for (int i = 0; i < 100; i++)
        {
            Post(i % 2 == 0 ? 0 : 3, i % 2);
            _rig.RunUntil(
                () =>
                {
                    foreach (int output in new[] { 0, 3 })
                    {
                        long seen = 0;
                        if (_rig.Outputs.TryTakeOutcome(output, ref seen, out OutputOutcome outcome))
                            outcomes[outcome.Sequence] = outcome.Result;
                    }

                    return false;
                },
                0.3);
        }

        link.State = LinkState.Up;
        long lastExpiry = Elapsed - (long)(0.3 * TimeSpan.TicksPerSecond) + (2 * TimeSpan.TicksPerSecond);
        _rig.RunUntil(
            () =>
            {
                foreach (int output in new[] { 0, 3 })
                {
                    long seen = 0;
                    if (_rig.Outputs.TryTakeOutcome(output, ref seen, out OutputOutcome outcome))
                        outcomes[outcome.Sequence] = outcome.Result;
                }

                return false;
            },
            70);
        Assert.Equal(100, outcomes.Count);
        Assert.All(requests.Where(r => r.Pdu[0] > 4), r => Assert.True(r.At - _rig.Epoch <= lastExpiry));
        Assert.True(outcomes.Values.Count(r => r == OutputResult.Expired) >= 98);
        Assert.True(line.Statistics.IsUp(line.Elapsed));
    }

    [Fact]
    public void F41_a_short_cut_lets_the_newest_write_through_before_its_expiry()
    {
        Start();
        SimulatedLink link = _rig.Network.Link(Plc);
        link.Reset();
        _rig.Run(0.1);
        Post(0, 7);
        _rig.Run(0.1);
        Post(0, 8);
        OutputOutcome first = Outcome(0);
        Assert.Equal(new OutputOutcome(1, OutputResult.Expired, 0, double.NaN), first);
        Assert.Equal(new OutputOutcome(2, OutputResult.Done, 0, 8), Outcome(0));
        Assert.Equal(1, _model.Writes);
    }

    [Fact]
    public void F41_a_write_to_a_device_that_is_only_probed_expires()
    {
        bool isDead = false;
        Start(script: _ => isDead ? PeerAnswer.Silence : PeerAnswer.Honest);
        isDead = true;
        _rig.Run(8);
        Post(0, 7, expirySeconds: 1);
        Assert.Equal(OutputResult.Expired, Outcome(0).Result);
        Assert.Equal(0, _model.Writes);
    }

    [Fact]
    public void A_newer_request_ends_the_verification_of_the_older_one_with_what_is_known()
    {
        _model.IgnoresWrites = true;
        Start();
        Post(0, 7);
        _rig.Run(0.5);
        _model.IgnoresWrites = false;
        Post(0, 8);
        Assert.Equal(OutputResult.FailedVerify, Outcome(0).Result);
        Assert.Equal(new OutputOutcome(2, OutputResult.Done, 0, 8), Outcome(0));
    }
}
