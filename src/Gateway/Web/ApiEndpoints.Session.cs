using Gateway.Runtime.Commands;
using Gateway.Users;
using Gateway.Web.Messages;

namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    private Task SessionAsync(HttpContext http) => WriteAsync(http, DescribeSession(http), ApiJson.Default.SessionMessage);

    private SessionMessage DescribeSession(HttpContext http)
    {
        var found = _options.Accounts?.FindSession(http.Request.Cookies[CommandGate.Cookie] ?? "");
        return new SessionMessage
        {
            User = found?.Who.Name,
            Role = found is { } known ? Principal.NameOf(known.Who.Role) : null,
            Areas = found?.Who.Areas ?? [],
            CsrfToken = found?.Csrf,
            NeedsAccount = _options.Accounts is { HasAccounts: true } || !_options.LocalCommands,
        };
    }

    private async Task SignInAsync(HttpContext http)
    {
        if (CommandGate.SignInRefusal(http.Request) is { } refusal)
        {
            await Problem.WriteAsync(http, StatusCodes.Status403Forbidden, refusal);
            return;
        }
        if (await ReadAsync(http, ApiJson.Default.SignInRequest) is not { } body)
            return;
        if (FaultOf(body.User, null) is { } fault || (fault = body.Password is { Length: > 0 and <= PasswordHash.MaxLength } ? null : "'password' is missing or too long.") is not null)
        {
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, fault);
            return;
        }
        if (_options.Accounts is not { } accounts)
        {
            await Problem.WriteAsync(http, StatusCodes.Status401Unauthorized, "This gateway has no accounts: it was started without a data folder.");
            return;
        }
        string sender = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        SignIn result = await accounts.SignInAsync(body.User!, body.Password!, sender, http.RequestAborted);
        _context.SignIns.Count(result.Account is not null);
        if (result.Account is not { } account)
        {
            _context.Commands.Record(CommandVerb.SignIn, body.User!, $"from {sender}", result.Cause);
            await Problem.WriteAsync(http, StatusCodes.Status401Unauthorized, "Name or password is wrong, or the account is disabled or locked for some minutes.");
            return;
        }
        _context.Commands.Record(CommandVerb.SignIn, account.Name, $"{Principal.NameOf(account.Role)}, from {sender}", null);
        http.Response.Cookies.Append(CommandGate.Cookie, result.Cookie, CookieOf(http));
        await WriteAsync(http, new SessionMessage { User = account.Name, Role = Principal.NameOf(account.Role), Areas = account.Areas, CsrfToken = result.Csrf, NeedsAccount = true }, ApiJson.Default.SessionMessage);
    }

    private async Task SignOutAsync(HttpContext http)
    {
        Caller caller = _gate.ForAct(http);
        if (caller.Refusal is { } refusal || caller.Who is null)
        {
            await Problem.WriteAsync(http, caller.Status, caller.Refusal ?? "There is no session to end.");
            return;
        }
        _options.Accounts!.SignOut(http.Request.Cookies[CommandGate.Cookie] ?? "");
        _context.Commands.Record(CommandVerb.SignOut, caller.Who.Name, "", null);
        http.Response.Cookies.Delete(CommandGate.Cookie, CookieOf(http));
        await WriteAsync(http, new SessionMessage { User = null, Role = null, Areas = [], CsrfToken = null, NeedsAccount = true }, ApiJson.Default.SessionMessage);
    }

    /// <summary>No script can read the cookie, no other site sends it, and over TLS it never leaves TLS.</summary>
    private static CookieOptions CookieOf(HttpContext http) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", IsEssential = true };

    /// <summary>Whether the caller has the right; a refusal is answered and goes into the audit.</summary>
    private async Task<bool> HasRightAsync(HttpContext http, Caller caller, CommandVerb verb, int target)
    {
        if (caller.Who is null || _context.Commands.Refuse(caller.Who, verb, target) is not { } refusal)
            return true;
        await Problem.WriteAsync(http, StatusCodes.Status403Forbidden, refusal + ".");
        return false;
    }

    /// <summary>The name that goes into the journal: the account's, or what a caller without one says.</summary>
    private static string? NameOf(in Caller caller, string? said) => caller.Who?.Name ?? said;
}
