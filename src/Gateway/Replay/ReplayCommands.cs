using System.Globalization;
using Gateway.Runtime;
using Gateway.Runtime.Commands;
using Sylvan.Data.Csv;

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

    public static IReadOnlyList<ReplayCommand> Read(string file, PlantModel plant)
    {
        using CsvDataReader reader = ReplayCsv.Open(file);
        int[] columns = [.. new[] { "time", "command", "target", "argument", "user", "reason" }.Select((name, i) => ReplayCsv.Column(reader, file, name, required: i < 2))];
        var rows = new List<ReplayCommand>();
        long last = long.MinValue;
        while (reader.Read())
        {
            string Cell(int i) => columns[i] < 0 || columns[i] >= reader.RowFieldCount ? "" : reader.GetString(columns[i]);
            ReplayInputException Wrong(string text) => new(file, reader.RowNumber + 1, text);
            long time = ReplayCsv.Time(Cell(0)) ?? throw Wrong($"'{Cell(0)}' is not an ISO 8601 time with an offset");
            if (time < last)
                throw Wrong("the rows are not sorted by time; sort the file by its time column");
            if (rows.Count == MostCommands)
                throw Wrong("more than a million commands; split the file");
            last = time;
            double argument = 0;
            if (Cell(3).Length > 0 && !double.TryParse(Cell(3), NumberStyles.Float, CultureInfo.InvariantCulture, out argument))
                throw Wrong($"'{Cell(3)}' is not a number");
            rows.Add(Parse(time, Cell(1), Cell(2), argument, Cell(4), Cell(5), plant, Wrong));
        }
        return rows;
    }

    private static ReplayCommand Parse(long time, string word, string target, double argument, string user, string reason, PlantModel plant, Func<string, Exception> wrong)
    {
        if (word == "restart")
            return new ReplayCommand(time, ReplayAct.Restart, null, 0);
        if (word == "clockStep")
            return new ReplayCommand(time, ReplayAct.ClockStep, null, argument);
        foreach (CommandVerb verb in Enum.GetValues<CommandVerb>())
        {
            if (EventJson.VerbOf(verb) != word)
                continue;
            bool output = verb is CommandVerb.Write or CommandVerb.Setpoint or CommandVerb.Mode;
            int index = output ? Array.FindIndex(plant.Outputs, o => o.Name == target) : Array.FindIndex(plant.Alarms, a => a.Id == target);
            if (index < 0 && verb != CommandVerb.Mode)
                throw wrong($"{(output ? "output" : "alarm")} '{target}' is not defined");
            return new ReplayCommand(time, ReplayAct.Command, new OperatorCommand { Verb = verb, Target = index, Argument = argument, User = user, Reason = reason }, 0);
        }
        throw wrong($"command '{word}' is not known; there are {string.Join(", ", Enum.GetValues<CommandVerb>().Select(EventJson.VerbOf))}, restart and clockStep");
    }
}
