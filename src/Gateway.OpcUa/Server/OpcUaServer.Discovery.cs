using Gateway.OpcUa.Security;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <content>What the server says about itself.</content>
public sealed partial class OpcUaServer
{
    private const string TransportProfile = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary";
    private const string AnonymousId = "anonymous";
    private const string UserNameId = "username";

    // Part 7: what this server does, under the names of 2017 that clients look for and those of 2022.
    private static readonly string[] s_profiles =
    [
        "http://opcfoundation.org/UA-Profile/Server/MicroEmbeddedDevice2017",
        "http://opcfoundation.org/UA-Profile/Server/DataAccess",
    ];

    private readonly EndpointDescription[] _endpoints;

    private EndpointDescription[] DescribeEndpoints()
    {
        var endpoints = new List<EndpointDescription>();
        foreach (var policy in Options.Policies)
        {
            foreach (var mode in policy.IsNone ? [MessageSecurityMode.None] : Options.Modes)
            {
                endpoints.Add(new EndpointDescription
                {
                    EndpointUrl = Options.EndpointUrl,
                    Server = DescribeApplication(),
                    ServerCertificate = Options.Certificate?.Chain,
                    SecurityMode = mode,
                    SecurityPolicyUri = policy.Uri,
                    UserIdentityTokens = DescribeTokens(policy),
                    TransportProfileUri = TransportProfile,
                    SecurityLevel = (byte)(policy.IsNone ? 0 : (int)mode * 10 + policy.Rank),
                });
            }
        }

        return [.. endpoints];
    }

    private UserTokenPolicy[] DescribeTokens(SecurityPolicy policy)
    {
        var tokens = new List<UserTokenPolicy>();
        if (Options.AllowAnonymous)
            tokens.Add(new UserTokenPolicy { PolicyId = AnonymousId, TokenType = UserTokenType.Anonymous });
        // A password is always encrypted: on a channel without security with the server's certificate, or it is not asked for.
        if (Options.CheckPassword is not null && Options.Certificate is not null)
            tokens.Add(new UserTokenPolicy { PolicyId = UserNameId, TokenType = UserTokenType.UserName, SecurityPolicyUri = PasswordPolicy(policy).Uri });
        return [.. tokens];
    }

    private static SecurityPolicy PasswordPolicy(SecurityPolicy channel) => channel.IsNone ? SecurityPolicy.Basic256Sha256 : channel;

    private ApplicationDescription DescribeApplication() => new()
    {
        ApplicationUri = Options.Uri,
        ProductUri = Options.ProductUri,
        ApplicationName = new LocalizedText(Options.ApplicationName, "en"),
        ApplicationType = ApplicationType.Server,
        DiscoveryUrls = [Options.EndpointUrl],
    };

    private GetEndpointsResponse GetEndpoints(GetEndpointsRequest request)
    {
        var isWanted = request.ProfileUris is not { Length: > 0 } profiles || profiles.Contains(TransportProfile);
        return new GetEndpointsResponse { Endpoints = isWanted ? EndpointsFor(request.EndpointUrl) : [] };
    }

    private FindServersResponse FindServers(FindServersRequest request)
    {
        var isWanted = request.ServerUris is not { Length: > 0 } uris || uris.Contains(Options.Uri);
        return new FindServersResponse { Servers = isWanted ? [DescribeApplication()] : [] };
    }

    /// <summary>The endpoints under the host that the client used, which may be another than ours behind an address translation.</summary>
    private EndpointDescription[] EndpointsFor(string? url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var asked) || asked.Scheme != "opc.tcp" || url!.Length > Transport.HelloMessage.MaxUrlBytes)
            return _endpoints;
        return [.. _endpoints.Select(e => new EndpointDescription
        {
            EndpointUrl = $"opc.tcp://{asked.Authority}",
            Server = e.Server,
            ServerCertificate = e.ServerCertificate,
            SecurityMode = e.SecurityMode,
            SecurityPolicyUri = e.SecurityPolicyUri,
            UserIdentityTokens = e.UserIdentityTokens,
            TransportProfileUri = e.TransportProfileUri,
            SecurityLevel = e.SecurityLevel,
        })];
    }

    private void DescribeServer()
    {
        var limits = Options.Limits;
        var build = new BuildInfo { ProductUri = Options.ProductUri, ManufacturerName = Options.Manufacturer, ProductName = Options.ApplicationName, SoftwareVersion = Options.Version, BuildNumber = Options.Version, BuildDate = _started };
        Space.SetStandard(2254, new Variant(new[] { Options.Uri }));
        Space.SetSource(2255, () => new DataValue(new Variant([.. Space.Namespaces])));
        Space.SetSource(2256, () => new DataValue(new Variant(new ExtensionObject(new ServerStatusDataType { StartTime = _started, CurrentTime = UtcNow, State = ServerState.Running, BuildInfo = build }))));
        Space.SetStandard(2257, new Variant(_started));
        Space.SetSource(2258, () => new DataValue(new Variant(UtcNow)));
        Space.SetStandard(2259, new Variant((int)ServerState.Running));
        Space.SetStandard(2260, new Variant(new ExtensionObject(build)));
        Space.SetStandard(2261, new Variant(build.ProductName));
        Space.SetStandard(2262, new Variant(build.ProductUri));
        Space.SetStandard(2263, new Variant(build.ManufacturerName));
        Space.SetStandard(2264, new Variant(build.SoftwareVersion));
        Space.SetStandard(2265, new Variant(build.BuildNumber));
        Space.SetStandard(2266, new Variant(build.BuildDate));
        Space.SetSource(2267, () => new DataValue(new Variant(ServiceLevel)));
        Space.SetStandard(2269, new Variant(s_profiles));
        Space.SetStandard(2271, new Variant(new[] { "en" }));
        Space.SetStandard(2272, new Variant((double)limits.MinIntervalMs));
        Space.SetStandard(2735, new Variant((ushort)limits.MaxContinuationPoints));
        Space.SetStandard(2736, new Variant((ushort)0));
        Space.SetStandard(2737, new Variant((ushort)0));
        Space.SetStandard(2992, new Variant(0u));
        Space.SetStandard(2993, new Variant(new LocalizedText("")));
        Space.SetStandard(2994, new Variant(false));
        Space.SetStandard(3704, new Variant(Array.Empty<ExtensionObject>()));
        Space.SetStandard(3709, new Variant((int)RedundancySupport.None));
        Space.SetStandard(11702, new Variant((uint)Options.Encoding.MaxArrayLength));
        Space.SetStandard(11703, new Variant((uint)Options.Encoding.MaxStringBytes));
        Space.SetStandard(12911, new Variant((uint)Options.Encoding.MaxByteStringBytes));
        foreach (var id in (uint[])[11705, 11707, 11710, 11711, 11712, 11714])
            Space.SetStandard(id, new Variant((uint)limits.MaxOperations));
        Space.SetStandard(24095, new Variant((uint)limits.MaxSessions));
        Space.SetStandard(24096, new Variant((uint)limits.MaxSubscriptions));
        Space.SetStandard(24097, new Variant((uint)limits.MaxItems));
        Space.SetStandard(24098, new Variant((uint)limits.MaxSubscriptionsPerSession));
        Space.SetStandard(24104, new Variant((uint)limits.MaxItemsPerSubscription));
        Space.SetStandard(31916, new Variant((uint)limits.MaxQueue));
    }
}
