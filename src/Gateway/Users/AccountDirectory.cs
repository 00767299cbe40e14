using System.Security.Cryptography;
using System.Text;

namespace Gateway.Users;

/// <summary>How a sign-in ended.</summary>
/// <param name="Account">Who is signed in now; null when nobody.</param>
/// <param name="Cookie">The session's secret.</param>
/// <param name="Csrf">What every act must carry beside the cookie.</param>
/// <param name="Cause">The true cause of a refusal, for the audit; the asker is told less.</param>
internal readonly record struct SignIn(Account? Account, string Cookie, string Csrf, string Cause);

/// <summary>
/// The accounts of a running gateway: follows users.json, signs people in, knows sessions and tokens. When the file
/// cannot be read the accounts known before stay; when none were known, nobody may command. Any thread.
/// </summary>
public sealed partial class AccountDirectory : IDisposable
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(5);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SessionTable _sessions;
    private readonly LoginLimits _limits;
    // A password costs a core for a fifth of a second; more than one at a time would be felt by the scan.
    private readonly SemaphoreSlim _hashing = new(1);
    private readonly Lock _gate = new();
    private AccountBook? _book;
    private (DateTime Written, long Length) _seen;
    private long _looked;

    /// <summary>Reads the accounts of a data folder.</summary>
    /// <exception cref="AccountException">The file cannot be read: a start must not go on without its accounts.</exception>
    public AccountDirectory(string folder, TimeProvider time, ILogger logger)
    {
        _folder = folder;
        _time = time;
        _logger = logger;
        _sessions = new SessionTable(time);
        _limits = new LoginLimits(time);
        _seen = Stamp();
        _book = AccountBook.Load(folder);
        _looked = time.GetTimestamp();
    }

    /// <summary>Whether there is any account; from the first on, commands need one.</summary>
    public bool HasAccounts => Book.Accounts.Count > 0;

    /// <summary>The accounts as the file has them, at most a second old.</summary>
    internal AccountBook Book
    {
        get
        {
            lock (_gate)
            {
                if (_time.GetElapsedTime(_looked) < LookPeriod)
                    return _book!;
                _looked = _time.GetTimestamp();
                var stamp = Stamp();
                if (stamp == _seen)
                    return _book!;
                try
                {
                    // A file that vanished is a fault, not the wish to let everybody in.
                    if (stamp.Length < 0)
                        throw new AccountException("GW6501", "users.json is gone; to go on without accounts restart the gateway");
                    _book = AccountBook.Load(_folder);
                    LogReloaded(_logger, _book.Accounts.Count);
                }
                catch (AccountException e)
                {
                    LogKept(_logger, e.Message);
                }
                _seen = stamp;
                return _book!;
            }
        }
    }

    /// <summary>Checks a name and a password.</summary>
    internal async Task<SignIn> SignInAsync(string name, string password, string sender, CancellationToken aborted)
    {
        if (!_limits.TryAttempt(sender))
            return Refused("too many attempts from " + sender);
        await _hashing.WaitAsync(aborted);
        (Account? account, string cause) = CheckAndRelease(name, password);
        if (account is null)
            return Refused(cause);
        (string cookie, string csrf) = _sessions.Begin(account);
        return new SignIn(account, cookie, csrf, "");
    }

    /// <summary>Checks a name and a password for a session that is kept elsewhere; waits for its turn, a few seconds at most.</summary>
    /// <returns>The account; null with the true cause, which the asker is not told.</returns>
    internal (Account? Account, string Cause) Check(string name, string password, string sender)
    {
        if (!_limits.TryAttempt(sender))
            return (null, "too many attempts from " + sender);
        return _hashing.Wait(LongestTurn) ? CheckAndRelease(name, password) : (null, "too many sign-ins at once");
    }

    /// <summary>Who an account is now, for sessions that are kept elsewhere; null when it was disabled or its password changed.</summary>
    internal Principal? Renew(Account account) =>
        Book.Find(account.Name) is { Disabled: false } now && now.Password.Hash.AsSpan().SequenceEqual(account.Password.Hash) ? PrincipalOf(now, Scopes.All) : null;

    /// <summary>Checks a password in the turn that the caller has.</summary>
    private (Account? Account, string Cause) CheckAndRelease(string name, string password)
    {
        Account? account = Book.Find(name);
        bool matches;
        try
        {
            if (account is not null && _limits.IsLocked(name))
                return (null, "the account is locked after wrong passwords");
            matches = (account?.Password ?? PasswordHash.Nobody).Matches(password);
        }
        finally
        {
            _hashing.Release();
        }
        if (account is null)
            return (null, "no such account");
        if (!matches)
            return (null, _limits.Fail(name) ? "wrong password; the account is locked now" : "wrong password");
        if (account.Disabled)
            return (null, "the account is disabled");
        _limits.Succeed(name);
        return (account, "");
    }

    /// <summary>Who a session's cookie belongs to.</summary>
    internal (Principal Who, string Csrf)? FindSession(string cookie) =>
        _sessions.Find(cookie, Book) is { } found ? (PrincipalOf(found.Account, Scopes.All), found.Csrf) : null;

    /// <summary>Ends a session.</summary>
    internal void SignOut(string cookie) => _sessions.End(cookie);

    /// <summary>Who a token belongs to; null when it is not known, expired, or its account disabled.</summary>
    internal Principal? FindToken(ReadOnlySpan<char> token)
    {
        if (token.Length is 0 or > 512)
            return null;
        AccountBook book = Book;
        string hash = HashOf(token.ToString());
        foreach (ApiToken known in book.Tokens)
            if (known.Sha256 == hash)
                return _time.GetUtcNow() < known.Expires && book.Find(known.Account) is { Disabled: false } account ? PrincipalOf(account, known.Scopes) : null;
        return null;
    }

    /// <summary>What the file keeps of a token. A random token needs no slow hash: it cannot be guessed.</summary>
    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Ends waiting; sessions are gone with the object.</summary>
    public void Dispose() => _hashing.Dispose();

    private static Principal PrincipalOf(Account account, Scopes scopes) => new(account.Name, account.Role, account.Areas, scopes);

    private static SignIn Refused(string cause) => new(null, "", "", cause);

    private (DateTime Written, long Length) Stamp()
    {
        var file = new FileInfo(AccountBook.FileIn(_folder));
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : (default, -1);
    }

    [LoggerMessage(1501, LogLevel.Information, "The accounts were read anew: {Count}")]
    private static partial void LogReloaded(ILogger logger, int count);

    [LoggerMessage(1502, LogLevel.Error, "The accounts known before stay in force: {Reason}")]
    private static partial void LogKept(ILogger logger, string reason);
}
