namespace Gateway.Web.Messages;

/// <summary>Body of a sign-in.</summary>
internal sealed record SignInRequest
{
    /// <summary>Name of the account.</summary>
    public string? User { get; init; }
    /// <summary>Its password, at most 256 characters.</summary>
    public string? Password { get; init; }
}

/// <summary>Who is signed in.</summary>
internal sealed record SessionMessage
{
    /// <summary>Null for nobody.</summary>
    public required string? User { get; init; }
    /// <summary>viewer, operator, supervisor, engineer or auditor.</summary>
    public required string? Role { get; init; }
    /// <summary>Areas the account may act in; empty for all.</summary>
    public required IReadOnlyList<string> Areas { get; init; }
    /// <summary>Every act of the session carries it in the header X-CSRF-Token.</summary>
    public required string? CsrfToken { get; init; }
    /// <summary>Whether commands need an account or a token.</summary>
    public required bool NeedsAccount { get; init; }
}
