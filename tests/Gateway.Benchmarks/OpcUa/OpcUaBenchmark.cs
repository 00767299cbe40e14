using Gateway.Benchmarks.Measure;

namespace Gateway.Benchmarks.OpcUa;

/// <summary>
/// Processor time of our OPC UA client and server, each in a process of its own, beside node-opcua's on the same work:
/// reads of 1,000 nodes, 5,000 monitored items that change every 100 ms, connecting; and what many sessions cost.
/// </summary>
internal sealed class OpcUaBenchmark : IDisposable
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const int Items = 5000, TurnMs = 100, Turns = 20;
    private readonly TextWriter _output;
    private readonly PeerPrograms _programs;
    private readonly Pace _pace;
    private readonly string? _native;
    private readonly string _folder;
    private readonly List<Peer> _peers = [];
    private bool _isSteady = true;

    public OpcUaBenchmark(TextWriter output, PeerPrograms programs, Pace pace, string? native)
    {
        (_output, _programs, _pace, _native) = (output, programs, pace, native);
        _folder = Directory.CreateDirectory(Path.Combine(programs.Folder, "opcua")).FullName;
        OpcUaIdentity.Create(_folder);
    }

    /// <summary>Reads only: shows that it runs and allocates nothing.</summary>
    public bool RunReads()
    {
        ClientReads();
        ServerReads();
        return _isSteady;
    }

    /// <summary>All parts.</summary>
    /// <returns>False when something allocates in steady state or notifications were lost.</returns>
    public bool Run()
    {
        RunReads();
        Notifications();
        Connecting();
        ManySessions();
        return _isSteady;
    }

    public void Dispose() => EndPeers();

    private void ClientReads()
    {
        Peer server = OurServer(1000);
        Contestant plain = Enter(OurClient("client", server, false, 1, 0)), secure = Enter(OurClient("client, encrypted", server, true, 1, 0));
        List<Contestant> sides = [plain, secure];
        if (_native is not null)
            sides.AddRange([Enter(OurClient("client native", server, false, 1, 0, _native)), Enter(OurClient("client native, encrypted", server, true, 1, 0, _native))]);
        Contestant? foreign = NodeClient("node-opcua", server, false, 0) is { } client ? Enter(client) : null;
        if (foreign is not null)
            sides.Add(foreign);
        if (NodeServer(1000) is { } other)
            sides.Add(Enter(OurClient("client on node-opcua's server", other, false, 1, 0)));
        Contest.Run(sides, _pace.Rounds, _pace.WarmUp, _pace.Round);
        foreach (Contestant side in sides.Where(s => s != foreign))
            side.BytesPerRequest = new Series(side.Costs.Select(c => (double)c.Bytes / c.Requests)).Median;
        Contest.Print(_output, "client, reads of 1,000 nodes", sides, plain, foreign, "value");
        Judge("client CPU µs per value read", plain.CpuUs.Median, 0.12);
        Judge("client, encrypted against plain", secure.CpuRatioTo(plain).Median, 1.7);
        _output.WriteLine($"of the encrypted read .NET's AES-256-CBC and HMAC-SHA256 alone take {CryptoCost.UsPerValue():F3} µs/value");
        JudgeSteady("client bytes per value", plain.BytesPerRequest);
        EndPeers();
    }

    private void ServerReads()
    {
        List<Contestant> sides = [EnterServer(OurServer(1000), "server", false), EnterServer(OurServer(1000), "server, encrypted", true)];
        if (_native is not null)
            sides.Add(EnterServer(OurServer(1000, _native), "server native", false));
        Contestant? foreign = NodeServer(1000) is { } node ? EnterServer(node, "node-opcua", false) : null;
        if (foreign is not null)
            sides.Add(foreign);
        Contest.Run(sides, _pace.Rounds, _pace.WarmUp, _pace.Round);
        foreach (Contestant side in sides.Where(s => s != foreign))
            side.BytesPerRequest = new Series(side.Costs.Select(c => (double)c.Bytes / c.Requests)).Median;
        Contest.Print(_output, "server, reads of 1,000 nodes", sides, sides[0], foreign, "value");
        Judge("server CPU µs per value read", sides[0].CpuUs.Median, 0.30);
        Judge("server, encrypted against plain", sides[1].CpuRatioTo(sides[0]).Median, 1.7);
        EndPeers();
    }

    private void Notifications()
    {
        var table = new Table($"{Items} items, changing every 100 ms", "first values ms", "client CPU µs/value", "client bytes/value", "client MB", "server CPU µs/value", "server bytes/value", "server MB");
        double[] ours = Watch(table, "ours to ours", OurServer(Items), server => OurClient("client", server, false, 1, Items));
        if (NodeServer(Items) is { } node)
            Watch(table, "our client, node-opcua's server", node, server => OurClient("client", server, false, 1, Items));
        if (_programs.FindNodeOpcUa("opcua_client.js") is not null)
            Watch(table, "node-opcua's client, our server", OurServer(Items), server => NodeClient("node-opcua", server, false, Items)!);
        table.Print(_output);
        Judge("ms to the first values of 5,000 items", ours[0], 1000);
        Judge("client CPU µs per notification", ours[1], 0.25);
        Judge("server CPU µs per notification", ours[4], 1.2);
        JudgeSteady("client bytes per notification", ours[2]);
        JudgeSteady("server bytes per notification", ours[5]);
    }

    /// <summary>Client and server cost per notification, medians over the rounds.</summary>
    private double[] Watch(Table table, string name, Peer server, Func<Peer, Peer> start)
    {
        Peer client = start(server);
        var series = Enumerable.Range(0, 4).Select(_ => new Series()).ToArray();
        for (int round = -2; round < _pace.Rounds; round++)
        {
            Cost before = server.Run(0, "mark");
            // Half a turn more, for what the last one brings.
            Task<Cost> waiting = Task.Run(() => client.Run(Turns * TurnMs + TurnMs / 2));
            Cost after = server.Run(Turns, "turn");
            Cost cost = waiting.GetAwaiter().GetResult();
            if (round < 0)
                continue;
            series[0].Add(cost.CpuUsPerRequest);
            series[1].Add((double)cost.Bytes / cost.Requests);
            series[2].Add((after.CpuNs - before.CpuNs) / 1000.0 / cost.Requests);
            series[3].Add((double)(after.Bytes - before.Bytes) / cost.Requests);
        }
        double first = double.Parse(client.Greeting[0]);
        double[] memory = [Machine.ResidentBytes(client.ProcessId) / 1e6, Machine.ResidentBytes(server.ProcessId) / 1e6];
        EndPeers();
        double[] row = [first, series[0].Median, series[1].Median, memory[0], series[2].Median, series[3].Median, memory[1]];
        table.Add([name, .. row.Select((v, i) => v.ToString(i is 0 or 3 or 6 ? "F0" : "F3"))]);
        return row;
    }

    private void Connecting()
    {
        Peer server = OurServer(1000);
        List<(string Name, Peer Client)> sides = [("client", OurClient("client", server, true, 1, 0))];
        if (_native is not null)
            sides.Add(("client native", OurClient("client native", server, true, 1, 0, _native)));
        if (NodeClient("node-opcua", server, true, 0) is { } node)
            sides.Add(("node-opcua", node));
        var table = new Table("connect, Basic256Sha256 SignAndEncrypt", "ms", "quartiles", "client CPU ms", "server CPU ms");
        var best = new List<double>();
        foreach ((string name, Peer client) in sides)
        {
            client.Run(_pace.Rounds * 20, "connect"); // compiles
            Series wall = new(), cpu = new(), serverCpu = new();
            for (int i = 0; i < 3 * _pace.Rounds; i++)
            {
                Cost before = server.Run(0, "mark");
                Cost cost = client.Run(1, "connect");
                serverCpu.Add((server.Run(0, "mark").CpuNs - before.CpuNs) / 1e6);
                wall.Add(cost.WallNs / 1e6);
                cpu.Add(cost.CpuNs / 1e6);
            }
            table.Add(name, wall.Median.ToString("F1"), wall.Quartiles("F1"), cpu.Median.ToString("F1"), serverCpu.Median.ToString("F1"));
            best.Add(wall.Median);
        }
        table.Print(_output);
        Judge("ms until an encrypted session is active", best[0], 10);
        EndPeers();
    }

    private void ManySessions()
    {
        const int Sessions = 50, Each = 1000, SlowTurnMs = 250;
        Peer server = OurServer(Sessions * Each, turnMs: SlowTurnMs);
        Peer client = OurClient("client", server, false, Sessions, Each);
        Cost before = server.Run(0, "mark");
        Task<Cost> waiting = Task.Run(() => client.Run(Turns * SlowTurnMs + 2 * SlowTurnMs));
        Cost after = server.Run(Turns, "turn");
        Cost cost = waiting.GetAwaiter().GetResult();
        long lost = client.Ask("lost", 0)[0];
        _output.WriteLine($"{Sessions} sessions with {Each} items, {Turns} changes of each in {(after.WallNs - before.WallNs) / 1e9:F1} s: {cost.Requests} values came, {lost} lost, server CPU µs/value {(after.CpuNs - before.CpuNs) / 1000.0 / cost.Requests:F3}");
        _isSteady &= lost == 0 && cost.Requests == (long)Turns * Sessions * Each;
        EndPeers();
        server = OurServer(1000);
        double idle = Machine.ResidentBytes(server.ProcessId) / 1e6;
        OurClient("client", server, true, 1000, 0);
        double full = Machine.ResidentBytes(server.ProcessId) / 1e6;
        _output.WriteLine($"1,000 encrypted sessions: server {full:F0} MB resident, {idle:F0} MB before");
        Judge("MB resident with 1,000 sessions", full, 250);
        EndPeers();
    }

    private Peer OurServer(int variables, string? native = null, int turnMs = TurnMs) =>
        Add(Peer.StartOurs("server", native, ["child-opcua-server", _folder, variables.ToString(), turnMs.ToString()], (Inline, "1")));

    private Peer OurClient(string name, Peer server, bool isSecure, int sessions, int items, string? native = null) =>
        Add(Peer.StartOurs(name, native, ["child-opcua-client", _folder, Url(server), isSecure ? "1" : "0", sessions.ToString(), items.ToString()]));

    private Peer? NodeServer(int variables) =>
        _programs.FindNodeOpcUa("opcua_server.js") is { } node ? Add(Peer.Start("node-opcua", node.Program, [node.Script, _folder, variables.ToString()])) : null;

    private Peer? NodeClient(string name, Peer server, bool isSecure, int items) =>
        _programs.FindNodeOpcUa("opcua_client.js") is { } node ? Add(Peer.Start(name, node.Program, [node.Script, _folder, Url(server), isSecure ? "1" : "0", items.ToString()])) : null;

    private static string Url(Peer server) => $"opc.tcp://127.0.0.1:{server.Greeting[0]}";

    private static Contestant Enter(Peer client) => new(client.Name, values => client.Run(values));

    private Contestant EnterServer(Peer server, string name, bool isSecure)
    {
        Peer load = OurClient(name + " load", server, isSecure, 1, 0);
        return new Contestant(name, values =>
        {
            Cost before = server.Run(values, "mark");
            Cost made = load.Run(values);
            Cost after = server.Run(values, "mark");
            return new Cost(made.Requests, after.CpuNs - before.CpuNs, after.WallNs - before.WallNs, after.Bytes - before.Bytes);
        });
    }

    private Peer Add(Peer peer)
    {
        _peers.Add(peer);
        return peer;
    }

    private void EndPeers()
    {
        // Clients first: they stand behind the servers they talk to.
        for (int i = _peers.Count - 1; i >= 0; i--)
            _peers[i].Dispose();
        _peers.Clear();
    }

    private void Judge(string what, double measured, double bar)
    {
        Contest.Judge(_output, what, measured, bar);
        _output.WriteLine();
    }

    private void JudgeSteady(string what, double bytes)
    {
        Judge(what, bytes, Contest.NoBytes);
        _isSteady &= bytes <= Contest.NoBytes;
    }
}
