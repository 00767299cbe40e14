using Gateway.Drivers.Polling;
using Gateway.Drivers.Tests.Support;

namespace Gateway.Drivers.Tests.Polling;

public sealed class DeviceHealthTests
{
    private static readonly long[] s_open = [0, 0];

    private static DeviceHealth Make(int failures = 3) => new(
        [LineRig.Device(1, LineRig.Registers(0, 1)) with { FailuresBeforeProbe = failures }, LineRig.Device(2, LineRig.Registers(0, 1))],
        new Random(1));

    [Fact]
    public void The_third_failure_in_a_row_demotes_and_an_answer_between_forgives()
    {
        DeviceHealth health = Make();
        Assert.False(health.NoteFailure(0, 0));
        Assert.False(health.NoteFailure(0, 0));
        Assert.False(health.NoteAnswer(0));
        Assert.False(health.NoteFailure(0, 0));
        Assert.False(health.NoteFailure(0, 0));
        Assert.True(health.NoteFailure(0, 0));
        Assert.True(health.IsProbing(0));
        Assert.False(health.IsProbing(1));
        Assert.True(health.NoteAnswer(0));
        Assert.False(health.IsProbing(0));
        Assert.Equal(long.MaxValue, health.NextProbe(s_open));
    }

    [Fact]
    public void Pauses_double_up_to_the_limit_and_jitter_only_shortens_them()
    {
        DeviceHealth health = Make(failures: 1);
        long now = 0;
        foreach (int seconds in new[] { 5, 10, 20, 40, 60, 60, 60 })
        {
            health.NoteFailure(0, now);
            Assert.Equal(1000 * seconds, health.ProbePauseMs(0));
            long pause = health.NextProbe(0) - now;
            Assert.InRange(pause, (long)(0.8 * seconds * TimeSpan.TicksPerSecond), seconds * TimeSpan.TicksPerSecond);
            now = health.NextProbe(0);
            Assert.Equal(0, health.PickProbe(now, s_open));
            health.BeginProbe(0);
            Assert.Equal(-1, health.PickProbe(now, s_open));
        }
    }

    [Fact]
    public void All_are_silent_only_when_every_asked_device_failed_last()
    {
        DeviceHealth health = Make();
        health.NoteFailure(0, 0);
        Assert.False(health.AreAllSilent);
        health.NoteFailure(1, 0);
        Assert.True(health.AreAllSilent);
        health.NoteAnswer(0);
        Assert.False(health.AreAllSilent);
    }
}
