using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Site;

/// <summary>The keys of <c>notifications</c> in gateway.json.</summary>
internal static class NotificationShapes
{
    public static readonly Field Name = Field.Named("name", "Name of the receiver; unique.", required: true, example: "duty");
    public static readonly Field Kind = Field.Choice("kind", ["email", "webhook", "alertmanager"], "", "How it is reached.", required: true, example: "email");
    public static readonly Field Priority = Field.Integer("priority", 1, 4, "2", "Alarms of this priority and of more urgent ones.");
    public static readonly Field Area = Field.Text("area", "Only alarms of this area of alarms.csv.");
    public static readonly Field After = Field.Number("afterMin", "Minutes an alarm stays unacknowledged before this receiver is told: a step of the escalation.", 0, 1440, "0", example: "10");
    public static readonly Field Repeat = Field.Number("repeatMin", "Minutes after which it is told again while nobody acknowledges; 0 for once. An Alertmanager is told each minute.", 0, 1440, "15");
    public static readonly Field Url = Field.Text("url", "Address of a webhook, or of the Alertmanager without a path.", example: "https://alertmanager.example:9093");
    public static readonly Field TokenFile = Field.Text("tokenFile", "File with the bearer token, relative to the site folder; read at each delivery.");
    public static readonly Field Host = Field.Text("host", "Mail server; for email.", example: "mail.example");
    public static readonly Field Port = Field.Integer("port", 1, 65_535, "587", "Port of the mail server.");
    public static readonly Field Tls = Field.Choice("tls", ["starttls", "none"], "starttls", "Encryption to the mail server.");
    public static readonly Field User = Field.Text("user", "Name at the mail server; with 'passwordFile'.");
    public static readonly Field PasswordFile = Field.Text("passwordFile", "File with the password, relative to the site folder; read at each delivery.");
    public static readonly Field From = Field.Text("from", "Sender of the mail.", example: "gateway@plant.example");
    public static readonly Field To = Field.Text("to", "Recipients of the mail, parted by commas.", example: "duty@plant.example");

    public static readonly Shape Receiver = new("notifications[]", "Who is told of alarms outside of the control room.",
        [Name, Kind, Priority, Area, After, Repeat, Url, TokenFile, Host, Port, Tls, User, PasswordFile, From, To]);
}
