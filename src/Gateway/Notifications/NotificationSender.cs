using Gateway.Configuration;
using Gateway.Web.Reports;

namespace Gateway.Notifications;

/// <summary>Takes notices to a receiver. Used by the loop of its receiver only.</summary>
internal abstract class NotificationSender : IDisposable
{
    /// <summary>Takes them there; returns when the receiver has taken them.</summary>
    /// <exception cref="NotificationException">It has not; the message says why.</exception>
    public abstract Task SendAsync(IReadOnlyList<Notice> notices, int more, CancellationToken cancel);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>The sender of a receiver.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="site">Identifier of the site.</param>
    public static NotificationSender Of(NotificationReceiver receiver, string site) => receiver.Kind switch
    {
        ReceiverKind.Email => new EmailSender(receiver, site),
        ReceiverKind.Webhook => new WebhookSender(receiver, site),
        _ => new AlertmanagerSender(receiver, site),
    };

    /// <summary>A secret as it is now: who changes the file need not restart the gateway.</summary>
    protected static string ReadSecret(string file)
    {
        try
        {
            string secret = File.ReadAllText(file).Trim();
            return secret.Length > 0 ? secret : throw new NotificationException($"{file} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NotificationException(e.Message);
        }
    }

    /// <summary>The members of a notice that every form of it has.</summary>
    protected static IEnumerable<(string Name, string Value)> WordsOf(Notice notice)
    {
        yield return ("alarm", notice.Alarm.Id);
        yield return ("priority", AlarmReport.PriorityName(notice.Alarm.Priority));
        yield return ("area", notice.Alarm.Area);
        yield return ("equipment", notice.Alarm.Equipment);
        yield return ("class", notice.Alarm.Class);
    }

    /// <summary>What a person should read and do.</summary>
    protected static IEnumerable<(string Name, string Value)> GuidanceOf(Notice notice)
    {
        yield return ("message", notice.Alarm.Message);
        yield return ("cause", notice.Alarm.Cause);
        yield return ("consequence", notice.Alarm.Consequence);
        yield return ("action", notice.Alarm.Action);
    }
}
