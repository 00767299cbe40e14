namespace Gateway.Simulation.Network;

/// <summary>A port that accepts. Disposing closes the port; connections already accepted live on.</summary>
public sealed class SimulatedListener : IDisposable
{
    private readonly SimulatedLink _link;
    private readonly Func<Stream, Task> _accept;

    internal SimulatedListener(SimulatedLink link, Func<Stream, Task> accept)
    {
        _link = link;
        _accept = accept;
    }

    /// <summary>The name of the port.</summary>
    public string Endpoint => _link.Endpoint;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_link.Listener == this)
            _link.Listener = null;
    }

    /// <summary>Serves one connection; the accepting code's failure is nobody's to await, so the drive in progress throws it.</summary>
    internal async Task Serve(SimulatedStream stream)
    {
        try
        {
            await _accept(stream);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke under the server: that is the purpose of this network.
        }
        catch (Exception exception)
        {
            _link.Time.Fail(exception);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}
