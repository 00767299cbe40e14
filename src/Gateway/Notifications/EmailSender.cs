using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using Gateway.Configuration;

namespace Gateway.Notifications;

/// <summary>Mail by SMTP with STARTTLS; .NET's own client, see docs/adr/0006.</summary>
internal sealed class EmailSender(NotificationReceiver receiver, string site) : NotificationSender
{
    public override async Task SendAsync(IReadOnlyList<Notice> notices, int more, CancellationToken cancel)
    {
        using var message = new MailMessage { From = new MailAddress(receiver.From), Subject = SubjectOf(notices, more), Body = BodyOf(notices, more), SubjectEncoding = Encoding.UTF8, BodyEncoding = Encoding.UTF8 };
        foreach (string to in receiver.To)
            message.To.Add(to);
        // A connection that is kept would be closed by most servers long before the next alarm.
        using var client = new SmtpClient(receiver.Host, receiver.Port) { EnableSsl = receiver.Tls, DeliveryMethod = SmtpDeliveryMethod.Network };
        if (receiver.User.Length > 0)
            client.Credentials = new NetworkCredential(receiver.User, ReadSecret(receiver.PasswordFile));
        try
        {
            await client.SendMailAsync(message, cancel);
        }
        catch (SmtpException e)
        {
            throw new NotificationException(e.InnerException is { } cause ? $"{e.Message} {cause.Message}" : e.Message);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or FormatException)
        {
            throw new NotificationException(e.Message);
        }
    }

    private string SubjectOf(IReadOnlyList<Notice> notices, int more)
    {
        string what = notices.Count == 1 && more == 0 ? $"{notices[0].Alarm.Id}: {notices[0].Alarm.Message}" : $"{notices.Count + more} alarms, first {notices[0].Alarm.Id}";
        string repeated = notices.All(notice => notice.IsRepeated) ? "still unacknowledged: " : "";
        // A line break would begin another header.
        return string.Concat($"[{site}] {repeated}{what}".Select(one => char.IsControl(one) ? ' ' : one));
    }

    private static string BodyOf(IReadOnlyList<Notice> notices, int more)
    {
        var text = new StringBuilder();
        foreach (Notice notice in notices)
        {
            text.Append(CultureInfo.InvariantCulture, $"{notice.Alarm.Id}, occurrence {notice.Occurrence}, since {EventJson.FormatTime(notice.RaisedUtc)} UTC\r\n");
            foreach (var (name, value) in GuidanceOf(notice).Concat(WordsOf(notice)).Where(word => word.Name != "alarm" && word.Value.Length > 0))
                text.Append(CultureInfo.InvariantCulture, $"  {name}: {value}\r\n");
            text.Append("\r\n");
        }
        if (more > 0)
            text.Append(CultureInfo.InvariantCulture, $"and {more} more\r\n");
        return text.Append("Acknowledge at the gateway; an answer to this mail reaches nobody.\r\n").ToString();
    }
}
