using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <summary>Picks the endpoint that fits the options best.</summary>
internal static class EndpointChoice
{
    private const string TcpProfile = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";

    public static OpcUaFault Pick(EndpointDescription[] offered, OpcUaClientOptions options, out EndpointDescription endpoint)
    {
        endpoint = new EndpointDescription();
        EndpointDescription? best = null;
        var isUserRefused = false;
        foreach (var candidate in offered)
        {
            if (!IsUsable(candidate, options))
                continue;
            if (FindToken(candidate, options.User.Type) is null)
            {
                isUserRefused = true;
                continue;
            }

            if (best is null || Rank(candidate) > Rank(best))
                best = candidate;
        }

        if (best is not null)
        {
            endpoint = best;
            return default;
        }

        var list = string.Join(", ", offered.Select(Describe).Distinct());
        if (isUserRefused)
            return new OpcUaFault(StatusCodes.BadIdentityTokenRejected, $"no endpoint that fits takes users of the kind {options.User.Type}; offered are {list}", "use another kind of user, or enable this one on the server");
        var wanted = $"{options.Policy?.Name ?? "a secure policy"}/{options.Mode?.ToString() ?? "any mode"}";
        return new OpcUaFault(StatusCodes.BadSecurityPolicyRejected, $"the server has no endpoint with {wanted}; offered are {(list.Length == 0 ? "none" : list)}", "choose one of these, or enable another on the server");
    }

    /// <summary>The policy under which the endpoint takes this kind of user; null when it does not.</summary>
    public static UserTokenPolicy? FindToken(EndpointDescription endpoint, UserTokenType type)
    {
        if (endpoint.UserIdentityTokens is not { Length: > 0 } tokens)
            return type == UserTokenType.Anonymous ? new UserTokenPolicy() : null;
        UserTokenPolicy? best = null;
        foreach (var token in tokens)
        {
            if (token.TokenType != type || token.SecurityPolicyUri is { Length: > 0 } uri && SecurityPolicy.Find(uri) is null)
                continue;
            if (best is null || Strength(token) > Strength(best))
                best = token;
        }

        return best;
    }

    public static string Describe(EndpointDescription endpoint)
    {
        var uri = endpoint.SecurityPolicyUri ?? "";
        var name = uri.StartsWith(SecurityPolicy.UriPrefix, StringComparison.Ordinal) ? uri[SecurityPolicy.UriPrefix.Length..] : uri;
        return $"{name}/{endpoint.SecurityMode}";
    }

    private static bool IsUsable(EndpointDescription candidate, OpcUaClientOptions options)
    {
        if (candidate.TransportProfileUri is { Length: > 0 } profile && profile != TcpProfile)
            return false;
        if (SecurityPolicy.Find(candidate.SecurityPolicyUri) is not { } policy)
            return false;
        var isNone = candidate.SecurityMode == MessageSecurityMode.None;
        if (isNone != policy.IsNone || candidate.SecurityMode == MessageSecurityMode.Invalid)
            return false;
        if (options.Mode is { } mode && candidate.SecurityMode != mode)
            return false;
        return options.Policy is { } wanted ? policy == wanted : !policy.IsNone || options.Mode == MessageSecurityMode.None;
    }

    private static int Rank(EndpointDescription endpoint) => (int)endpoint.SecurityMode * 10 + SecurityPolicy.Find(endpoint.SecurityPolicyUri)!.Rank;

    private static int Strength(UserTokenPolicy token) => string.IsNullOrEmpty(token.SecurityPolicyUri) ? 1 : SecurityPolicy.Find(token.SecurityPolicyUri)!.Rank + 1;
}
