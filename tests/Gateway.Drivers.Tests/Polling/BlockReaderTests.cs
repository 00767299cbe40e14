using Gateway.Drivers.Modbus;
using Gateway.Drivers.Polling;
using Gateway.Drivers.Tests.Support;
using Gateway.Modbus;
using Gateway.Modbus.Registers;
using Gateway.Modbus.Server;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Simulation;

namespace Gateway.Drivers.Tests.Polling;

public sealed class BlockReaderTests
{
    /// <summary>One poll against a model; gives the requests it took.</summary>
    private static int Poll(BlockReader reader, FieldModel model, long now)
    {
        int requests = 0;
        byte[] response = new byte[253];
        reader.Begin(now);
        while (reader.HasMore)
        {
            requests++;
            Assert.InRange(requests, 1, 300);
            int length = RequestProcessor.Process(reader.Request.Span, response, 1, model);
            if (response[0] > 0x80)
                reader.AcceptRefusal(now);
            else
                reader.AcceptData(response.AsSpan(2, length - 2));
        }

        reader.Publish(1);
        return requests;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_set_of_illegal_registers_leaves_exactly_the_points_without_one_good_and_heals(int seed)
    {
        var random = new SeededRandom((ulong)seed, "bisect");
        RegisterType[] types = [RegisterType.UInt16, RegisterType.UInt32, RegisterType.UInt64, RegisterType.Bit];
        for (int round = 0; round < 100; round++)
        {
            ModbusPoint[] points =
            [
                .. Enumerable.Range(0, random.Next(1, 40)).Select(_ => new ModbusPoint
                {
                    Tag = 0, Space = Gateway.Modbus.Protocol.DataSpace.HoldingRegisters, Address = (ushort)random.Next(0, 110),
                    Type = types[random.Next(0, 4)], Bit = -1,
                }).Select(p => p.Type == RegisterType.Bit ? p with { Bit = random.Next(0, 16) } : p),
            ];
            ModbusDevice device = LineRig.Device(1, points) with { MaxGap = 125 };
            var reader = new BlockReader(Assert.Single(ReadPlanner.Plan(LineRig.Line("l", device))), 125);
            var model = new FieldModel();
            for (int i = random.Next(0, 12); i > 0; i--)
                model.IllegalRegisters.Add(random.Next(0, 114));
            long now = 0;
            for (int poll = 0; poll < 12; poll++)
                Poll(reader, model, now += TimeSpan.TicksPerSecond);
            Check(reader, model);
            model.IllegalRegisters.Clear();
            for (int poll = 0; poll < 700; poll++)
                Poll(reader, model, now += TimeSpan.TicksPerSecond);
            Check(reader, model);
            Assert.Equal(0, reader.RefusedCount);
        }
    }

    private static void Check(BlockReader reader, FieldModel model)
    {
        Assert.True(reader.Mailbox.TryLatch(out InputFrame? frame));
        int refused = 0;
        for (int i = 0; i < reader.Block.Points.Length; i++)
        {
            ModbusPoint point = reader.Block.Points[i];
            bool isLegal = !Enumerable.Range(point.Address, PointExtent.Of(point)).Any(model.IllegalRegisters.Contains);
            Assert.Equal(isLegal ? Quality.Good : Quality.BadConfigurationError, frame.Qualities[i]);
            refused += isLegal ? 0 : 1;
        }

        Assert.Equal(refused, reader.RefusedCount);
    }

    [Fact]
    public void After_the_bad_register_is_found_the_rest_is_joined_again()
    {
        var reader = new BlockReader(ReadPlanner.Plan(LineRig.Line("l", LineRig.Device(1, LineRig.Registers(0, 100))))[0], 8);
        var model = new FieldModel();
        model.IllegalRegisters.Add(50);
        for (int poll = 1; poll <= 10; poll++)
            Poll(reader, model, poll);
        Assert.Equal(2, reader.SegmentCount);
        Assert.Equal(2, Poll(reader, model, 11));
    }

    [Fact]
    public void A_time_out_in_one_part_marks_that_part_only()
    {
        var reader = new BlockReader(ReadPlanner.Plan(LineRig.Line("l", LineRig.Device(1, LineRig.Registers(0, 10))))[0], 8);
        var model = new FieldModel();
        model.IllegalRegisters.Add(5);
        for (int poll = 1; poll <= 10; poll++)
            Poll(reader, model, poll);
        byte[] response = new byte[253];
        reader.Begin(11);
        int length = RequestProcessor.Process(reader.Request.Span, response, 1, model);
        reader.AcceptData(response.AsSpan(2, length - 2));
        reader.AcceptFailure(Quality.BadTimeout);
        Assert.False(reader.HasMore);
        reader.Publish(1);
        Assert.True(reader.Mailbox.TryLatch(out InputFrame? frame));
        Assert.Equal(
            [.. Enumerable.Repeat(Quality.Good, 5), Quality.BadConfigurationError, .. Enumerable.Repeat(Quality.BadTimeout, 4)],
            frame.Qualities);
        Assert.True(frame.Values.Skip(5).All(double.IsNaN));
    }
}
