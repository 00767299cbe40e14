using Gateway.Configuration;
using Gateway.Runtime.Alarms;

namespace Gateway.Notifications;

/// <summary>A webhook: one document with all notices; docs/notifications.md describes it.</summary>
internal sealed class WebhookSender(NotificationReceiver receiver, string site) : HttpSender(receiver)
{
    private readonly NotificationReceiver _receiver = receiver;

    public override Task SendAsync(IReadOnlyList<Notice> notices, int more, CancellationToken cancel) => PostAsync(new Uri(_receiver.Url), json =>
    {
        json.WriteStartObject();
        json.WriteString("site", site);
        json.WriteString("receiver", _receiver.Name);
        json.WriteNumber("more", more);
        json.WriteStartArray("alarms");
        foreach (Notice notice in notices)
        {
            json.WriteStartObject();
            foreach (var (name, value) in WordsOf(notice).Concat(GuidanceOf(notice)))
                json.WriteString(name, value);
            json.WriteString("state", AlarmNames.LetterOf(notice.State));
            json.WriteNumber("occurrence", notice.Occurrence);
            json.WriteString("raised", EventJson.FormatTime(notice.RaisedUtc));
            json.WriteBoolean("repeated", notice.IsRepeated);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }, cancel);
}
