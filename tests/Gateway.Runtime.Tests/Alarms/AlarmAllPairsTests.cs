using System.Text;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Tests.Alarms;

/// <summary>
/// Every state with every event. The tables below were written by hand from ISA-18.2, not from the code. A letter is
/// the state shown after a recorded event, + a new occurrence, ! the same occurrence sounding again, x a recorded
/// refusal that changes nothing, - neither change nor record.
/// </summary>
public sealed class AlarmAllPairsTests
{
    private const string NotLatching = """
               ON OFF ACK OLD RESET REALARM SHELVE TOOLONG UNSHELVE EXPIRE SUPPRESS UNSUPPRESS OOS NOREASON RETURN RESTART BAD CLOCK
        A      B+ -   x   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        B      -  D   C   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        C      -  A   x   x   x     B!      G      x       x        -      H        x          I   x        x      -       -   -
        D      B+ -   A   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        A/G    -  -   x   x   x     -       G      x       A        A      H        x          I   x        x      -       -   -
        B/G    -  -   x   x   x     -       G      x       B+       B+     H        x          I   x        x      -       -   -
        C/G    -  -   x   x   x     -       G      x       B+       B+     H        x          I   x        x      -       -   -
        D/G    -  -   x   x   x     -       G      x       A        A      H        x          I   x        x      -       -   -
        B-/G   -  -   x   x   x     -       G      x       A        A      H        x          I   x        x      -       -   -
        A/H    -  -   x   x   x     -       H      x       x        -      x        A          I   x        x      -       -   -
        C/H    -  -   x   x   x     -       H      x       x        -      x        B+         I   x        x      -       -   -
        D/H    -  -   x   x   x     -       H      x       x        -      x        A          I   x        x      -       -   -
        A/I    -  -   x   x   x     -       I      x       x        -      I        x          I   x        A      -       -   -
        C/I    -  -   x   x   x     -       I      x       x        -      I        x          I   x        B+     -       -   -
        D/I    -  -   x   x   x     -       I      x       x        -      I        x          I   x        A      -       -   -
        C/GH   -  -   x   x   x     -       H      x       H        H      x        G          I   x        x      -       -   -
        C/GI   -  -   x   x   x     -       I      x       I        I      I        x          I   x        G      -       -   -
        C/HI   -  -   x   x   x     -       I      x       x        -      x        I          I   x        H      -       -   -
        C/GHI  -  -   x   x   x     -       I      x       I        I      x        I          I   x        H      -       -   -
        """;

    private const string Latching = """
               ON OFF ACK OLD RESET REALARM SHELVE TOOLONG UNSHELVE EXPIRE SUPPRESS UNSUPPRESS OOS NOREASON RETURN RESTART BAD CLOCK
        A      B+ -   x   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        B      -  E   C   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        C      -  F   x   x   x     B!      G      x       x        -      H        x          I   x        x      -       -   -
        E      B+ -   F   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        F      B+ -   x   x   A     -       G      x       x        -      H        x          I   x        x      -       -   -
        A/G    -  -   x   x   x     -       G      x       A        A      H        x          I   x        x      -       -   -
        C/G    -  -   x   x   x     -       G      x       B+       B+     H        x          I   x        x      -       -   -
        B-/G   -  -   x   x   x     -       G      x       A        A      H        x          I   x        x      -       -   -
        E/G    -  -   x   x   x     -       G      x       E        E      H        x          I   x        x      -       -   -
        F/G    -  -   x   x   x     -       G      x       F        F      H        x          I   x        x      -       -   -
        E/H    -  -   x   x   x     -       H      x       x        -      x        E          I   x        x      -       -   -
        F/H    -  -   x   x   x     -       H      x       x        -      x        F          I   x        x      -       -   -
        E/I    -  -   x   x   x     -       I      x       x        -      I        x          I   x        E      -       -   -
        F/I    -  -   x   x   x     -       I      x       x        -      I        x          I   x        F      -       -   -
        F/GHI  -  -   x   x   x     -       I      x       I        I      x        I          I   x        H      -       -   -
        """;

    private const string NoAcknowledgment = """
               ON OFF ACK OLD RESET REALARM SHELVE TOOLONG UNSHELVE EXPIRE SUPPRESS UNSUPPRESS OOS NOREASON RETURN RESTART BAD CLOCK
        A      B+ -   x   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        B      -  A   C   x   x     -       G      x       x        -      H        x          I   x        x      -       -   -
        C      -  A   x   x   x     B!      G      x       x        -      H        x          I   x        x      -       -   -
        """;

    private const double ReAlarmSeconds = 30;

    [Fact]
    public void Not_latching() => Compare(NotLatching, AlarmRig.Plain);

    [Fact]
    public void Latching_alarm() => Compare(Latching, AlarmRig.Latching);

    [Fact]
    public void No_acknowledgment_required() => Compare(NoAcknowledgment, AlarmRig.Plain with { AckRequired = false });

    /// <summary>Runs every cell of the approved table and prints what happened in the same layout.</summary>
    private static void Compare(string approved, AlarmDefinition definition)
    {
        string[] lines = approved.Split('\n');
        string[] events = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = new StringBuilder(lines[0]);
        foreach (string line in lines[1..])
        {
            string place = line.Split(' ')[0];
            var row = new StringBuilder(place.PadRight(7));
            foreach (string name in events)
                row.Append(Cell(definition, place, name).PadRight(name.Length + 1));
            found.Append('\n').Append(row.ToString().TrimEnd());
        }
        Assert.Equal(approved, found.ToString());
    }

    private static string Cell(AlarmDefinition definition, string place, string name)
    {
        // Only the column of the re-alarm has that timer, so that it does not meet the end of a shelving.
        var rig = new AlarmRig(definition with { ReAlarmMs = name == "REALARM" ? (int)(ReAlarmSeconds * 1000) : 0 });
        rig.Bring(place);
        AlarmLive before = rig.Live;
        List<ScanEvent> events = Happen(rig, name);
        AlarmLive after = rig.Live;
        if (events.Count == 0)
        {
            Assert.Equal((before.State, before.Base, before.Flags, before.Occurrence), (after.State, after.Base, after.Flags, after.Occurrence));
            return "-";
        }
        ScanEvent item = Assert.Single(events);
        Assert.Equal(((int)before.State, (int)after.State, after.Occurrence), (item.From, item.To, item.Occurrence));
        if (!item.Accepted)
        {
            Assert.Equal((before.State, before.Base, before.Flags, before.Occurrence), (after.State, after.Base, after.Flags, after.Occurrence));
            Assert.False(string.IsNullOrEmpty(item.Reason));
            return "x";
        }
        string news = after.Occurrence > before.Occurrence ? "+" : after.Annunciations > before.Annunciations ? "!" : "";
        return AlarmNames.LetterOf(after.State) + news;
    }

    private static List<ScanEvent> Happen(AlarmRig rig, string name)
    {
        switch (name)
        {
            case "ON": return rig.Scan(AlarmRig.Present);
            case "OFF": return rig.Scan(AlarmRig.Absent);
            case "REALARM": return rig.ScanAfter(ReAlarmSeconds);
            case "EXPIRE": return rig.ScanAfter(AlarmRig.ShelfSeconds);
            case "BAD": return rig.Scan(rig.Tags[0].Value, Quality.BadTimeout);
            case "RESTART":
                rig.Restart();
                return rig.Scan();
            case "CLOCK":
                rig.StepWallClock(TimeSpan.FromDays(-40));
                return rig.Scan();
            default:
                Act(rig, name);
                return rig.Drain();
        }
    }

    private static AlarmCommandResult Act(AlarmRig rig, string name) => name switch
    {
        "ACK" => rig.Apply(CommandVerb.Ack, rig.Live.Occurrence),
        "OLD" => rig.Apply(CommandVerb.Ack, rig.Live.Occurrence + 7),
        "RESET" => rig.Apply(CommandVerb.Reset),
        "SHELVE" => rig.Apply(CommandVerb.Shelve, 60),
        "TOOLONG" => rig.Apply(CommandVerb.Shelve, AlarmDefinition.DefaultMaxShelveSeconds + 1),
        "UNSHELVE" => rig.Apply(CommandVerb.Unshelve),
        "SUPPRESS" => rig.Apply(CommandVerb.Suppress),
        "UNSUPPRESS" => rig.Apply(CommandVerb.Unsuppress),
        "OOS" => rig.Apply(CommandVerb.OutOfService),
        "NOREASON" => rig.Apply(CommandVerb.OutOfService, reason: " "),
        "RETURN" => rig.Apply(CommandVerb.ReturnToService),
        _ => throw new ArgumentException(name),
    };
}
