using System.Net;
using Gateway.Modbus.Protocol;
using Gateway.PlcSimulator.Bank;
using Gateway.Simulation.Plc;

namespace Gateway.PlcSimulator.Tests;

/// <summary>Every kind of fault as the bytes a bare socket sees. The bank holds 0x0102 at holding register 10 and 0x0304 at 11.</summary>
public sealed class WireFaultTests : IAsyncLifetime
{
    private const string Map = """
        space,address,value
        holding,10,0x0102
        holding,11,0x0304
        holding,100,0
        coil,0,1
        """;

    private const string Read10 = "00 05 00 00 00 06 01 03 00 0A 00 02";
    private const string Good10 = "00 05 00 00 00 07 01 03 04 01 02 03 04";
    private const string Write20 = "00 06 00 00 00 06 01 06 00 14 00 07";
    private const string Read30 = "00 09 00 00 00 06 01 03 00 1E 00 01";
    private const string Good30 = "00 09 00 00 00 05 01 03 02 00 00";

    private readonly BankServer _server;

    public WireFaultTests()
    {
        var (map, errors) = BankMapReader.Read("test.csv", Map);
        Assert.Empty(errors);
        _server = new BankServer(map!, new IPEndPoint(IPAddress.Loopback, 0), seed: 3);
        _server.Start();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(FaultKind.Exception, 6, "00 05 00 00 00 03 01 83 06")]
    [InlineData(FaultKind.Exception, null, "00 05 00 00 00 03 01 83 04")]
    [InlineData(FaultKind.WrongTransaction, null, "00 06 00 00 00 07 01 03 04 01 02 03 04")]
    [InlineData(FaultKind.WrongTransaction, 65535, "00 04 00 00 00 07 01 03 04 01 02 03 04")]
    [InlineData(FaultKind.WrongUnit, 2, "00 05 00 00 00 07 03 03 04 01 02 03 04")]
    [InlineData(FaultKind.WrongFunction, null, "00 05 00 00 00 07 01 04 04 01 02 03 04")]
    [InlineData(FaultKind.WrongFunction, 16, "00 05 00 00 00 07 01 10 04 01 02 03 04")]
    [InlineData(FaultKind.Truncated, 9, "00 05 00 00 00 07 01 03 04")]
    [InlineData(FaultKind.Truncated, null, "00 05 00 00 00 07")]
    [InlineData(FaultKind.Truncated, 0, "")]
    [InlineData(FaultKind.Silence, null, "")]
    [InlineData(FaultKind.AnswerLost, null, "")]
    [InlineData(FaultKind.ByteByByte, 0, Good10)]
    [InlineData(FaultKind.Delay, 0, Good10)]
    public async Task A_fault_spoils_one_answer_and_the_next_is_good(FaultKind kind, int? argument, string answer)
    {
        _server.Faults.Add(new FaultRule { Kind = kind, Argument = argument, From = 10, To = 10, Space = DataSpace.HoldingRegisters });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Read10);

        // The second answer shows that nothing more came of the first.
        await client.SendAsync(Read30);

        var expected = answer.Length == 0 ? Good30 : $"{answer} {Good30}";
        Assert.Equal(expected, await client.ReceiveAsync((expected.Length + 1) / 3));
        Assert.Equal(1, _server.Faults.List()[0].Strikes);
    }

    [Fact]
    public async Task Close_before_closes_without_an_answer_and_without_execution()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.CloseBefore, Count = 1 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Write20);
        Assert.Equal("", await client.ReceiveToEndAsync());
        Assert.Equal(0, _server.Bank.GetHoldingRegister(20));

        using var again = await RawClient.ConnectAsync(_server.EndPoint);
        await again.SendAsync(Write20);
        Assert.Equal(Write20, await again.ReceiveAsync(12));
    }

    [Fact]
    public async Task Close_after_closes_behind_the_answer()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.CloseAfter });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Write20);
        Assert.Equal(Write20, await client.ReceiveToEndAsync());
        Assert.Equal(7, _server.Bank.GetHoldingRegister(20));
    }

    [Theory]
    [InlineData(FaultKind.Silence, 0)]
    [InlineData(FaultKind.AnswerLost, 7)]
    [InlineData(FaultKind.Exception, 0)]
    public async Task A_lost_request_is_not_executed_and_a_lost_answer_is(FaultKind kind, int written)
    {
        _server.Faults.Add(new FaultRule { Kind = kind, Function = 6 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Write20);
        await client.SendAsync(Read30);
        await client.ReceiveAsync(kind == FaultKind.Exception ? 20 : 11);
        Assert.Equal(written, _server.Bank.GetHoldingRegister(20));
    }

    [Fact]
    public async Task A_delay_holds_back_the_answer_and_what_is_behind_it()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.Delay, Argument = 120, Count = 1 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await client.SendAsync(Read10 + Read30);
        Assert.Equal($"{Good10} {Good30}", await client.ReceiveAsync(24));
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds, 110, 8000);
    }

    [Fact]
    public async Task Byte_by_byte_spreads_the_answer_over_time()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.ByteByByte, Argument = 10 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Read10);
        var (text, spread) = await client.ReceiveTimedAsync(13);
        Assert.Equal(Good10, text);
        Assert.InRange(spread.TotalMilliseconds, 12 * 9, 8000);
    }

    [Fact]
    public async Task Garbage_comes_in_front_of_the_answer_and_is_the_same_for_a_seed()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.Garbage, Argument = 5 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Read10);
        var first = await client.ReceiveAsync(18);
        Assert.EndsWith(Good10, first, StringComparison.Ordinal);

        var (map, _) = BankMapReader.Read("test.csv", Map);
        await using var twin = new BankServer(map!, new IPEndPoint(IPAddress.Loopback, 0), seed: 3);
        twin.Faults.Add(new FaultRule { Kind = FaultKind.Garbage, Argument = 5 });
        twin.Start();
        using var other = await RawClient.ConnectAsync(twin.EndPoint);
        await other.SendAsync(Read10);
        Assert.Equal(first, await other.ReceiveAsync(18));
    }

    [Fact]
    public async Task Stuck_repeats_the_first_answer_to_the_same_read()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.Stuck, From = 10, To = 11 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Read10);
        Assert.Equal(Good10, await client.ReceiveAsync(13));
        _server.Bank.SetHoldingRegister(10, 0xAAAA);
        await client.SendAsync("00 77" + Read10[5..]);
        Assert.Equal("00 77" + Good10[5..], await client.ReceiveAsync(13));

        // Another range is another read; its first answer is fresh.
        await client.SendAsync("00 05 00 00 00 06 01 03 00 0A 00 01");
        Assert.Equal("00 05 00 00 00 05 01 03 02 AA AA", await client.ReceiveAsync(11));
    }

    [Fact]
    public async Task Faults_of_several_rules_meet_in_one_answer()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.Exception, Argument = 2 });
        _server.Faults.Add(new FaultRule { Kind = FaultKind.WrongTransaction });
        _server.Faults.Add(new FaultRule { Kind = FaultKind.CloseAfter });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Read10);
        Assert.Equal("00 06 00 00 00 03 01 83 02", await client.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Requests_in_one_packet_are_answered_in_order_around_a_fault()
    {
        _server.Faults.Add(new FaultRule { Kind = FaultKind.Exception, Argument = 5, From = 30, To = 30 });
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(Read10 + Read30 + Read10);
        Assert.Equal($"{Good10} 00 09 00 00 00 03 01 83 05 {Good10}", await client.ReceiveAsync(35));
    }

    [Theory]
    [InlineData("00 05 00 01 00 06 01 03 00 0A 00 02")]
    [InlineData("00 05 00 00 00 FF 01 03 00 0A 00 02")]
    [InlineData("00 05 00 00 00 01 01")]
    public async Task A_frame_that_breaks_the_protocol_ends_the_connection(string frame)
    {
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(frame);
        Assert.Equal("", await client.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Without_rules_a_long_row_of_requests_is_answered_whole()
    {
        using var client = await RawClient.ConnectAsync(_server.EndPoint);
        await client.SendAsync(string.Concat(Enumerable.Repeat(Read10, 500)));
        Assert.Equal(string.Join(' ', Enumerable.Repeat(Good10, 500)), await client.ReceiveAsync(13 * 500));
    }
}
