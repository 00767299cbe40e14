using System.Security.Cryptography;

namespace Gateway.Users;

/// <summary>
/// Who is signed in. In memory only: a restart signs everybody out. The table keeps hashes of the cookies, so that a
/// dump of memory or log holds none. Any thread.
/// </summary>
internal sealed class SessionTable(TimeProvider time)
{
    /// <summary>A session nobody uses ends.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(15);
    /// <summary>One shift and a handover: then the password is asked for again.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(12);
    /// <summary>Sessions at most; one more ends the one that was idle longest.</summary>
    public const int MaxSessions = 256;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Begins a session.</summary>
    /// <returns>The cookie's value and the token that every act must carry beside it.</returns>
    public (string Cookie, string Csrf) Begin(Account account)
    {
        string cookie = NewSecret(), csrf = NewSecret();
        long now = time.GetTimestamp();
        lock (_gate)
        {
            RemoveEnded();
            if (_entries.Count >= MaxSessions)
                _entries.Remove(_entries.MinBy(pair => pair.Value.Used).Key);
            _entries[KeyOf(cookie)] = new Entry { Account = account.Name, Password = account.Password.Hash, Csrf = csrf, Begun = now, Used = now };
        }
        return (cookie, csrf);
    }

    /// <summary>The session of a cookie; its idle time begins anew.</summary>
    /// <param name="cookie">As the browser sent it.</param>
    /// <param name="book">The accounts of now: a session of a disabled account or of an old password has ended.</param>
    public (Account Account, string Csrf)? Find(string cookie, AccountBook book)
    {
        if (cookie.Length is 0 or > 128)
            return null;
        string key = KeyOf(cookie);
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out Entry? entry))
                return null;
            if (!HasEnded(entry) && book.Find(entry.Account) is { Disabled: false } account && account.Password.Hash.AsSpan().SequenceEqual(entry.Password))
            {
                entry.Used = time.GetTimestamp();
                return (account, entry.Csrf);
            }
            _entries.Remove(key);
            return null;
        }
    }

    /// <summary>Ends the session of a cookie.</summary>
    public void End(string cookie)
    {
        lock (_gate)
            _entries.Remove(KeyOf(cookie));
    }

    private void RemoveEnded()
    {
        foreach (string key in _entries.Where(pair => HasEnded(pair.Value)).Select(pair => pair.Key).ToArray())
            _entries.Remove(key);
    }

    private bool HasEnded(Entry entry) => time.GetElapsedTime(entry.Used) >= IdleLimit || time.GetElapsedTime(entry.Begun) >= LongestLife;

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string KeyOf(string cookie) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(cookie)));

    private sealed class Entry
    {
        public required string Account { get; init; }
        public required byte[] Password { get; init; }
        public required string Csrf { get; init; }
        public required long Begun { get; init; }
        public long Used { get; set; }
    }
}
