using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.Client;

/// <summary>
/// Processor time per read of 125 registers over loopback, of the client's process alone, all against one C server.
/// </summary>
internal sealed class ClientBenchmark(TextWriter output, PeerPrograms programs, Pace pace, string? native) : IDisposable
{
    private readonly Peer _server = Peer.Start("server", programs.Require("raw_server"), ["1"]);
    private readonly List<Peer> _clients = [];

    /// <summary>Bytes that our client allocates per request: nothing is promised.</summary>
    public double WorstBytesPerRequest { get; private set; }

    private string Port => _server.Greeting[0];

    /// <summary>One connection, one request in flight, all peers that are installed.</summary>
    public void OneConnection()
    {
        Contestant raw = Add("raw C", programs.Require("raw_client"), "1");
        Contestant? library = AddLibrary(1);
        List<Contestant> ours = AddOurs(1, 1);
        List<Contestant> sides = [raw, .. ours];
        if (library is not null)
            sides.Insert(1, library);
        AddScripts(sides);
        Run("1 connection, window 1", sides, raw, library);
        Contest.Judge(output, "client CPU, 1 connection, against raw C", ours[0].CpuRatioTo(raw).Median, 1.15);
        if (library is not null)
            Contest.Judge(output, "client CPU, 1 connection, against libmodbus", ours[0].CpuRatioTo(library).Median, 0.8);
        output.WriteLine();
    }

    /// <summary>Several connections in one process, one request in flight on each.</summary>
    public void ManyConnections(int connections)
    {
        Contestant raw = Add("raw C, epoll", programs.Require("raw_client"), connections.ToString());
        Contestant? library = AddLibrary(connections);
        List<Contestant> ours = AddOurs(connections, 1);
        List<Contestant> sides = [raw, .. ours];
        if (library is not null)
            sides.Insert(1, library);
        Run($"{connections} connections, window 1", sides, raw, library);
        Contest.Judge(output, $"client CPU, {connections} connections, against raw C", ours[0].CpuRatioTo(raw).Median, 1.3);
        if (library is not null)
            Contest.Judge(output, $"client CPU, {connections} connections, against libmodbus", ours[0].CpuRatioTo(library).Median, 0.6);
        output.WriteLine();
    }

    /// <summary>One connection with several requests in flight, beside the same with one.</summary>
    public void Window()
    {
        Contestant one = AddOurs(1, 1)[0];
        List<Contestant> sides = [one];
        foreach (int window in (int[])[8, 32])
            sides.Add(AddOurs(1, window)[0]);
        Run("1 connection, windows", sides, one, null);
        Contest.Judge(output, "requests/s, window 8 against window 1", sides[1].RateRatioTo(one).Median, 5, atMost: false);
        output.WriteLine();
    }

    public void Dispose()
    {
        EndClients();
        _server.Dispose();
    }

    private void Run(string title, List<Contestant> sides, Contestant limit, Contestant? library)
    {
        Contest.Run(sides, pace.Rounds, pace.WarmUp, pace.Round);
        Contest.Print(output, title, sides, limit, library);
        WorstBytesPerRequest = Math.Max(WorstBytesPerRequest, sides.Where(s => !double.IsNaN(s.BytesPerRequest)).Max(s => s.BytesPerRequest));
        EndClients();
    }

    private Contestant Add(string name, string program, string connections) =>
        Enter(Peer.Start(name, program, [Port, connections]));

    private Contestant? AddLibrary(int connections) =>
        programs.Find("libmodbus_client") is { } program ? Add("libmodbus", program, connections.ToString()) : null;

    /// <summary>Ours as the gateway runs it, and for knowledge without inline completions and as native binary.</summary>
    private List<Contestant> AddOurs(int connections, int window)
    {
        string[] arguments = ["child-client", Port, connections.ToString(), window.ToString()];
        string[] inline = [.. arguments, "1"], pooled = [.. arguments, "0"];
        string suffix = window == 1 ? "" : $", window {window}";
        List<Contestant> ours = [EnterOurs(Peer.StartOurs("ModbusClient" + suffix, null, inline))];
        if (native is not null)
            ours.Add(EnterOurs(Peer.StartOurs("ModbusClient native" + suffix, native, inline)));
        if (window == 1)
            ours.Add(EnterOurs(Peer.StartOurs("ModbusClient, no inlining", null, pooled)));
        return ours;
    }

    private void AddScripts(List<Contestant> sides)
    {
        if (programs.FindPymodbus() is { } python)
            sides.Add(Enter(Peer.Start("pymodbus", python.Program, [python.Script, Port])));
        if (programs.FindModbusSerial() is { } node)
            sides.Add(Enter(Peer.Start("modbus-serial", node.Program, [node.Script, Port])));
    }

    private Contestant Enter(Peer peer)
    {
        _clients.Add(peer);
        return new Contestant(peer.Name, requests => peer.Run(requests));
    }

    private Contestant EnterOurs(Peer peer)
    {
        Contestant side = Enter(peer);
        peer.Run(pace.AllocationRequests); // the first run compiles; what that allocates is not the requests'
        // What requests allocate shows in every run; what the runtime's own threads do now and then does not.
        side.BytesPerRequest = Enumerable.Range(0, 3).Select(_ => peer.Run(pace.AllocationRequests, "bytes")).Min(cost => cost.Bytes / (0.8 * cost.Requests));
        return side;
    }

    private void EndClients()
    {
        foreach (Peer client in _clients)
            client.Dispose();
        _clients.Clear();
    }
}
