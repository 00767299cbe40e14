using Gateway.Runtime.Commands;

namespace Gateway.Users;

/// <summary>Who asks: an account behind a session or a token. Immutable.</summary>
/// <param name="Name">The account's name; stands in journal and audit.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Areas">Where; empty for everywhere.</param>
/// <param name="Scopes">What the token may be used for; everything for a session.</param>
public sealed record Principal(string Name, Role Role, IReadOnlyList<string> Areas, Scopes Scopes)
{
    /// <summary>Why the act is not this principal's to do; null when it is.</summary>
    /// <param name="verb">The act.</param>
    /// <param name="area">Where its target stands.</param>
    /// <param name="alarmClass">Class of the alarm; empty for outputs.</param>
    public string? Refusal(CommandVerb verb, string area, string alarmClass)
    {
        bool onOutput = verb is CommandVerb.Write or CommandVerb.Setpoint or CommandVerb.Mode;
        Scopes needed = onOutput ? Scopes.Outputs : Scopes.Alarms;
        if ((Scopes & needed) == 0)
            return $"the token of '{Name}' has no scope for this";
        Role least = LeastFor(verb, alarmClass);
        if (Role == Role.Auditor || Role < least)
            return $"'{Name}' is {NameOf(Role)}; this needs {NameOf(least)}";
        return Areas.Count > 0 && !Areas.Contains(area, StringComparer.Ordinal) ? $"'{Name}' may act in {string.Join(", ", Areas)} only, not in '{area}'" : null;
    }

    /// <summary>The least role for an act on an alarm of a class, or on an output.</summary>
    public static Role LeastFor(CommandVerb verb, string alarmClass) => verb switch
    {
        CommandVerb.OutOfService or CommandVerb.ReturnToService => Role.Engineer,
        CommandVerb.Suppress or CommandVerb.Unsuppress => Role.Supervisor,
        CommandVerb.Shelve or CommandVerb.ShelveOnce when alarmClass is "safety" or "environmental-permit" => Role.Supervisor,
        _ => Role.Operator,
    };

    /// <summary>The word for a role, as the command line takes it.</summary>
    public static string NameOf(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Operator => "operator",
        Role.Supervisor => "supervisor",
        Role.Engineer => "engineer",
        _ => "auditor",
    };
}
