namespace Gateway.Runtime.Alarms;

/// <summary>What became of an operator's act on an alarm.</summary>
/// <param name="Accepted">Whether it was carried out.</param>
/// <param name="ReasonText">Why it was refused; empty when it was accepted.</param>
/// <param name="State">The state shown afterwards, so that the asker sees what the act led to.</param>
public readonly record struct AlarmCommandResult(bool Accepted, string ReasonText, AlarmState State);
