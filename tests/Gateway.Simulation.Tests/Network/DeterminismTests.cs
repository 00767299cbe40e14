using System.Diagnostics;
using Gateway.Simulation.Network;
using Gateway.Simulation.Time;

namespace Gateway.Simulation.Tests.Network;

public sealed class DeterminismTests
{
    [Fact]
    public void Equal_seeds_give_equal_bytes_at_equal_times_and_other_seeds_do_not()
    {
        var first = Traffic(5);
        Assert.Equal(first, Traffic(5));
        Assert.NotEqual(first, Traffic(6));
    }

    [Fact]
    public void Drawn_faults_are_decided_by_the_seed_and_severity_zero_is_clean()
    {
        var a = new LinkFaults();
        var b = new LinkFaults();
        a.Draw(new SeededRandom(3), 1);
        b.Draw(new SeededRandom(3), 1);
        Assert.Equal((a.Latency, a.Jitter, a.LossRate, a.GarbleRate, a.MaxFragment), (b.Latency, b.Jitter, b.LossRate, b.GarbleRate, b.MaxFragment));
        var random = new SeededRandom(3);
        for (var draw = 0; draw < 50; draw++)
        {
            a.Draw(random, 0);
            Assert.Equal(TimeSpan.Zero, a.Latency + a.Jitter + a.AnswerDelay + a.FragmentGap + a.CoalesceWindow);
            Assert.Equal(0, a.LossRate + a.LateRate + a.GarbleRate + a.DuplicateRate + a.MaxFragment);
        }
    }

    [Fact]
    public void Twenty_polled_connections_allocate_nothing_and_run_thousands_of_times_faster_than_real_time()
    {
        var time = new SimulatedTime();
        var network = new SimulatedNetwork(time, 1);
        var polls = 0L;
        for (var number = 0; number < 20; number++)
        {
            var endpoint = $"plc-{number}:502";
            network.Link(endpoint).Faults.Latency = TimeSpan.FromMilliseconds(2);
            network.Listen(endpoint, static async stream =>
            {
                var buffer = new byte[12];
                var answer = new byte[250];
                while (true)
                {
                    if (await stream.ReadAsync(buffer) == 0)
                        return;
                    await stream.WriteAsync(answer);
                }
            });
            _ = time.Start(async () =>
            {
                var stream = await network.ConnectAsync(endpoint);
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
                var request = new byte[12];
                var reply = new byte[260];
                while (await timer.WaitForNextTickAsync())
                {
                    await stream.WriteAsync(request);
                    for (var got = 0; got < 250;)
                        got += await stream.ReadAsync(reply);
                    polls++;
                }
            });
        }

        time.AdvanceBy(TimeSpan.FromMinutes(5));
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        time.AdvanceBy(TimeSpan.FromHours(1));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(polls, 20L * 3890, 20L * 3900);
        // Loose on purpose: a busy machine must not fail it, an accidental quadratic queue must.
        Assert.True(3600 / clock.Elapsed.TotalSeconds > 1000, $"only {3600 / clock.Elapsed.TotalSeconds:F0} times real time");
    }

    private static List<(long Time, string Bytes)> Traffic(ulong seed)
    {
        var time = new SimulatedTime();
        var network = new SimulatedNetwork(time, seed, 512);
        var log = new List<(long, string)>();
        var draw = new SeededRandom(seed, "faults");
        for (var number = 0; number < 4; number++)
        {
            var endpoint = $"plc-{number}:502";
            var link = network.Link(endpoint);
            link.Faults.Draw(draw, 1);
            network.Listen(endpoint, async stream =>
            {
                var buffer = new byte[64];
                int count;
                while ((count = await stream.ReadAsync(buffer)) > 0)
                    await stream.WriteAsync(buffer.AsMemory(0, count));
            });
            _ = time.Start(async () =>
            {
                var stream = await network.ConnectAsync(endpoint);
                var message = new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 };
                var buffer = new byte[64];
                while (true)
                {
                    await stream.WriteAsync(message);
                    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
                    try
                    {
                        var count = await stream.ReadAsync(buffer, patience.Token);
                        log.Add((time.GetTimestamp(), Convert.ToHexString(buffer, 0, count)));
                    }
                    catch (OperationCanceledException)
                    {
                        log.Add((time.GetTimestamp(), "silence"));
                    }
                }
            });
            time.Schedule(TimeSpan.FromSeconds(30), _ => link.Faults.Draw(draw, 0.5), null);
        }

        time.AdvanceBy(TimeSpan.FromMinutes(1));
        Assert.True(log.Count > 50, "the traffic must be worth comparing");
        return log;
    }
}
