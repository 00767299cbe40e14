using System.CommandLine;

namespace Gateway.Cli;

/// <summary>The verbs of the program; one file for each.</summary>
public static class CommandLine
{
    /// <summary>Parses the arguments and runs the verb.</summary>
    /// <returns>The exit code of the verb; 1 when the arguments are wrong.</returns>
    public static int Run(string[] args)
    {
        var root = new RootCommand("Edge control gateway for water and wastewater treatment plants.")
        {
            RunVerb.Create(), ValidateVerb.Create(), PlanVerb.Create(), ReplayVerb.Create(), ProbeVerb.Create(), EvaluateVerb.Create(), ReportVerb.Create(), HistoryVerb.Create(), UserVerb.Create(), AlarmsVerb.Create(),
        };
        // By default an action that is not over 2 s after SIGTERM is abandoned: before the fail-safe values are written and
        // the journal is closed. How long a stop may take is the site's timeouts.shutdownMs, and in the end the unit's.
        return root.Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
    }
}
