using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Users;

namespace Gateway.Cli;

/// <summary>
/// <c>user</c>: the accounts of a data folder. A running gateway takes changes within a second. A password comes from the
/// terminal or the first line of standard input, never from an argument, which every user of the machine could read.
/// Exit code 0 done, 1 refused.
/// </summary>
internal static class UserVerb
{
    private static readonly string[] s_roles = [.. Enum.GetValues<Role>().Select(Principal.NameOf)];
    private static readonly string[] s_scopes = ["read", "alarms", "outputs"];

    public static Command Create() => new("user", "Accounts and API tokens of a data folder.")
    {
        CreateAdd(), CreateList(), CreateSwitch("disable", "Ends the account's sessions and tokens; its name stays in the audit.", true),
        CreateSwitch("enable", "Lets a disabled account sign in again.", false), CreatePassword(), CreateToken(), CreateRevoke(),
    };

    private static Option<string> Data() => new("--data") { Description = "Data folder of the gateway; it may be running", Required = true };

    private static Argument<string> NameOf(string what) => new("name") { Description = what };

    private static Command CreateAdd()
    {
        Argument<string> name = NameOf("Name of the new account: 1 to 64 letters, digits, '.', '_' or '-'");
        Option<string> data = Data();
        var role = new Option<string>("--role") { Description = string.Join(", ", s_roles), Required = true };
        role.AcceptOnlyFromAmong(s_roles);
        var areas = new Option<string[]>("--area") { Description = "Area the account may act in, as in tags.csv; may be repeated; without it all", AllowMultipleArgumentsPerToken = true };
        var command = new Command("add", "Makes an account; asks for its password.") { name, data, role, areas };
        command.SetAction(parsed => Change(parsed.GetValue(data)!, book => Add(book, parsed.GetValue(name)!, (Role)Array.IndexOf(s_roles, parsed.GetValue(role)), parsed.GetValue(areas) ?? [])));
        return command;
    }

    private static Command CreateList()
    {
        Option<string> data = Data();
        var command = new Command("list", "Accounts with role and areas, and their tokens.") { data };
        command.SetAction(parsed => List(parsed.GetValue(data)!));
        return command;
    }

    private static Command CreateSwitch(string verb, string what, bool disabled)
    {
        Argument<string> name = NameOf("Name of the account");
        Option<string> data = Data();
        var command = new Command(verb, what) { name, data };
        command.SetAction(parsed => Change(parsed.GetValue(data)!, book => Replace(book, Require(book, parsed.GetValue(name)!) with { Disabled = disabled })));
        return command;
    }

    private static Command CreatePassword()
    {
        Argument<string> name = NameOf("Name of the account");
        Option<string> data = Data();
        var command = new Command("password", "Sets a new password and ends the account's sessions.") { name, data };
        command.SetAction(parsed => Change(parsed.GetValue(data)!, book =>
        {
            Account account = Require(book, parsed.GetValue(name)!);
            return Replace(book, account with { Password = AskPassword(account.Name) });
        }));
        return command;
    }

    private static Command CreateToken()
    {
        Argument<string> name = NameOf("Account whose rights the token has, as far as its scopes go");
        Option<string> data = Data();
        var scopes = new Option<string[]>("--scope") { Description = "read, alarms, outputs; may be repeated", Required = true, AllowMultipleArgumentsPerToken = true };
        scopes.AcceptOnlyFromAmong(s_scopes);
        var days = new Option<int>("--days") { Description = "Days until it expires, 1 to 730", DefaultValueFactory = _ => 90 };
        var command = new Command("token", "Makes an API token and prints it once.") { name, data, scopes, days };
        command.SetAction(parsed =>
        {
            string token = "";
            int code = Change(parsed.GetValue(data)!, book => AddToken(book, parsed.GetValue(name)!, parsed.GetValue(scopes)!, parsed.GetValue(days), out token));
            if (code == 0)
                Console.WriteLine(token);
            return code;
        });
        return command;
    }

    private static Command CreateRevoke()
    {
        var id = new Argument<string>("id") { Description = "Id of the token, as list shows it" };
        Option<string> data = Data();
        var command = new Command("revoke", "Removes an API token.") { id, data };
        command.SetAction(parsed => Change(parsed.GetValue(data)!, book =>
        {
            string wanted = parsed.GetValue(id)!;
            if (!book.Tokens.Any(token => token.Id == wanted))
                throw new AccountException("GW6503", $"there is no token '{wanted}'; list shows those there are");
            return book with { Tokens = [.. book.Tokens.Where(token => token.Id != wanted)] };
        }));
        return command;
    }

    private static int Change(string folder, Func<AccountBook, AccountBook> change)
    {
        try
        {
            if (!Directory.Exists(folder))
                throw new AccountException("GW6502", "the data folder does not exist; make it, or start the gateway once with --data");
            change(AccountBook.Load(folder)).Save(folder);
            return 0;
        }
        catch (AccountException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
    }

    private static int List(string folder)
    {
        try
        {
            AccountBook book = AccountBook.Load(folder);
            foreach (Account account in book.Accounts)
                Console.WriteLine($"{account.Name}  {Principal.NameOf(account.Role)}  {(account.Areas.Count == 0 ? "all areas" : string.Join(' ', account.Areas))}{(account.Disabled ? "  disabled" : "")}");
            foreach (ApiToken token in book.Tokens)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"token {token.Id}  {token.Account}  {token.Scopes}  until {token.Expires.UtcDateTime:yyyy-MM-dd}"));
            return 0;
        }
        catch (AccountException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
    }

    private static AccountBook Add(AccountBook book, string name, Role role, string[] areas)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            throw new AccountException("GW6503", "a name has 1 to 64 letters, digits, '.', '_' or '-'");
        if (book.Find(name) is not null)
            throw new AccountException("GW6503", $"there is an account '{name}' already; choose another name, or give it a new password with 'user password'");
        if (book.Accounts.Count >= AccountBook.MaxAccounts)
            throw new AccountException("GW6503", $"there are {AccountBook.MaxAccounts} accounts already");
        var account = new Account { Name = name, Role = role, Areas = areas, Password = AskPassword(name) };
        return book with { Accounts = [.. book.Accounts.Append(account).OrderBy(a => a.Name, StringComparer.Ordinal)] };
    }

    private static AccountBook AddToken(AccountBook book, string name, string[] scopes, int days, out string token)
    {
        Require(book, name);
        if (days is < 1 or > 730)
            throw new AccountException("GW6503", "a token is good for 1 to 730 days");
        if (book.Tokens.Count >= AccountBook.MaxTokens)
            throw new AccountException("GW6503", $"there are {AccountBook.MaxTokens} tokens already; revoke those nobody uses");
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        token = $"gw_{id}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";
        Scopes granted = scopes.Aggregate(Scopes.None, (all, scope) => all | (Scopes)(1 << Array.IndexOf(s_scopes, scope)));
        var made = new ApiToken { Id = id, Account = name, Sha256 = AccountDirectory.HashOf(token), Scopes = granted, Expires = TimeProvider.System.GetUtcNow().AddDays(days) };
        return book with { Tokens = [.. book.Tokens, made] };
    }

    private static Account Require(AccountBook book, string name) =>
        book.Find(name) ?? throw new AccountException("GW6503", $"there is no account '{name}'; list shows those there are");

    private static AccountBook Replace(AccountBook book, Account account) =>
        book with { Accounts = [.. book.Accounts.Select(old => old.Name == account.Name ? account : old)] };

    private static PasswordHash AskPassword(string account)
    {
        string password = ReadSecret("Password: ");
        if (!Console.IsInputRedirected && ReadSecret("Once more: ") != password)
            throw new AccountException("GW6503", "the two differ; nothing was changed");
        return PasswordHash.FaultOf(password, account) is { } fault ? throw new AccountException("GW6503", fault) : PasswordHash.Of(password);
    }

    private static string ReadSecret(string prompt)
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() ?? "";
        Console.Error.Write(prompt);
        var typed = new System.Text.StringBuilder();
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (typed.Length < PasswordHash.MaxLength + 1)
                typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
