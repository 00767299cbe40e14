namespace Gateway.Configuration;

/// <summary>How a receiver of notifications is reached.</summary>
public enum ReceiverKind
{
    /// <summary>Mail by SMTP.</summary>
    Email,
    /// <summary>A POST of JSON.</summary>
    Webhook,
    /// <summary>The API of Prometheus' Alertmanager, version 2.</summary>
    Alertmanager,
}

/// <summary>Who is told of alarms outside of the control room. Immutable.</summary>
public sealed record NotificationReceiver
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }
    /// <summary>How it is reached.</summary>
    public required ReceiverKind Kind { get; init; }
    /// <summary>Alarms of this priority and of more urgent ones, 1 to 4.</summary>
    public int LeastPriority { get; init; } = 2;
    /// <summary>Only alarms of this area; empty for all.</summary>
    public string Area { get; init; } = "";
    /// <summary>Minutes an alarm stays unacknowledged before this receiver is told: the step of an escalation.</summary>
    public double AfterMinutes { get; init; }
    /// <summary>Minutes after which it is told again while the alarm is not acknowledged; 0 for once.</summary>
    public double RepeatMinutes { get; init; } = 15;
    /// <summary>Address of a webhook or of the Alertmanager.</summary>
    public string Url { get; init; } = "";
    /// <summary>Full path of the file with the bearer token; empty for none.</summary>
    public string TokenFile { get; init; } = "";
    /// <summary>Mail server.</summary>
    public string Host { get; init; } = "";
    /// <summary>Its port.</summary>
    public int Port { get; init; } = 587;
    /// <summary>True for STARTTLS.</summary>
    public bool Tls { get; init; } = true;
    /// <summary>Name at the mail server; empty for none.</summary>
    public string User { get; init; } = "";
    /// <summary>Full path of the file with its password.</summary>
    public string PasswordFile { get; init; } = "";
    /// <summary>Sender of the mail.</summary>
    public string From { get; init; } = "";
    /// <summary>Recipients of the mail.</summary>
    public IReadOnlyList<string> To { get; init; } = [];
}
