using System.Net;
using Gateway.Modbus.Server;
using Gateway.Simulation.Plc;

namespace Gateway.PlcSimulator.Bank;

/// <summary>A register bank with fault rules on a TCP port; it answers for every unit id. Members may be called from any thread.</summary>
internal sealed class BankServer : IAsyncDisposable
{
    private readonly FaultyModbusServer _server;
    private readonly PlantPort _listener;

    /// <summary>Fills a bank; it listens after <see cref="Start"/>.</summary>
    public BankServer(BankMap map, IPEndPoint endPoint, ulong seed)
    {
        Bank = map.ToBank();
        Faults = new FaultRules(seed);
        foreach (var rule in map.Faults)
            Faults.Add(rule);
        _server = new FaultyModbusServer(Bank, Faults);
        _listener = new PlantPort(endPoint, (stream, _) => _server.ServeAsync(stream));
    }

    public RegisterBank Bank { get; }

    public FaultRules Faults { get; }

    /// <summary>The address; its port is known after <see cref="Start"/>.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>Opens the port.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address is not ours or is in use.</exception>
    public void Start() => _listener.Open();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _server.DisposeAsync();
    }
}
