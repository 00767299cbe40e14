using System.Globalization;
using System.Net;
using Gateway.PlcSimulator.Bank;

namespace Gateway.PlcSimulator.Tests;

/// <summary>Foreign clients read and write the bank. Without the peer on this machine a test says so and ends.</summary>
public sealed class BankInteropTests : IAsyncLifetime
{
    private const string Mbpoll = "/usr/bin/mbpoll";
    private const string Python = "/usr/bin/python3";

    private const string Map = """
        space,address,to,value,type,order,fault,faultArgument
        holding,0,,258,uint16,,,
        holding,1,,-2,int16,,,
        holding,2,,1.25,float32,,,
        holding,4,,305419896,uint32,,,
        holding,10,19,0,,,,
        holding,50,,0,,,exception,6
        input,0,,4660,uint16,,,
        coil,0,,1,,,,
        coil,1,,0,,,,
        coil,2,9,1,,,,
        discreteInput,0,,0,,,,
        discreteInput,1,,1,,,,
        """;

    private readonly BankServer _server;

    public BankInteropTests()
    {
        var (map, errors) = BankMapReader.Read("map.csv", Map);
        Assert.Empty(errors);
        _server = new BankServer(map!, new IPEndPoint(IPAddress.Loopback, 0), seed: 1);
        _server.Start();
    }

    private string Port => _server.EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [PeerTheory(Mbpoll)]
    [InlineData("-t 4 -r 0 -c 2", "[0]: 258 [1]: 65534 (-2)")]
    [InlineData("-t 4:float -B -r 2 -c 1", "[2]: 1.25")]
    [InlineData("-t 4:int -B -r 4 -c 1", "[4]: 305419896")]
    [InlineData("-t 3 -r 0 -c 1", "[0]: 4660")]
    [InlineData("-t 0 -r 0 -c 3", "[0]: 1 [1]: 0 [2]: 1")]
    [InlineData("-t 1 -r 0 -c 2", "[0]: 0 [1]: 1")]
    public async Task Mbpoll_reads_the_four_spaces(string arguments, string values)
    {
        var (code, output, error) = await PeerProcess.RunAsync(Mbpoll, $"-q -m tcp -o 10 -0 -1 -p {Port} -a 1 {arguments} 127.0.0.1");
        Assert.True(code == 0, error);
        var lines = output.Split('\n').Where(line => line.StartsWith('[')).Select(line => string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal(values, string.Join(' ', lines));
    }

    [PeerFact(Mbpoll)]
    public async Task Mbpoll_writes_registers()
    {
        var (code, _, error) = await PeerProcess.RunAsync(Mbpoll, $"-q -m tcp -o 10 -0 -1 -p {Port} -a 1 -t 4 -r 10 127.0.0.1 7 8 9");
        Assert.True(code == 0, error);
        Assert.Equal([7, 8, 9, 0], new ushort[] { 10, 11, 12, 13 }.Select(_server.Bank.GetHoldingRegister));
    }

    [PeerTheory(Mbpoll)]
    [InlineData("-t 4 -r 60 -c 1", "Illegal data address")]
    [InlineData("-t 4 -r 50 -c 1", "Slave device or server is busy")]
    public async Task Mbpoll_sees_exceptions(string arguments, string message)
    {
        var (_, output, error) = await PeerProcess.RunAsync(Mbpoll, $"-q -m tcp -o 10 -0 -1 -p {Port} -a 1 {arguments} 127.0.0.1");
        Assert.Contains(message, output + error, StringComparison.Ordinal);
    }

    [PeerFact(Python, "pymodbus")]
    public async Task Pymodbus_reads_writes_and_sees_a_fault()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "read_bank.py");
        var (code, output, error) = await PeerProcess.RunAsync(Python, $"\"{script}\" {Port}");
        Assert.True(code == 0, error);
        Assert.Equal(
            """
            holding [258, 65534, 16288, 0, 4660, 22136]
            input [4660]
            coils [True, False, True, True, True, True, True, True]
            discrete [False, True]
            written [11, 22, 33]
            coil False
            exception 6
            exception 2
            """,
            output.Trim().ReplaceLineEndings("\n"));
        Assert.Equal(22, _server.Bank.GetHoldingRegister(11));
        Assert.False(_server.Bank.GetCoil(0));
    }
}
