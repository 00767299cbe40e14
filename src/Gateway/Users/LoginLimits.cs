namespace Gateway.Users;

/// <summary>
/// Slows down guessing: attempts per sender, and a lock on an account after wrong passwords in a row. Times are
/// monotonic. Any thread.
/// </summary>
internal sealed class LoginLimits(TimeProvider time)
{
    /// <summary>Attempts of one sender in a minute.</summary>
    public const int AttemptsPerMinute = 10;
    /// <summary>Wrong passwords in a row that lock an account.</summary>
    public const int FailuresBeforeLock = 5;
    /// <summary>The first lock; each further failure doubles it.</summary>
    public static readonly TimeSpan FirstLock = TimeSpan.FromMinutes(1);
    /// <summary>The longest lock: longer would only help who wants to keep the operator out.</summary>
    public static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(15);

    private const int MaxSenders = 1024;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (long Since, int Count)> _senders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Failures, long Last)> _accounts = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Counts an attempt of a sender.</summary>
    /// <returns>False when it has used up its attempts.</returns>
    public bool TryAttempt(string sender)
    {
        lock (_gate)
        {
            if (!_senders.TryGetValue(sender, out var window) || time.GetElapsedTime(window.Since) >= Minute)
            {
                if (_senders.Count >= MaxSenders)
                    foreach (string old in _senders.Where(pair => time.GetElapsedTime(pair.Value.Since) >= Minute).Select(pair => pair.Key).ToArray())
                        _senders.Remove(old);
                if (_senders.Count >= MaxSenders)
                    return false;
                window = (time.GetTimestamp(), 0);
            }
            if (window.Count >= AttemptsPerMinute)
                return false;
            _senders[sender] = (window.Since, window.Count + 1);
            return true;
        }
    }

    /// <summary>Whether an account is locked now.</summary>
    public bool IsLocked(string account)
    {
        lock (_gate)
            return _accounts.TryGetValue(account, out var state) && state.Failures >= FailuresBeforeLock && time.GetElapsedTime(state.Last) < LockOf(state.Failures);
    }

    /// <summary>Counts a wrong password of an account that exists.</summary>
    /// <returns>True when the account is locked by it.</returns>
    public bool Fail(string account)
    {
        lock (_gate)
        {
            int failures = _accounts.GetValueOrDefault(account).Failures + 1;
            _accounts[account] = (failures, time.GetTimestamp());
            return failures >= FailuresBeforeLock;
        }
    }

    /// <summary>The right password ends the count.</summary>
    public void Succeed(string account)
    {
        lock (_gate)
            _accounts.Remove(account);
    }

    private static TimeSpan LockOf(int failures)
    {
        double factor = Math.Pow(2, Math.Min(16, failures - FailuresBeforeLock));
        TimeSpan wanted = FirstLock * factor;
        return wanted < LongestLock ? wanted : LongestLock;
    }
}
