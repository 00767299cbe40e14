namespace Gateway.Users;

/// <summary>How attempts to sign in ended since the start. Counted by the web, read by the metrics; any thread.</summary>
public sealed class SignInCount
{
    private long _accepted;
    private long _refused;

    /// <summary>Attempts that began a session.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);
    /// <summary>Attempts that did not: wrong password, no such account, locked, disabled, too many.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    internal void Count(bool accepted)
    {
        if (accepted)
            Interlocked.Increment(ref _accepted);
        else
            Interlocked.Increment(ref _refused);
    }
}
