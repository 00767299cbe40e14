using Gateway.Cli;
using Gateway.Runtime.Commands;
using Gateway.Users;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Users;

/// <summary>Accounts, passwords, locks, sessions and tokens, without a web server.</summary>
public sealed class AccountTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1.5);

    [Fact]
    public void A_password_hash_is_that_of_the_standard()
    {
        // PBKDF2-HMAC-SHA256, password "passwd", salt "salt", 1 round (RFC 7914 §11), first 32 bytes.
        var hash = new PasswordHash("salt"u8.ToArray(), Convert.FromHexString("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"), 1);

        Assert.True(hash.Matches("passwd"));
        Assert.False(hash.Matches("passwd "));
        Assert.Equal(600_000, PasswordHash.Nobody.Iterations);
    }

    [Theory]
    [InlineData("short", false)]
    [InlineData("aaaaaaaaaaaaaaaa", false)]
    [InlineData("my-name-is-OLGA-1", false)]
    [InlineData("a good long phrase", true)]
    public void A_weak_password_is_refused(string password, bool good) => Assert.Equal(good, PasswordHash.FaultOf(password, "olga") is null);

    [Theory]
    [InlineData(Role.Viewer, CommandVerb.Ack, "process", false)]
    [InlineData(Role.Auditor, CommandVerb.Ack, "process", false)]
    [InlineData(Role.Operator, CommandVerb.Ack, "safety", true)]
    [InlineData(Role.Operator, CommandVerb.Shelve, "process", true)]
    [InlineData(Role.Operator, CommandVerb.Shelve, "environmental-permit", false)]
    [InlineData(Role.Supervisor, CommandVerb.Shelve, "environmental-permit", true)]
    [InlineData(Role.Operator, CommandVerb.Suppress, "process", false)]
    [InlineData(Role.Supervisor, CommandVerb.Suppress, "process", true)]
    [InlineData(Role.Supervisor, CommandVerb.OutOfService, "process", false)]
    [InlineData(Role.Engineer, CommandVerb.OutOfService, "process", true)]
    [InlineData(Role.Operator, CommandVerb.Write, "", true)]
    [InlineData(Role.Viewer, CommandVerb.Write, "", false)]
    [InlineData(Role.Auditor, CommandVerb.Write, "", false)]
    public void A_role_may_what_the_table_says(Role role, CommandVerb verb, string alarmClass, bool may) =>
        Assert.Equal(may, new Principal("p", role, [], Scopes.All).Refusal(verb, "any", alarmClass) is null);

    [Fact]
    public void An_area_and_a_scope_are_borders()
    {
        var here = new Principal("p", Role.Engineer, ["lane1"], Scopes.Read | Scopes.Alarms);

        Assert.Null(here.Refusal(CommandVerb.Ack, "lane1", "process"));
        Assert.Equal("'p' may act in lane1 only, not in 'lane2'", here.Refusal(CommandVerb.Ack, "lane2", "process"));
        Assert.Equal("the token of 'p' has no scope for this", here.Refusal(CommandVerb.Write, "lane1", ""));
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_for_a_while_and_each_further_one_doubles_it()
    {
        var clock = new AccountRig.Clock();
        using var rig = new AccountRig(AccountRig.Make("olga", Role.Operator));
        using var accounts = new AccountDirectory(rig.Folder, clock, NullLogger.Instance);
        for (int i = 1; i <= 5; i++)
            Assert.Equal(i < 5 ? "wrong password" : "wrong password; the account is locked now", (await accounts.SignInAsync("olga", "wrong password", "a" + i, default)).Cause);

        Assert.Equal("the account is locked after wrong passwords", (await accounts.SignInAsync("olga", AccountRig.Password, "b", default)).Cause);
        clock.Pass(TimeSpan.FromSeconds(61));
        Assert.Equal("wrong password; the account is locked now", (await accounts.SignInAsync("olga", "wrong again here", "c", default)).Cause);
        clock.Pass(TimeSpan.FromSeconds(61));
        Assert.Equal("the account is locked after wrong passwords", (await accounts.SignInAsync("olga", AccountRig.Password, "d", default)).Cause);
        clock.Pass(TimeSpan.FromSeconds(61));
        Assert.NotNull((await accounts.SignInAsync("olga", AccountRig.Password, "e", default)).Account);
        Assert.Equal("no such account", (await accounts.SignInAsync("nobody", AccountRig.Password, "f", default)).Cause);
    }

    [Fact]
    public async Task One_sender_has_ten_attempts_a_minute()
    {
        var clock = new AccountRig.Clock();
        using var rig = new AccountRig(AccountRig.Make("olga", Role.Operator));
        using var accounts = new AccountDirectory(rig.Folder, clock, NullLogger.Instance);
        for (int i = 0; i < 10; i++)
            Assert.NotNull((await accounts.SignInAsync("olga", AccountRig.Password, "10.0.0.1", default)).Account);

        Assert.Equal("too many attempts from 10.0.0.1", (await accounts.SignInAsync("olga", AccountRig.Password, "10.0.0.1", default)).Cause);
        Assert.NotNull((await accounts.SignInAsync("olga", AccountRig.Password, "10.0.0.2", default)).Account);
        clock.Pass(TimeSpan.FromMinutes(1));
        Assert.NotNull((await accounts.SignInAsync("olga", AccountRig.Password, "10.0.0.1", default)).Account);
    }

    [Fact]
    public async Task A_session_ends_idle_old_disabled_or_by_a_new_password()
    {
        var clock = new AccountRig.Clock();
        using var rig = new AccountRig(AccountRig.Make("olga", Role.Operator));
        using var accounts = new AccountDirectory(rig.Folder, clock, NullLogger.Instance);
        async Task<string> BeginAsync() => (await accounts.SignInAsync("olga", AccountRig.Password, "x", default)).Cookie;

        string cookie = await BeginAsync();
        Assert.Equal("olga", accounts.FindSession(cookie)?.Who.Name);
        clock.Pass(TimeSpan.FromMinutes(15));
        Assert.Null(accounts.FindSession(cookie));

        cookie = await BeginAsync();
        for (int i = 0; i < 12 * 6 - 1; i++)
        {
            clock.Pass(TimeSpan.FromMinutes(10));
            Assert.NotNull(accounts.FindSession(cookie));
        }
        clock.Pass(TimeSpan.FromMinutes(10));
        Assert.Null(accounts.FindSession(cookie));

        cookie = await BeginAsync();
        rig.Save(book => book with { Accounts = [book.Accounts[0] with { Disabled = true }] });
        clock.Pass(s_second);
        Assert.Null(accounts.FindSession(cookie));
        Assert.Equal("the account is disabled", (await accounts.SignInAsync("olga", AccountRig.Password, "y", default)).Cause);

        rig.Save(book => book with { Accounts = [book.Accounts[0] with { Disabled = false }] });
        clock.Pass(s_second);
        cookie = await BeginAsync();
        rig.Save(book => book with { Accounts = [book.Accounts[0] with { Password = PasswordHash.Of("another long phrase", 1000) }] });
        clock.Pass(s_second);
        Assert.Null(accounts.FindSession(cookie));
    }

    [Fact]
    public void A_damaged_or_removed_file_lets_nobody_new_in_and_keeps_who_was_known()
    {
        var clock = new AccountRig.Clock();
        using var rig = new AccountRig(AccountRig.Make("olga", Role.Operator));
        using var accounts = new AccountDirectory(rig.Folder, clock, NullLogger.Instance);

        File.WriteAllText(AccountBook.FileIn(rig.Folder), "{ \"accounts\": [");
        clock.Pass(s_second);
        Assert.True(accounts.HasAccounts);
        File.Delete(AccountBook.FileIn(rig.Folder));
        clock.Pass(s_second);
        Assert.True(accounts.HasAccounts);
        File.WriteAllText(AccountBook.FileIn(rig.Folder), "{ \"nonsense\": 1 }");
        Assert.Equal("GW6501", Assert.Throws<AccountException>(() => new AccountDirectory(rig.Folder, clock, NullLogger.Instance)).Code);
    }

    [Fact]
    public void The_verb_makes_accounts_and_tokens_and_never_shows_a_password()
    {
        using var rig = new AccountRig();
        (int Code, string Out) Run(string input, params string[] args)
        {
            TextReader before = Console.In;
            TextWriter said = Console.Out;
            using var output = new StringWriter();
            Console.SetIn(new StringReader(input));
            Console.SetOut(output);
            try
            {
                return (CommandLine.Run([.. args, "--data", rig.Folder]), output.ToString());
            }
            finally
            {
                Console.SetIn(before);
                Console.SetOut(said);
            }
        }

        // Standard input of a test run is not a terminal.
        Assert.True(Console.IsInputRedirected);
        Assert.Equal(1, Run("short\n", "user", "add", "olga", "--role", "operator").Code);
        Assert.Equal(0, Run("a long good phrase\n", "user", "add", "olga", "--role", "operator", "--area", "lane1").Code);
        Assert.Equal(1, Run("a long good phrase\n", "user", "add", "olga", "--role", "viewer").Code);
        var (code, token) = Run("", "user", "token", "olga", "--scope", "read", "--scope", "alarms", "--days", "30");
        Assert.Equal(0, code);
        Assert.Matches("^gw_[0-9a-f]{8}_[0-9a-f]{64}\n$", token);
        string file = File.ReadAllText(AccountBook.FileIn(rig.Folder)), list = Run("", "user", "list").Out;
        Assert.DoesNotContain(token.Trim(), file, StringComparison.Ordinal);
        Assert.DoesNotContain("a long good phrase", file + list, StringComparison.Ordinal);
        Assert.StartsWith("olga  operator  lane1\ntoken " + token[3..11], list, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AccountBook.FileIn(rig.Folder)));

        Assert.Equal(0, Run("", "user", "revoke", token[3..11]).Code);
        Assert.Equal(0, Run("", "user", "disable", "olga").Code);
        Assert.Equal("olga  operator  lane1  disabled\n", Run("", "user", "list").Out);
    }
}
