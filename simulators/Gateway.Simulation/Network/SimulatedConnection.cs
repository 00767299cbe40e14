using System.Net.Sockets;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Network;

/// <summary>Two pipes and the two streams at their ends.</summary>
internal sealed class SimulatedConnection
{
    private readonly SimulatedLink _link;
    private readonly SimulatedPipe _toServer;
    private readonly SimulatedPipe _toClient;
    private readonly SimulatedEvent _reset;
    private bool _over;
    private bool _unserved;

    public SimulatedConnection(SimulatedLink link)
    {
        _link = link;
        _toServer = new SimulatedPipe(link, this, isAnswer: false);
        _toClient = new SimulatedPipe(link, this, isAnswer: true);
        Client = new SimulatedStream(_toClient, _toServer);
        Server = new SimulatedStream(_toServer, _toClient);
        _reset = new SimulatedEvent(
            link.Time,
            static connection => ((SimulatedConnection)connection!).Reset(SocketError.ConnectionReset),
            this);
    }

    public SimulatedStream Client { get; }

    public SimulatedStream Server { get; }

    /// <summary>Data reached a side that no longer reads: its host answers with a reset, one latency away.</summary>
    public void ResetByPeer()
    {
        if (!_over && !_reset.IsPending && !_link.Swallows)
            _reset.Schedule(_link.Faults.Latency);
    }

    public void Reset(SocketError error)
    {
        if (_over)
            return;
        End();
        _toServer.Fail(error);
        _toClient.Fail(error);
    }

    public void Resume()
    {
        _toServer.Resume();
        _toClient.Resume();
    }

    /// <summary>The peer's host accepted, but no program will ever serve: once the link is up again, a write is answered by a reset.</summary>
    public void LeaveUnserved()
    {
        _unserved = true;
        _toServer.CloseReader();
    }

    public void SideClosed()
    {
        if (Client.IsDisposed && (_unserved || Server.IsDisposed))
            End();
    }

    private void End()
    {
        if (_over)
            return;
        _over = true;
        _reset.Cancel();
        _link.Remove(this);
    }
}
