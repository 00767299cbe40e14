using Gateway.OpcUa.Security;
using Gateway.OpcUa.Transport;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Client;

/// <summary>The client against a server that misbehaves, in virtual time.</summary>
public sealed class ClientTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_session_is_opened_used_and_closed()
    {
        var server = new ScriptedServer();
        OpcUaClient client = Connect(server);
        Assert.Equal(2, server.Connections); // one to discover, one for the session
        var (values, fault) = Done(client.ReadAsync(new NodeId(5), new NodeId(6)));
        Assert.True(fault.IsNone, fault.ToString());
        Assert.Equal([new Variant(5.0), new Variant(6.0)], values.Select(v => v.Value));
        Done(client.CloseAsync());
        Assert.IsType<CloseSessionRequest>(server.Requests[^1]);
        Assert.True(server.Stream.IsDisposed);
        Assert.Equal(StatusCodes.BadConnectionClosed, Done(client.ReadAsync(new NodeId(5))).Fault.Status);
    }

    [Fact]
    public void A_request_without_an_answer_ends_in_time_and_its_late_answer_harms_nobody()
    {
        var server = new ScriptedServer();
        OpcUaClient client = Connect(server);
        server.Answer = r => r is ReadRequest { NodesToRead: [{ NodeId.Number: 1 }] } ? null : server.Default(r);
        var slow = client.ReadAsync(new NodeId(1)).AsTask();
        uint slowId = server.RequestIds[^1];
        _time.Advance(9.9);
        Assert.False(slow.IsCompleted);
        Assert.True(Done(client.ReadAsync(new NodeId(2))).Fault.IsNone);
        _time.Advance(0.2);
        Assert.Equal(StatusCodes.BadTimeout, slow.Result.Fault.Status);
        Assert.Contains("in time", slow.Result.Fault.Cause, StringComparison.Ordinal);
        server.Send(new ReadResponse { Results = [new DataValue(new Variant(9.0))] }, slowId);
        Assert.Equal(1, client.LateAnswers);
        Assert.Equal(new Variant(3.0), Done(client.ReadAsync(new NodeId(3))).Values[0].Value);
        Assert.True(client.IsConnected);
    }

    [Fact]
    public void Answers_may_come_in_any_order()
    {
        var server = new ScriptedServer();
        OpcUaClient client = Connect(server);
        server.Answer = _ => null;
        var reads = Enumerable.Range(1, 20).Select(i => client.ReadAsync(new NodeId((uint)i)).AsTask()).ToList();
        List<uint> ids = server.RequestIds[^20..];
        for (int i = 19; i >= 0; i--)
            server.Send(new ReadResponse { Results = [new DataValue(new Variant(i + 1.0))] }, ids[i]);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => new Variant(i * 1.0)), reads.Select(r => r.Result.Values[0].Value));
    }

    [Fact]
    public void No_more_requests_wait_than_allowed()
    {
        var server = new ScriptedServer();
        OpcUaClient client = Connect(server, o => o with { MaxOutstanding = 3 });
        server.Answer = _ => null;
        for (int i = 0; i < 3; i++)
            _ = client.ReadAsync(new NodeId(1)).AsTask();
        Assert.Equal(StatusCodes.BadTooManyOperations, Done(client.ReadAsync(new NodeId(1))).Fault.Status);
    }

    [Fact]
    public void A_server_that_says_nothing_is_given_up()
    {
        var server = new ScriptedServer { IsSilent = true };
        var connecting = OpcUaClient.ConnectAsync(Options(server), _time).AsTask();
        _time.Advance(9);
        Assert.False(connecting.IsCompleted);
        _time.Advance(2);
        Assert.Equal(StatusCodes.BadTimeout, connecting.Result.Fault.Status);
        Assert.True(server.Stream.IsDisposed);
    }

    [Fact]
    public void An_error_frame_and_other_protocols_are_named()
    {
        var refusing = new ScriptedServer { Tamper = _ => Convert.FromHexString("45525246190000000000808009000000746f6f206c61726765") };
        OpcUaFault refused = Done(OpcUaClient.ConnectAsync(Options(refusing), _time)).Fault;
        Assert.Equal(StatusCodes.BadTcpMessageTooLarge, refused.Status);
        Assert.Contains("too large", refused.Cause, StringComparison.Ordinal);

        var web = new ScriptedServer { Tamper = _ => "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray() };
        OpcUaFault foreign = Done(OpcUaClient.ConnectAsync(Options(web), _time)).Fault;
        Assert.Equal(StatusCodes.BadTcpMessageTypeInvalid, foreign.Status);
        Assert.Contains("does not speak OPC UA", foreign.Cause, StringComparison.Ordinal);

        var greedy = new ScriptedServer { Limits = new ConnectionLimits(1 << 20, 1 << 20, 0, 0) };
        Assert.Equal(StatusCodes.BadTcpNotEnoughResources, Done(OpcUaClient.ConnectAsync(Options(greedy), _time)).Fault.Status);
    }

    [Fact]
    public void A_closed_connection_ends_every_request_and_is_told_once()
    {
        int closed = 0;
        var server = new ScriptedServer();
        OpcUaClient client = Connect(server, o => o with { Closed = _ => closed++ });
        server.Answer = _ => null;
        var reads = Enumerable.Range(0, 5).Select(_ => client.ReadAsync(new NodeId(1)).AsTask()).ToList();
        server.Stream.End();
        Assert.All(reads, r => Assert.Equal(StatusCodes.BadConnectionClosed, r.Result.Fault.Status));
        Assert.False(client.IsConnected);
        Done(client.CloseAsync());
        Assert.Equal(1, closed);
    }

    [Fact]
    public void Answers_that_do_not_fit_fail_their_request_alone()
    {
        var server = new ScriptedServer();
        OpcUaClient client = Connect(server);
        server.Answer = _ => new WriteResponse();
        Assert.Equal(StatusCodes.BadUnknownResponse, Done(client.ReadAsync(new NodeId(1))).Fault.Status);
        server.Answer = _ => new ServiceFault { ResponseHeader = new ResponseHeader { ServiceResult = StatusCodes.BadTooManyOperations } };
        OpcUaFault fault = Done(client.ReadAsync(new NodeId(1))).Fault;
        Assert.Equal(StatusCodes.BadTooManyOperations, fault.Status);
        Assert.Contains("more operations than the server takes", fault.Cause, StringComparison.Ordinal);
        server.Answer = _ => new ReadResponse { Results = new DataValue[3] };
        Assert.Equal(StatusCodes.BadDecodingError, Done(client.ReadAsync(new NodeId(1))).Fault.Status);
        server.Answer = server.Default;
        Assert.True(Done(client.ReadAsync(new NodeId(1))).Fault.IsNone);
    }

    [Fact]
    public void The_token_is_renewed_at_three_quarters_of_its_life()
    {
        var server = new ScriptedServer { TokenLifetimeMs = 60_000 };
        OpcUaClient client = Connect(server);
        int openings = server.Openings;
        _time.Advance(44.9);
        Assert.Equal(openings, server.Openings);
        _time.Advance(0.2);
        Assert.Equal(openings + 1, server.Openings);
        for (int hour = 0; hour < 3600; hour += 10)
        {
            _time.Advance(10);
            Assert.True(Done(client.ReadAsync(new NodeId(1))).Fault.IsNone);
        }

        // Every 45 s: 80 times in an hour.
        Assert.InRange(server.Openings - openings, 79, 82);
        Assert.True(client.IsConnected);
    }

    [Fact]
    public void A_channel_that_cannot_be_renewed_is_closed_with_its_cause()
    {
        var server = new ScriptedServer { TokenLifetimeMs = 60_000 };
        OpcUaClient client = Connect(server);
        server.IsSilent = true;
        _time.Advance(60);
        Assert.False(client.IsConnected);
        Assert.Contains("could not be renewed", client.Fault.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_larger_than_the_server_takes_is_not_sent()
    {
        var server = new ScriptedServer { Limits = new ConnectionLimits(8192, 8192, 20_000, 2) };
        OpcUaClient client = Connect(server);
        int before = server.Requests.Count;
        var (_, fault) = Done(client.WriteAsync((new NodeId(1), Variant.FromBytes(new byte[30_000]))));
        Assert.Equal(StatusCodes.BadRequestTooLarge, fault.Status);
        Assert.Equal(before, server.Requests.Count);
        Assert.True(Done(client.ReadAsync(new NodeId(1))).Fault.IsNone);
    }

    [Fact]
    public void Without_a_fitting_endpoint_the_offer_is_named()
    {
        OpcUaFault secure = Done(OpcUaClient.ConnectAsync(Options(new ScriptedServer()) with { Policy = null }, _time)).Fault;
        Assert.Equal(StatusCodes.BadSecurityPolicyRejected, secure.Status);
        Assert.Contains("offered are None/None", secure.Cause, StringComparison.Ordinal);
        OpcUaFault user = Done(OpcUaClient.ConnectAsync(Options(new ScriptedServer()) with { User = UserIdentity.FromPassword("a", "b") }, _time)).Fault;
        Assert.Equal(StatusCodes.BadIdentityTokenRejected, user.Status);
    }

    [Fact]
    public void Pieces_of_frames_are_joined()
    {
        // With a context, tasks would hand what follows them to the thread pool.
        SynchronizationContext.SetSynchronizationContext(null);
        var server = new ScriptedServer();
        byte[]? held = null;
        server.Tamper = bytes =>
        {
            held = bytes;
            return [];
        };
        var connecting = OpcUaClient.ConnectAsync(Options(server), _time).AsTask();
        while (!connecting.IsCompleted)
        {
            byte[] bytes = held ?? throw new InvalidOperationException("The server has nothing to say.");
            held = null;
            ScriptedStream stream = server.Stream;
            foreach (byte one in bytes)
                stream.Feed([one]);
        }

        Assert.True(connecting.Result.Fault.IsNone, connecting.Result.Fault.ToString());
    }

    private OpcUaClientOptions Options(ScriptedServer server) => new() { EndpointUrl = "opc.tcp://plc-03:4840", Connect = server.ConnectAsync, Policy = SecurityPolicy.None };

    private OpcUaClient Connect(ScriptedServer server, Func<OpcUaClientOptions, OpcUaClientOptions>? change = null)
    {
        OpcUaConnectResult result = Done(OpcUaClient.ConnectAsync((change ?? (o => o))(Options(server)), _time));
        Assert.True(result.Fault.IsNone, result.Fault.ToString());
        return result.Client!;
    }

    private static T Done<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted, "The task waits for something.");
        return task.GetAwaiter().GetResult();
    }

    private static void Done(ValueTask task)
    {
        Assert.True(task.IsCompleted, "The task waits for something.");
        task.GetAwaiter().GetResult();
    }
}
