using System.Runtime.CompilerServices;
using Gateway.Drivers;
using Gateway.Runtime.Scan;

namespace Gateway.Tests.Web;

/// <summary>A line that talks to nobody; the test says what its statistics show.</summary>
internal sealed class StillLine(LineDefinition definition, InputBinding[] bindings) : FieldLine(definition, new LineStatistics(definition))
{
    public override InputBinding[] Bindings { get; } = bindings;

    public override Task RunAsync() => Task.CompletedTask;

    public override void Stop()
    {
    }

    public void Answer(int device, long utc, long elapsed, double seconds)
    {
        DeviceStatistics statistics = Statistics.Devices[device];
        NoteGood(statistics, utc, elapsed);
        CountResult(statistics, RequestResult.Ok, 1);
        Add(Statistics.RequestDuration, (long)(seconds * TimeSpan.TicksPerSecond));
    }

    public void Fail(int device, RequestResult result)
    {
        NoteNotGood(Statistics.Devices[device]);
        CountResult(Statistics.Devices[device], result, 1);
    }

    public void Waiting(long nextAttempt, string trouble)
    {
        NoteState(Statistics, LineState.Waiting);
        NoteNextAttempt(Statistics, nextAttempt);
        NoteTrouble(Statistics, trouble);
    }

    // Statistics are written by the drivers only; a test stands in for one.
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void NoteGood(DeviceStatistics of, long utc, long elapsed);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void NoteNotGood(DeviceStatistics of);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void CountResult(DeviceStatistics of, RequestResult result, long amount);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void Add(DurationHistogram of, long ticks);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void NoteState(LineStatistics of, LineState state);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void NoteNextAttempt(LineStatistics of, long elapsed);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void NoteTrouble(LineStatistics of, string reason);
}
