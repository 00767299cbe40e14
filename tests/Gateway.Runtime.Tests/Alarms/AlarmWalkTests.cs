using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;
using Xunit.Abstractions;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>Long random walks of the engine beside a second, independently written model.</summary>
public sealed class AlarmWalkTests(ITestOutputHelper output)
{
    // Seven kinds: more than a million events together.
    private const int Steps = 146_000;
    private const int MaxShelve = 40;

    private static readonly (bool Latching, bool Ack, int On, int Off, int ReAlarm, int Chatter)[] Kinds =
    [
        (false, true, 0, 0, 0, 0),
        (true, true, 0, 0, 0, 0),
        (false, false, 0, 0, 25, 0),
        (true, false, 3, 2, 25, 0),
        (false, true, 3, 0, 25, 0),
        (true, true, 0, 4, 0, 0),
        (false, true, 0, 2, 25, 9),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Engine_and_model_agree_at_every_step(int kind)
    {
        // A new seed each run, or the one a failure printed.
        string? fixedSeed = Environment.GetEnvironmentVariable("ALARM_WALK_SEED");
        int seed = fixedSeed is null ? Random.Shared.Next() : int.Parse(fixedSeed);
        output.WriteLine($"ALARM_WALK_SEED={seed}");
        Walk(kind, seed);
    }

    private static void Walk(int kind, int seed)
    {
        var (latching, ack, on, off, reAlarm, chatter) = Kinds[kind];
        var rig = new AlarmRig(AlarmRig.Plain with
        {
            Deadband = 2,
            Latching = latching,
            AckRequired = ack,
            OnDelayMs = on * 1000,
            OffDelayMs = off * 1000,
            ReAlarmMs = reAlarm * 1000,
            MaxShelveSeconds = MaxShelve,
            ChatterHoldMs = chatter * 1000,
            SuppressTag = 1,
        });
        var model = new AlarmModel(latching, ack, on, off, reAlarm, MaxShelve, chatter);
        var random = new Random(seed);
        int records = 0;
        var visited = new HashSet<char>();
        for (int step = 0; step < Steps; step++)
        {
            string what = random.Next(100) switch
            {
                < 55 => Scan(rig, model, random),
                < 98 => Act(rig, model, random),
                98 => Restart(rig),
                _ => StepClock(rig, random),
            };
            List<ScanEvent> events = rig.Drain();
            records += events.Count + rig.TakenInScan;
            rig.TakenInScan = 0;
            string where = $"seed {seed} kind {kind} step {step}: {what}";
            AlarmLive live = rig.Live;
            string expected = $"{where}: {model.Shown} {model.Standing} {model.Shelved}{model.Suppressed}{model.ByLogic}{model.Removed} {model.Occurrence} {model.Sounded} {model.AckedBy} {model.Records}";
            bool Has(AlarmFlags flag) => (live.Flags & flag) != 0;
            string found = $"{where}: {rig.Letter} {live.ConditionActive} {Has(AlarmFlags.Shelved)}{Has(AlarmFlags.Suppressed)}{live.SuppressedByLogic}{Has(AlarmFlags.OutOfService)} {live.Occurrence} {live.Annunciations} {live.AckedBy} {records}";
            Assert.Equal(expected, found);
            Assert.Equal(1, rig.Engine.CountOf(live.State));
            visited.Add(model.Shown);
        }
        string reachable = latching ? "ABCEFGHI" : ack ? "ABCDGHI" : "ABCGHI";
        Assert.Equal(reachable, string.Concat(visited.Order()));
    }

    private static string Scan(AlarmRig rig, AlarmModel model, Random random)
    {
        double[] values = [12, 10, 9, 8, 7.99, 5];
        int seconds = random.Next(4);
        int choice = random.Next(8);
        double? value = choice < 6 ? values[choice] : null;
        bool logic = random.Next(12) == 0;
        rig.Wait(seconds);
        rig.Tags.Set(1, logic ? 1 : random.Next(2) * 0.0, logic || random.Next(2) == 0 ? Quality.Good : Quality.Bad, 0);
        Quality usable = random.Next(4) == 0 ? Quality.Uncertain : Quality.Good;
        rig.TakenInScan = choice switch
        {
            6 => rig.Scan(12, Quality.BadTimeout).Count,
            7 => rig.Scan(double.NaN).Count,
            _ => rig.Scan(values[choice], usable).Count,
        };
        model.Scan(seconds, value, logic);
        return $"scan +{seconds} s value {value} logic {logic}";
    }

    private static string Act(AlarmRig rig, AlarmModel model, Random random)
    {
        CommandVerb[] verbs =
        [
            CommandVerb.Ack, CommandVerb.Ack, CommandVerb.Ack, CommandVerb.Reset, CommandVerb.Reset, CommandVerb.Shelve, CommandVerb.ShelveOnce, CommandVerb.Unshelve,
            CommandVerb.Suppress, CommandVerb.Unsuppress, CommandVerb.Unsuppress, CommandVerb.OutOfService, CommandVerb.ReturnToService, CommandVerb.ReturnToService,
        ];
        CommandVerb verb = verbs[random.Next(verbs.Length)];
        double argument = verb switch
        {
            CommandVerb.Ack => random.Next(4) == 0 ? model.Occurrence - 1 : random.Next(2) * model.Occurrence,
            CommandVerb.Shelve or CommandVerb.ShelveOnce => random.Next(-2, MaxShelve + 5),
            _ => 0,
        };
        string user = random.Next(5) == 0 ? "" : "u" + random.Next(3);
        string reason = random.Next(5) == 0 ? "" : "because";
        bool expected = model.Act(verb, argument, user, reason);
        string what = $"{verb} {argument} by '{user}' for '{reason}'";
        Assert.Equal((what, expected), (what, rig.Apply(verb, argument, reason, user).Accepted));
        return what;
    }

    private static string Restart(AlarmRig rig)
    {
        rig.Restart();
        return "restart";
    }

    private static string StepClock(AlarmRig rig, Random random)
    {
        rig.StepWallClock(TimeSpan.FromHours(random.Next(-48, 48)));
        return "clock step";
    }
}
