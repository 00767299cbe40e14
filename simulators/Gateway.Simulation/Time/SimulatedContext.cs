namespace Gateway.Simulation.Time;

/// <summary>
/// Brings posted continuations into the event queue at the present instant. Only used where code under test forces its
/// continuations to be asynchronous; see <see cref="SimulatedTime.CaptureContinuations"/>.
/// </summary>
internal sealed class SimulatedContext : SynchronizationContext
{
    private readonly SimulatedTime _time;

    public SimulatedContext(SimulatedTime time) => _time = time;

    public override void Post(SendOrPostCallback d, object? state) =>
        _time.Schedule(TimeSpan.Zero, static posted => ((Posted)posted!).Run(), new Posted(d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    private sealed class Posted(SendOrPostCallback callback, object? state)
    {
        public void Run() => callback(state);
    }
}
