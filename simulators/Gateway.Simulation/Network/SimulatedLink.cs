using System.Net.Sockets;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Network;

/// <summary>
/// The way to one endpoint: its faults, its counters and the connections that use it. Used on the simulation thread.
/// </summary>
public sealed class SimulatedLink
{
    private readonly List<SimulatedConnection> _connections = [];
    private LinkState _state;

    internal SimulatedLink(SimulatedTime time, string endpoint, ulong seed, int capacity)
    {
        Time = time;
        Endpoint = endpoint;
        Capacity = capacity;
        Random = new SeededRandom(seed, endpoint);
    }

    /// <summary>The name under which the link was asked for.</summary>
    public string Endpoint { get; }

    /// <summary>The disturbances in force.</summary>
    public LinkFaults Faults { get; } = new();

    /// <summary>What the link does at the moment; may be changed at any time.</summary>
    public LinkState State
    {
        get => _state;
        set
        {
            _state = value;
            if (value == LinkState.Stalled)
                return;
            foreach (var connection in _connections)
                connection.Resume();
        }
    }

    /// <summary>Number of connections that are open on at least one side.</summary>
    public int OpenConnections => _connections.Count;

    /// <summary>Number of connections accepted since the start.</summary>
    public long Accepted { get; internal set; }

    /// <summary>Number of messages handed to the link.</summary>
    public long MessagesSent { get; internal set; }

    /// <summary>Number of messages that vanished, by <see cref="LinkFaults.LossRate"/> or by the link's state.</summary>
    public long MessagesLost { get; internal set; }

    /// <summary>Number of messages with a changed byte.</summary>
    public long MessagesGarbled { get; internal set; }

    /// <summary>Number of messages sent twice.</summary>
    public long MessagesDuplicated { get; internal set; }

    /// <summary>Number of messages made late by <see cref="LinkFaults.LateRate"/>.</summary>
    public long MessagesLate { get; internal set; }

    /// <summary>Number of bytes that became readable.</summary>
    public long BytesDelivered { get; internal set; }

    internal SimulatedTime Time { get; }

    internal SeededRandom Random { get; }

    internal int Capacity { get; }

    internal SimulatedListener? Listener { get; set; }

    internal bool Swallows => _state is LinkState.BlackHole or LinkState.HalfOpen;

    /// <summary>Resets every open connection: both sides fail with "connection reset".</summary>
    public void Reset()
    {
        // Backwards, because a reset connection leaves the list.
        for (var index = _connections.Count - 1; index >= 0; index--)
            _connections[index].Reset(SocketError.ConnectionReset);
    }

    /// <summary>Closes every open connection from the listening side, in order, after what was sent before.</summary>
    public void CloseFromServer()
    {
        for (var index = _connections.Count - 1; index >= 0; index--)
            _connections[index].Server.Dispose();
    }

    internal SimulatedConnection Open()
    {
        var connection = new SimulatedConnection(this);
        _connections.Add(connection);
        return connection;
    }

    internal void Remove(SimulatedConnection connection) => _connections.Remove(connection);
}
