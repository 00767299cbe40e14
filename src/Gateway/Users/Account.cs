namespace Gateway.Users;

/// <summary>One account as the file keeps it. Immutable.</summary>
public sealed record Account
{
    /// <summary>Unique name; stands in the audit.</summary>
    public required string Name { get; init; }
    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }
    /// <summary>Areas of the plant it may act in; empty for all.</summary>
    public IReadOnlyList<string> Areas { get; init; } = [];
    /// <summary>A disabled account can neither sign in nor use its tokens, and its sessions have ended.</summary>
    public bool Disabled { get; init; }
    /// <summary>The password, hashed.</summary>
    public required PasswordHash Password { get; init; }
}

/// <summary>A token for programs. The file keeps its hash only. Immutable.</summary>
public sealed record ApiToken
{
    /// <summary>Names the token; not secret.</summary>
    public required string Id { get; init; }
    /// <summary>Account whose rights it has, as far as its scopes go.</summary>
    public required string Account { get; init; }
    /// <summary>SHA-256 of the token, in hexadecimal.</summary>
    public required string Sha256 { get; init; }
    /// <summary>What it may be used for.</summary>
    public required Scopes Scopes { get; init; }
    /// <summary>From when it is no longer good.</summary>
    public required DateTimeOffset Expires { get; init; }
}
