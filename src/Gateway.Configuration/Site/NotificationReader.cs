using System.Net.Mail;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using static Gateway.Configuration.Site.NotificationShapes;

namespace Gateway.Configuration.Site;

/// <summary>Reads the receivers of notifications. Used by one thread.</summary>
internal static class NotificationReader
{
    /// <summary>The receivers without errors; files as they are written.</summary>
    public static List<NotificationReceiver> Read(IEnumerable<JsonFieldReader> list)
    {
        var receivers = new List<NotificationReceiver>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonFieldReader reader in list)
        {
            var receiver = new NotificationReceiver
            {
                Name = reader.Text(Name),
                Kind = (ReceiverKind)Math.Max(0, reader.Choice(Kind)),
                LeastPriority = reader.Integer(Priority),
                Area = reader.Text(Area),
                AfterMinutes = reader.Number(After),
                RepeatMinutes = reader.Number(Repeat),
                Url = reader.Text(Url),
                TokenFile = reader.Text(TokenFile),
                Host = reader.Text(Host),
                Port = reader.Integer(Port),
                Tls = reader.Choice(Tls) == 0,
                User = reader.Text(User),
                PasswordFile = reader.Text(PasswordFile),
                From = reader.Text(From),
                To = [.. reader.Text(To).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            };
            if (!names.Add(receiver.Name))
                reader.Fail(DiagnosticCodes.Receiver, Name, $"receiver '{receiver.Name}' is there already; rename one");
            if (!reader.Failed && FaultOf(receiver) is { } fault)
                reader.Fail(DiagnosticCodes.Receiver, fault.At, fault.Message);
            if (!reader.Failed)
                receivers.Add(receiver);
        }
        return receivers;
    }

    private static (Field At, string Message)? FaultOf(NotificationReceiver receiver)
    {
        if (receiver.Kind != ReceiverKind.Email)
        {
            bool isAddress = Uri.TryCreate(receiver.Url, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
            if (!isAddress)
                return (Url, $"'{FieldReader.Short(receiver.Url)}' is no address; write it like https://host:port/path");
            return receiver.TokenFile.Length > 0 && url!.Scheme == Uri.UriSchemeHttp && !url.IsLoopback ? (TokenFile, "a token would cross the network in clear; use an https address") : null;
        }
        if (receiver.Host.Length == 0)
            return (Kind, "an email needs 'host'");
        if (!MailAddress.TryCreate(receiver.From, out _))
            return (From, $"'{FieldReader.Short(receiver.From)}' is no mail address; give 'from' like gateway@plant.example");
        if (receiver.To.Count == 0 || receiver.To.FirstOrDefault(to => !MailAddress.TryCreate(to, out _)) is not null)
            return (To, "give 'to' as mail addresses parted by commas");
        if (receiver.User.Length > 0 != receiver.PasswordFile.Length > 0)
            return (receiver.User.Length > 0 ? User : PasswordFile, "'user' and 'passwordFile' belong together; give both or neither");
        return receiver.User.Length > 0 && !receiver.Tls ? (Tls, "a password would cross the network in clear; use starttls") : null;
    }
}
