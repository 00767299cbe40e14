namespace Gateway.Runtime.Commands;

/// <summary>What an operator asks for; names as in the commands file and the API.</summary>
public enum CommandVerb : byte
{
    /// <summary>Acknowledge one occurrence of an alarm.</summary>
    Ack,
    /// <summary>Shelve an alarm for a time.</summary>
    Shelve,
    /// <summary>End shelving.</summary>
    Unshelve,
    /// <summary>Suppress by design (normally given by logic).</summary>
    Suppress,
    /// <summary>End suppression.</summary>
    Unsuppress,
    /// <summary>Take an alarm out of service.</summary>
    OutOfService,
    /// <summary>Return an alarm to service.</summary>
    ReturnToService,
    /// <summary>Reset a latched alarm.</summary>
    Reset,
    /// <summary>Write an output once.</summary>
    Write,
    /// <summary>Change the mode of a block or output.</summary>
    Mode,
    /// <summary>Change a set-point.</summary>
    Setpoint,
    /// <summary>Sign in; carried out by the web, recorded by the scan.</summary>
    SignIn,
    /// <summary>Sign out; likewise.</summary>
    SignOut,
    /// <summary>Shelve an alarm until its condition goes, at most for a time.</summary>
    ShelveOnce,
    /// <summary>A receiver outside was told of an occurrence; recorded by the scan, changes nothing.</summary>
    Notify,
}

/// <summary>One command on its way to the scan. Made by the web or a commands file, carried out by the scan.</summary>
public sealed record OperatorCommand
{
    /// <summary>What is asked for.</summary>
    public required CommandVerb Verb { get; init; }
    /// <summary>Index of the alarm or output meant.</summary>
    public required int Target { get; init; }
    /// <summary>Argument: occurrence for Ack (0 = the current one) and Notify, seconds for Shelve and ShelveOnce, value for Write and Setpoint.</summary>
    public double Argument { get; init; }
    /// <summary>Who asks.</summary>
    public string User { get; init; } = "";
    /// <summary>Why; required for shelving and out of service.</summary>
    public string Reason { get; init; } = "";
    /// <summary>Why who asks may not; the scan then carries nothing out and records the attempt. Null when it may.</summary>
    public string? Denied { get; init; }
    /// <summary>Returned with the outcome, so that the asker finds it.</summary>
    public long CorrelationId { get; init; }
}
