using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Notifications;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Events;
using Gateway.Storage;
using Gateway.Tests.Web;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests;

/// <summary>Escalation in the test's time, and the three ways to a receiver against servers of the test.</summary>
public sealed class NotificationTests
{
    private const string Ack = "/api/v1/alarms/AAH-603/ack";

    private static NotificationReceiver Receiver(ReceiverKind kind = ReceiverKind.Webhook) => new() { Name = "duty", Kind = kind, RepeatMinutes = 15 };

    private static NotificationLoop Loop(WebRig rig, NotificationSender sender, NotificationReceiver? receiver = null) => new(receiver ?? Receiver(), sender, rig.Context, NullLogger.Instance);

    private static List<ScanEvent> Told(WebRig rig)
    {
        rig.Scan();
        var events = new ScanEvent[256];
        int count = rig.Context.Events.CopyAfter(0, events);
        return [.. events.Take(count).Where(e => e.Kind == EventKind.Alarm && e.Code == (int)AlarmEventCode.Notify)];
    }

    [Fact]
    public async Task A_receiver_is_told_again_until_somebody_acknowledges()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using var sender = new ListSender();
        using NotificationLoop loop = Loop(rig, sender);
        await loop.StepAsync(default);
        Assert.Empty(sender.Sent);

        rig.Ammonia(9);
        await loop.StepAsync(default);
        await loop.StepAsync(default);
        Assert.Equal(["AAH-603 #1 B"], sender.Sent); // once, not each second
        await PassAsync(rig, loop, TimeSpan.FromMinutes(14));
        Assert.Single(sender.Sent);
        await PassAsync(rig, loop, TimeSpan.FromMinutes(2));
        Assert.Equal(["AAH-603 #1 B", "AAH-603 #1 B again"], sender.Sent);
        rig.Ammonia(2);
        await PassAsync(rig, loop, TimeSpan.FromMinutes(16));
        Assert.Equal("AAH-603 #1 D again", sender.Sent[^1]); // gone unseen is still unacknowledged
        Assert.Equal(HttpStatusCode.OK, (await rig.PostAsync(Ack, new { user = "olga" })).Status);
        await PassAsync(rig, loop, TimeSpan.FromHours(1));
        Assert.Equal(3, sender.Sent.Count);

        List<ScanEvent> told = Told(rig);
        Assert.Equal([("receiver duty", true, "told", 1.0), ("receiver duty", true, "told again", 1.0), ("receiver duty", true, "told again", 1.0)], told.Select(e => (e.User!, e.Accepted, e.Reason!, e.Value)));
        Assert.All(told, e => Assert.Equal(e.From, e.To));
        Assert.Equal((3, 0, 0), (loop.Delivered, loop.Backlog, loop.Failures));
    }

    [Fact]
    public async Task An_escalation_tells_the_next_one_only_when_nobody_acknowledged_in_time()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using ListSender first = new(), chief = new();
        using NotificationLoop duty = Loop(rig, first), boss = Loop(rig, chief, Receiver() with { Name = "chief", AfterMinutes = 10 });
        rig.Ammonia(9);
        await PassAsync(rig, boss, TimeSpan.FromMinutes(9));
        await duty.StepAsync(default);
        Assert.Equal((1, 0), (first.Sent.Count, chief.Sent.Count));
        await PassAsync(rig, boss, TimeSpan.FromMinutes(2));
        Assert.Single(chief.Sent);

        rig.Ammonia(2);
        rig.Ammonia(9);
        await rig.PostAsync(Ack, new { user = "olga" });
        await PassAsync(rig, boss, TimeSpan.FromMinutes(30));
        Assert.Single(chief.Sent);
    }

    [Theory]
    [InlineData(4, "", 1)]
    [InlineData(1, "effluent", 1)]
    [InlineData(1, "lane 1", 0)]
    public async Task Priority_and_area_choose_the_alarms(int priority, string area, int expected)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using var sender = new ListSender();
        using NotificationLoop loop = Loop(rig, sender, Receiver() with { LeastPriority = priority, Area = area });
        rig.Ammonia(9);
        await loop.StepAsync(default);
        Assert.Equal(expected, sender.Sent.Count);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_tried_again_and_the_failure_is_told_once()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using var sender = new ListSender { Fault = "no route" };
        using NotificationLoop loop = Loop(rig, sender);
        rig.Ammonia(9);
        for (int i = 0; i < 20; i++)
            await PassAsync(rig, loop, TimeSpan.FromMilliseconds(900));
        Assert.Equal(3, loop.Failures); // at once, after 5 s and 10 s later; the next waits 20 s
        Assert.Equal(1, loop.Backlog);
        sender.Fault = null;
        await PassAsync(rig, loop, TimeSpan.FromMinutes(5));
        Assert.Equal(["AAH-603 #1 B"], sender.Sent);
        Assert.Equal([(false, "no route"), (true, "told")], Told(rig).Select(e => (e.Accepted, e.Reason!)));
        // What happens to the alarm does not depend on any of it.
        Assert.Equal("B", (await rig.GetAsync("/api/v1/alarms")).GetProperty("alarms")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task After_a_restart_nobody_is_told_twice()
    {
        string data = Directory.CreateTempSubdirectory("gateway-notify-").FullName;
        try
        {
            await using WebRig rig = await WebRig.RunningAsync();
            using var journal = Journal.Open(data, TinyPlant.Site.Plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance);
            using var sender = new ListSender();
            rig.Ammonia(9);
            using (NotificationLoop loop = Loop(rig, sender))
                await loop.StepAsync(default);
            var rows = new PendingRows(16);
            rows.Add(Told(rig).Single());
            Assert.True(journal.TryCommit(rows, null, false));

            await using WebRig again = await WebRig.RunningAsync(journal: journal);
            again.Ammonia(9);
            using NotificationLoop restored = Loop(again, sender);
            restored.Restore();
            await restored.StepAsync(default);
            Assert.Single(sender.Sent);
            await PassAsync(again, restored, TimeSpan.FromMinutes(16));
            Assert.Equal("AAH-603 #1 B again", sender.Sent[^1]);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task A_webhook_gets_one_document_with_its_token()
    {
        string token = Path.GetTempFileName();
        File.WriteAllText(token, "s3cret\n");
        await using WebRig rig = await WebRig.RunningAsync();
        using var server = new Script(Script.Http("200 OK"));
        using NotificationSender sender = NotificationSender.Of(Receiver() with { Url = server.Url + "hook", TokenFile = token }, "tiny");
        using NotificationLoop loop = Loop(rig, sender);
        rig.Ammonia(9);
        await loop.StepAsync(default);
        File.Delete(token);

        string request = await server.Received;
        Assert.StartsWith("POST /hook HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer s3cret\r\n", request, StringComparison.Ordinal);
        JsonElement body = JsonDocument.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;
        JsonElement alarm = body.GetProperty("alarms")[0];
        Assert.Equal(("tiny", "duty", 0), (body.GetProperty("site").GetString(), body.GetProperty("receiver").GetString(), body.GetProperty("more").GetInt32()));
        Assert.Equal(("AAH-603", "high", "B", 1, false), (alarm.GetProperty("alarm").GetString(), alarm.GetProperty("priority").GetString(), alarm.GetProperty("state").GetString(), alarm.GetProperty("occurrence").GetInt32(), alarm.GetProperty("repeated").GetBoolean()));
        Assert.Equal("Raise the oxygen set-point", alarm.GetProperty("action").GetString());
        Assert.Equal(1, loop.Delivered);
    }

    [Theory]
    [InlineData("500 Internal Server Error", "the receiver answered 500")]
    [InlineData("302 Found", "the receiver answered 302")]
    public async Task Any_other_answer_is_a_failure(string status, string said)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using var server = new Script(Script.Http(status));
        using NotificationSender sender = NotificationSender.Of(Receiver() with { Url = server.Url }, "tiny");
        using NotificationLoop loop = Loop(rig, sender);
        rig.Ammonia(9);
        await loop.StepAsync(default);
        Assert.Equal(1, loop.Failures);
        Assert.StartsWith(said, Assert.Single(Told(rig)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alertmanager_is_told_of_begin_and_end()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using NotificationSender none = new ListSender();
        using var begin = new Script(Script.Http("200 OK"));
        NotificationReceiver receiver = Receiver(ReceiverKind.Alertmanager);
        using (NotificationSender sender = NotificationSender.Of(receiver with { Url = begin.Url }, "tiny"))
        using (NotificationLoop loop = Loop(rig, sender, receiver))
        {
            rig.Ammonia(9);
            await loop.StepAsync(default);
        }
        string request = await begin.Received;
        Assert.StartsWith("POST /api/v2/alerts HTTP/1.1\r\n", request, StringComparison.Ordinal);
        JsonElement alert = JsonDocument.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement[0];
        Assert.Equal("GatewayAlarm", alert.GetProperty("labels").GetProperty("alertname").GetString());
        Assert.Equal("AAH-603", alert.GetProperty("labels").GetProperty("alarm").GetString());
        Assert.False(alert.TryGetProperty("endsAt", out _));

        using var list = new ListSender();
        using NotificationLoop standing = Loop(rig, list, receiver);
        await standing.StepAsync(default);
        await rig.PostAsync(Ack, new { user = "olga" });
        await PassAsync(rig, standing, TimeSpan.FromSeconds(61)); // acknowledged, and it stands
        rig.Ammonia(2);
        await standing.StepAsync(default);
        await PassAsync(rig, standing, TimeSpan.FromMinutes(5));
        Assert.Equal(["AAH-603 #1 B", "AAH-603 #1 C again", "AAH-603 #1 A over"], list.Sent);
    }

    [Fact]
    public async Task A_mail_server_gets_one_mail_to_all_recipients()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        using var server = new Script(Script.Smtp);
        NotificationReceiver receiver = Receiver(ReceiverKind.Email) with { Host = "127.0.0.1", Port = server.Port, Tls = false, From = "gateway@plant.example", To = ["duty@plant.example", "chief@plant.example"] };
        using NotificationSender sender = NotificationSender.Of(receiver, "tiny");
        using NotificationLoop loop = Loop(rig, sender, receiver);
        rig.Ammonia(9);
        await loop.StepAsync(default);

        string said = await server.Received;
        Assert.Contains("MAIL FROM:<gateway@plant.example>", said, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<duty@plant.example>", said, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<chief@plant.example>", said, StringComparison.Ordinal);
        Assert.Equal(1, loop.Delivered);
        // Header and body may be encoded; who reads mail decodes them.
        Assert.Contains("Subject: ", said, StringComparison.Ordinal);
        Assert.Matches("AAH-603|QUFILTYwM|AAH=2D603", said);
    }

    [Fact]
    public async Task A_password_that_cannot_be_read_is_a_failure_with_its_cause()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        NotificationReceiver receiver = Receiver(ReceiverKind.Email) with { Host = "127.0.0.1", Port = 1, From = "a@b.example", To = ["c@d.example"], User = "x", PasswordFile = "/nonexistent/secret" };
        using NotificationSender sender = NotificationSender.Of(receiver, "tiny");
        using NotificationLoop loop = Loop(rig, sender, receiver);
        rig.Ammonia(9);
        await loop.StepAsync(default);
        Assert.Contains("/nonexistent/secret", Assert.Single(Told(rig)).Reason, StringComparison.Ordinal);
    }

    private static async Task PassAsync(WebRig rig, NotificationLoop loop, TimeSpan time)
    {
        rig.Pass(time);
        rig.Scan();
        await loop.StepAsync(default);
    }

    private sealed class ListSender : NotificationSender
    {
        public List<string> Sent { get; } = [];
        public string? Fault { get; set; }

        public override Task SendAsync(IReadOnlyList<Notice> notices, int more, CancellationToken cancel)
        {
            if (Fault is not null)
                throw new NotificationException(Fault);
            Sent.AddRange(notices.Select(n => $"{n.Alarm.Id} #{n.Occurrence} {AlarmNames.LetterOf(n.State)}{(n.IsOver ? " over" : n.IsRepeated ? " again" : "")}"));
            return Task.CompletedTask;
        }
    }

    /// <summary>A server for one connection that plays its part and notes what it was sent.</summary>
    private sealed class Script : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Script(Func<Stream, Task<string>> play)
        {
            _listener.Start();
            Received = Task.Run(async () =>
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await using NetworkStream stream = client.GetStream();
                return await play(stream);
            });
        }

        public Task<string> Received { get; }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Url => $"http://127.0.0.1:{Port}/";

        public void Dispose() => _listener.Dispose();

        public static Func<Stream, Task<string>> Http(string status) => async stream =>
        {
            var text = new StringBuilder();
            var bytes = new byte[4096];
            while (true)
            {
                int count = await stream.ReadAsync(bytes);
                text.Append(Encoding.UTF8.GetString(bytes, 0, count));
                string so = text.ToString();
                int end = so.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                string? length = so.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal));
                if (count == 0 || (end >= 0 && length is not null && Encoding.UTF8.GetByteCount(so[(end + 4)..]) >= int.Parse(length[16..], System.Globalization.CultureInfo.InvariantCulture)))
                    break;
            }
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return text.ToString();
        };

        /// <summary>RFC 5321 as far as a submission without encryption needs it.</summary>
        public static async Task<string> Smtp(Stream stream)
        {
            var text = new StringBuilder();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            bool isData = false;
            await SayAsync("220 test");
            while (await reader.ReadLineAsync() is { } line)
            {
                text.Append(line).Append('\n');
                if (isData)
                {
                    if (line != ".")
                        continue;
                    isData = false;
                    await SayAsync("250 taken");
                }
                else if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
                {
                    isData = true;
                    await SayAsync("354 go on");
                }
                else if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    await SayAsync("221 bye");
                    break;
                }
                else
                    await SayAsync("250 ok");
            }
            return text.ToString();

            Task SayAsync(string answer) => stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n")).AsTask();
        }
    }
}
