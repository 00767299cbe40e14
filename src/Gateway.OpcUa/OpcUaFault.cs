using Gateway.OpcUa.Types;

namespace Gateway.OpcUa;

/// <summary>What went wrong: a named status, the cause in words, and the next step where one is known.</summary>
/// <param name="Status">The status; Good when nothing went wrong.</param>
/// <param name="Cause">The cause in words.</param>
/// <param name="Cure">What to do about it; empty when there is nothing to do but try again.</param>
public readonly record struct OpcUaFault(StatusCode Status, string Cause, string Cure = "")
{
    /// <summary>Nothing went wrong.</summary>
    public static OpcUaFault None => default;

    /// <summary>True when nothing went wrong.</summary>
    public bool IsNone => Status.IsGood;

    /// <summary>A fault whose cause is what the status says.</summary>
    public static OpcUaFault From(StatusCode status) => new(status, status.Text);

    /// <summary>Status, cause and cure in one line.</summary>
    public override string ToString() => IsNone ? "Good" : Cure.Length == 0 ? $"{Status}: {Cause}" : $"{Status}: {Cause}; {Cure}";
}
