using System.Globalization;
using Gateway.Runtime;
using Gateway.Runtime.Commands;

namespace Gateway.Replay;

/// <summary>What a row of a commands file asks for beyond a command to the scan.</summary>
internal enum ReplayAct
{
    /// <summary>A command to the scan.</summary>
    Command,
    /// <summary>Kill the scan and start it again from its checkpoint.</summary>
    Restart,
    /// <summary>Step the wall clock.</summary>
    ClockStep,
}

/// <summary>One row of a commands file.</summary>
internal sealed record ReplayCommand(long Time, ReplayAct Act, OperatorCommand? Command, double Seconds);

/// <summary>Reads <c>time,command,target,argument,user,reason</c>, sorted by time.</summary>
internal static class ReplayCommands
{
    private const int MostCommands = 1_000_000;

    // Signing in and notifying are no commands to the plant: a replay needs none.
    private static readonly CommandVerb[] s_verbs = [.. Enum.GetValues<CommandVerb>().Where(verb => verb is not (CommandVerb.SignIn or CommandVerb.SignOut or CommandVerb.Notify))];

    public static IReadOnlyList<ReplayCommand> Read(string file, PlantModel plant)
    {
        using var csv = new ReplayCsv(file, required: 2, "time", "command", "target", "argument", "user", "reason");
        var rows = new List<ReplayCommand>();
        long last = long.MinValue;
        while (csv.Read())
        {
            long time = ReplayCsv.Time(csv.Cell(0)) ?? throw csv.Wrong($"'{csv.Cell(0)}' is not an ISO 8601 time with an offset");
            if (time < last)
                throw csv.Wrong("the rows are not sorted by time; sort the file by its time column");
            if (rows.Count == MostCommands)
                throw csv.Wrong("more than a million commands; split the file");
            last = time;
            double argument = 0;
            if (csv.Cell(3).Length > 0 && !double.TryParse(csv.Cell(3), NumberStyles.Float, CultureInfo.InvariantCulture, out argument))
                throw csv.Wrong($"'{csv.Cell(3)}' is not a number");
            rows.Add(Parse(time, csv.Cell(1), csv.Cell(2), argument, csv.Cell(4), csv.Cell(5), plant, csv.Wrong));
        }
        return rows;
    }

    private static ReplayCommand Parse(long time, string word, string target, double argument, string user, string reason, PlantModel plant, Func<string, Exception> wrong)
    {
        if (word == "restart")
            return new ReplayCommand(time, ReplayAct.Restart, null, 0);
        if (word == "clockStep")
            return new ReplayCommand(time, ReplayAct.ClockStep, null, argument);
        foreach (CommandVerb verb in s_verbs)
        {
            if (EventJson.VerbOf(verb) != word)
                continue;
            bool output = verb is CommandVerb.Write or CommandVerb.Setpoint or CommandVerb.Mode;
            int index = output ? Array.FindIndex(plant.Outputs, o => o.Name == target) : Array.FindIndex(plant.Alarms, a => a.Id == target);
            if (index < 0 && verb != CommandVerb.Mode)
                throw wrong($"{(output ? "output" : "alarm")} '{target}' is not defined");
            return new ReplayCommand(time, ReplayAct.Command, new OperatorCommand { Verb = verb, Target = index, Argument = argument, User = user, Reason = reason }, 0);
        }
        throw wrong($"command '{word}' is not known; there are {string.Join(", ", s_verbs.Select(EventJson.VerbOf))}, restart and clockStep");
    }
}
