using Gateway.Users;
using Gateway.Web;
using Prometheus;

namespace Gateway.Metrics;

/// <summary>Who came in, and whether somebody may who has no account. Needs no snapshot.</summary>
internal sealed class AccessSeries
{
    private readonly SignInCount _signIns;
    private readonly WebServerOptions _options;
    private readonly Counter.Child _accepted;
    private readonly Counter.Child _refused;
    private readonly Gauge.Child _withoutAccount;

    public AccessSeries(IMetricFactory factory, GatewayContext context, WebServerOptions options)
    {
        (_signIns, _options) = (context.SignIns, options);
        Counter signIns = Families.Counter(factory, "gateway_sign_ins_total", "Attempts to sign in by result.", "result");
        (_accepted, _refused) = (signIns.WithLabels("accepted"), signIns.WithLabels("refused"));
        _withoutAccount = Families.Gauge(factory, "gateway_commands_without_account", "1 while whoever is on this machine may command without an account.").WithLabels();
    }

    public void Update()
    {
        _accepted.IncTo(_signIns.Accepted);
        _refused.IncTo(_signIns.Refused);
        _withoutAccount.Set(_options.TakesLocalCommands ? 1 : 0);
    }
}
