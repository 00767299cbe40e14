using Gateway.Drivers.Polling;
using Gateway.Simulation;

namespace Gateway.Drivers.Tests.Polling;

public sealed class PollScheduleTests
{
    private static readonly long[] s_open = [0];

    [Fact]
    public void Slots_lie_on_the_grid_of_period_and_phase_and_missed_ones_are_counted()
    {
        var schedule = new PollSchedule([(100, 30, 0)]);
        Assert.Equal(-1, schedule.PickDue(29, s_open));
        Assert.Equal(0, schedule.PickDue(30, s_open));
        Assert.Equal(0, schedule.Begin(0, 35));
        Assert.Equal(130, schedule.DueOf(0));
        Assert.Equal(0, schedule.Begin(0, 229));
        Assert.Equal(230, schedule.DueOf(0));
        Assert.Equal(3, schedule.Begin(0, 530));
        Assert.Equal(630, schedule.DueOf(0));
        schedule.Skip(0, 900);
        Assert.Equal(930, schedule.DueOf(0));
        schedule.ServeNow(0, 815);
        Assert.Equal(730, schedule.DueOf(0));
    }

    [Fact]
    public void Held_and_gated_items_wait_and_the_next_due_time_knows_it()
    {
        var schedule = new PollSchedule([(100, 0, 0), (100, 10, 1)]);
        long[] gates = [50, 0];
        Assert.Equal(1, schedule.PickDue(20, gates));
        schedule.Hold(1, true);
        Assert.Equal(-1, schedule.PickDue(20, gates));
        Assert.Equal(50, schedule.NextDue(gates));
        schedule.Hold(0, true);
        Assert.Equal(long.MaxValue, schedule.NextDue(gates));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Under_overload_every_slot_is_served_or_counted_and_nobody_starves(int seed)
    {
        var random = new SeededRandom((ulong)seed, "schedule");
        var pace = new (long Period, long Phase, int Gate)[20];
        for (int i = 0; i < pace.Length; i++)
            pace[i] = (random.Next(50, 500), random.Next(0, 500), 0);
        var schedule = new PollSchedule(pace);
        var served = new long[pace.Length];
        var missed = new long[pace.Length];
        long now = 0;
        while (now < 1_000_000)
        {
            int item = schedule.PickDue(now, s_open);
            if (item < 0)
            {
                now = schedule.NextDue(s_open);
                continue;
            }

            missed[item] += schedule.Begin(item, now);
            served[item]++;
            now += random.Next(5, 60);
        }

        for (int i = 0; i < pace.Length; i++)
        {
            long slots = (schedule.DueOf(i) - (pace[i].Phase % pace[i].Period)) / pace[i].Period;
            Assert.Equal(slots, served[i] + missed[i]);
            Assert.True(served[i] > 1000, $"item {i} was served {served[i]} times");
        }
    }
}
