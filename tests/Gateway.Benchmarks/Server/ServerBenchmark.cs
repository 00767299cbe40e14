using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Server;

/// <summary>
/// Processor time of a server's process per request, with 64 clients of one C load generator that read 125 registers
/// each as fast as they are answered.
/// </summary>
internal sealed class ServerBenchmark(TextWriter output, PeerPrograms programs, Pace pace, string? native) : IDisposable
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const int Clients = 64;

    // A mark itself writes a line: that much per run is the measurement's.
    private const long MarkBytes = 4096;
    private readonly List<Peer> _peers = [];

    /// <summary>Bytes that our server allocates per request: nothing is promised.</summary>
    public double WorstBytesPerRequest { get; private set; }

    public void Run()
    {
        Contestant raw = Enter(Peer.Start("raw C, epoll", programs.Require("raw_server"), ["1"]));
        Contestant? library = programs.Find("libmodbus_server") is { } program ? Enter(Peer.Start("libmodbus", program, [])) : null;
        Contestant ours = Enter(Peer.StartOurs("ModbusServer", null, ["child-server"], (Inline, "1")));
        List<Contestant> sides = [raw, ours, Enter(Peer.StartOurs("ModbusServer, no inlining", null, ["child-server"], (Inline, "0")))];
        if (native is not null)
            sides.Add(Enter(Peer.StartOurs("ModbusServer native", native, ["child-server"], (Inline, "1"))));
        if (library is not null)
            sides.Insert(1, library);
        Contest.Run(sides, pace.Rounds, pace.WarmUp, pace.Round);
        foreach (Contestant side in sides.Where(s => s.Name.StartsWith("ModbusServer", StringComparison.Ordinal)))
        {
            side.BytesPerRequest = new Series(side.Costs.Select(c => Math.Max(c.Bytes - MarkBytes, 0.0) / c.Requests)).Median;
            WorstBytesPerRequest = Math.Max(WorstBytesPerRequest, side.BytesPerRequest);
        }
        Contest.Print(output, $"server, {Clients} clients", sides, raw, library);
        if (library is not null)
            Contest.Judge(output, "server CPU against libmodbus", ours.CpuRatioTo(library).Median, 1.3);
        Contest.Judge(output, "server bytes per request", ours.BytesPerRequest, Contest.NoBytes);
        output.WriteLine();
    }

    public void Dispose()
    {
        foreach (Peer peer in _peers)
            peer.Dispose();
    }

    private Contestant Enter(Peer server)
    {
        _peers.Add(server);
        Peer load = Peer.Start(server.Name + " load", programs.Require("raw_client"), [server.Greeting[0], Clients.ToString()]);
        _peers.Add(load);
        return new Contestant(server.Name, requests =>
        {
            Cost before = server.Run(requests);
            load.Run(requests);
            Cost after = server.Run(requests);
            return new Cost(requests, after.CpuNs - before.CpuNs, after.WallNs - before.WallNs, after.Bytes - before.Bytes);
        });
    }
}
