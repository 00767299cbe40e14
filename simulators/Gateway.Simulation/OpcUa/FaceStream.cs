using Gateway.Simulation.Network;

namespace Gateway.Simulation.OpcUa;

/// <summary>A connection of the OPC UA face whose answers may come late.</summary>
internal sealed class FaceStream(Stream inner, OpcUaFace face) : ThroughStream(inner)
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        face.AnswerDelay is { Ticks: > 0 } delay ? WriteLateAsync(buffer, delay) : base.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        face.Forget(this);
    }

    // Without a token: cancelling a delay would leave the thread of a simulation. A disposed stream ends the write.
    private async ValueTask WriteLateAsync(ReadOnlyMemory<byte> buffer, TimeSpan delay)
    {
        await Task.Delay(delay, face.Time).ConfigureAwait(false);
        await base.WriteAsync(buffer).ConfigureAwait(false);
    }
}
