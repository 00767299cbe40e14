using System.Globalization;
using Gateway.Configuration;

namespace Gateway.Notifications;

/// <summary>
/// POST /api/v2/alerts of Alertmanager. It forgets an alert that is not told again within its resolve_timeout, 5 minutes by
/// default, so standing alarms are told each minute, and one that is over is told once more with its end.
/// </summary>
internal sealed class AlertmanagerSender(NotificationReceiver receiver, string site) : HttpSender(receiver)
{
    private readonly Uri _url = new(receiver.Url.TrimEnd('/') + "/api/v2/alerts");

    public override Task SendAsync(IReadOnlyList<Notice> notices, int more, CancellationToken cancel) => PostAsync(_url, json =>
    {
        json.WriteStartArray();
        foreach (Notice notice in notices)
        {
            json.WriteStartObject();
            json.WriteStartObject("labels");
            json.WriteString("alertname", "GatewayAlarm");
            json.WriteString("site", site);
            foreach (var (name, value) in WordsOf(notice))
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteStartObject("annotations");
            foreach (var (name, value) in GuidanceOf(notice))
                json.WriteString(name, value);
            json.WriteString("occurrence", notice.Occurrence.ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteString("startsAt", EventJson.FormatTime(notice.RaisedUtc));
            if (notice.IsOver)
                json.WriteString("endsAt", EventJson.FormatTime(DateTime.UtcNow.Ticks));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }, cancel);
}
