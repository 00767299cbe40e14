using System.Net.Sockets;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Network;

/// <summary>One connect under way: one latency to the listener, one back.</summary>
internal sealed class ConnectAttempt
{
    private readonly TaskCompletionSource<Stream> _completion = new();
    private readonly SimulatedLink _link;
    private readonly SimulatedEvent _event;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private SimulatedConnection? _connection;
    private SocketError _error;
    private bool _cancelled;
    private bool _arrived;

    public ConnectAttempt(SimulatedTime time, SimulatedLink link, TimeSpan timeout, CancellationToken cancellation)
    {
        _link = link;
        _timeout = timeout;
        _cancellation = cancellation;
        _event = new SimulatedEvent(time, static attempt => ((ConnectAttempt)attempt!).Step(), this);
        _event.Schedule(link.Faults.Latency);
        _registration = cancellation.UnsafeRegister(static attempt => ((ConnectAttempt)attempt!).Cancel(), this);
    }

    public Task<Stream> Task => _completion.Task;

    private void Cancel()
    {
        _cancelled = true;
        _event.Schedule(TimeSpan.Zero);
    }

    private void Step()
    {
        if (!_arrived && !_cancelled)
        {
            _arrived = true;
            Arrive();
            return;
        }

        Finish();
    }

    private void Arrive()
    {
        switch (_link.State)
        {
            case LinkState.BlackHole or LinkState.Stalled:
                _error = SocketError.TimedOut;
                _event.Schedule(_timeout);
                return;
            case LinkState.HalfOpen:
                _connection = _link.Open();
                _connection.LeaveUnserved();
                break;
            case LinkState.Up when _link.Listener is { } listener:
                _connection = _link.Open();
                _link.Accepted++;
                // Serve catches everything, so its task needs no observer.
                _ = listener.Serve(_connection.Server);
                break;
            default:
                _error = SocketError.ConnectionRefused;
                break;
        }

        _event.Schedule(_link.Faults.Latency);
    }

    private void Finish()
    {
        _registration.Dispose();
        if (_cancelled)
        {
            _connection?.Client.Dispose();
            _completion.TrySetCanceled(_cancellation);
        }
        else if (_connection is not null)
        {
            _completion.TrySetResult(_connection.Client);
        }
        else
        {
            _completion.TrySetException(new SocketException((int)_error));
        }
    }
}
