using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Commands;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Web.Messages;
using Gateway.Web.Reports;

namespace Gateway.Web;

internal sealed partial class ApiEndpoints
{
    private const int MaxUser = 64;
    private const int MaxReason = 500;

    private static readonly FrozenDictionary<string, CommandVerb> s_acts = new[]
    {
        CommandVerb.Ack, CommandVerb.Shelve, CommandVerb.ShelveOnce, CommandVerb.Unshelve, CommandVerb.Suppress, CommandVerb.Unsuppress,
        CommandVerb.OutOfService, CommandVerb.ReturnToService, CommandVerb.Reset,
    }.ToFrozenDictionary(EventJson.VerbOf, StringComparer.Ordinal);

    private async Task AlarmActAsync(HttpContext http)
    {
        string id = RouteText(http, "id"), act = RouteText(http, "act");
        Caller caller = _gate.ForAct(http);
        if (caller.Refusal is { } stranger)
        {
            await Problem.WriteAsync(http, caller.Status, stranger);
            return;
        }
        if (!_alarms.TryFind(id, out int alarm) || !s_acts.TryGetValue(act, out CommandVerb verb))
        {
            string missing = _alarms.TryFind(id, out _) ? $"There is no act '{act}'; there are {string.Join(", ", s_acts.Keys.Order(StringComparer.Ordinal))}." : $"There is no alarm '{id}'.";
            await Problem.WriteAsync(http, StatusCodes.Status404NotFound, missing);
            return;
        }
        if (!await HasRightAsync(http, caller, verb, alarm))
            return;
        AlarmActRequest? body = await ReadAsync(http, ApiJson.Default.AlarmActRequest);
        if (body is null)
            return;
        string? user = NameOf(caller, body.User);
        if (FaultOf(user, body.Reason) is { } fault || (fault = FaultOf(verb, body)) is not null)
        {
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, fault);
            return;
        }
        double argument = verb == CommandVerb.Ack ? body.Occurrence ?? 0 : body.Seconds ?? 0;
        await PassOnAsync(http, verb, alarm, argument, user!, body.Reason);
    }

    private async Task OutputAsync(HttpContext http)
    {
        string name = RouteText(http, "tag");
        Caller caller = _gate.ForAct(http);
        if (caller.Refusal is { } stranger)
        {
            await Problem.WriteAsync(http, caller.Status, stranger);
            return;
        }
        int output = FindOutput(name);
        if (output < 0)
        {
            string missing = _tags.TryFind(name, out _) ? $"Tag '{name}' is not an output: it cannot be written." : $"There is no output '{name}'.";
            await Problem.WriteAsync(http, StatusCodes.Status404NotFound, missing);
            return;
        }
        if (!await HasRightAsync(http, caller, CommandVerb.Write, output))
            return;
        OutputWriteRequest? body = await ReadAsync(http, ApiJson.Default.OutputWriteRequest);
        if (body is null)
            return;
        string? user = NameOf(caller, body.User);
        string? fault = FaultOf(user, body.Reason) ?? (body.Value is not { } number ? "'value' is missing." : double.IsFinite(number) ? null : "'value' is too large for a number.");
        if (fault is not null)
        {
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, fault);
            return;
        }
        await PassOnAsync(http, CommandVerb.Write, output, body.Value!.Value, user!, body.Reason);
    }

    /// <summary>By the name of the output, or by that of the tag it writes.</summary>
    private int FindOutput(string name)
    {
        var outputs = _context.Scan.Plant.Outputs;
        foreach (var output in outputs)
            if (output.Name == name)
                return output.Index;
        if (_tags.TryFind(name, out int tag))
            foreach (var output in outputs)
                if (output.Tag == tag)
                    return output.Index;
        return -1;
    }

    /// <summary>Reads the body; when it is not one, writes the problem and gives null.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        // Asking for JSON also keeps foreign pages out: a browser sends it across origins only after a question we do not answer.
        if (!http.Request.HasJsonContentType())
        {
            await Problem.WriteAsync(http, StatusCodes.Status415UnsupportedMediaType, "The body must be JSON, with the content type application/json.");
            return null;
        }
        try
        {
            T? body = await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted);
            if (body is not null)
                return body;
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, "The body is null; it must be an object.");
        }
        catch (JsonException malformed)
        {
            string place = malformed.Path is { Length: > 0 } path ? $" at {path}" : "";
            await Problem.WriteAsync(http, StatusCodes.Status400BadRequest, $"The body is not the JSON expected{place}: {malformed.Message}");
        }
        return null;
    }

    private static string? FaultOf(string? user, string? reason)
    {
        if (string.IsNullOrWhiteSpace(user))
            return "'user' is missing: an act needs a name.";
        if (user.Length > MaxUser || user.Any(char.IsControl))
            return $"'user' must be at most {MaxUser} printable characters.";
        if (reason is not null && (reason.Length > MaxReason || reason.Any(char.IsControl)))
            return $"'reason' must be at most {MaxReason} printable characters.";
        return null;
    }

    private static string? FaultOf(CommandVerb verb, AlarmActRequest body)
    {
        if (verb != CommandVerb.Ack && body.Occurrence is not null)
            return "'occurrence' belongs to ack only.";
        bool shelves = verb is CommandVerb.Shelve or CommandVerb.ShelveOnce;
        if (!shelves && body.Seconds is not null)
            return "'seconds' belongs to shelve and shelveOnce only.";
        if (body.Occurrence < 0)
            return "'occurrence' must not be negative.";
        if (shelves && body.Seconds is null)
            return "'seconds' is missing: shelving needs a time.";
        if (body.Seconds is { } seconds && !double.IsFinite(seconds))
            return "'seconds' is too large for a number.";
        return null;
    }

    /// <summary>Adds the command to the ring and waits a little for its outcome.</summary>
    private async Task PassOnAsync(HttpContext http, CommandVerb verb, int target, double argument, string user, string? reason)
    {
        if (_context.Commands.WhyClosed() is { } idle)
        {
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, idle);
            return;
        }
        var act = new OperatorCommand { Verb = verb, Target = target, Argument = argument, User = user, Reason = reason ?? "" };
        if (!_context.Commands.TryAdd(act, out CommandOrder order))
        {
            http.Response.Headers.RetryAfter = "1";
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "Too many commands are waiting; this one was not taken.");
            return;
        }
        ScanEvent? outcome = await _context.Commands.WaitAsync(order, _options.OutcomeWait, http.RequestAborted);
        await AnswerAsync(http, order.Command, order.Before, outcome);
    }

    private Task AnswerAsync(HttpContext http, OperatorCommand command, long before, ScanEvent? outcome)
    {
        if (outcome is not { } item)
        {
            http.Response.Headers.Location = $"/api/v1/events?after={before}";
            return WriteAsync(http, json => WriteOutcome(json, command, "pending", null), StatusCodes.Status202Accepted);
        }
        if (item.Accepted)
            return WriteAsync(http, json => WriteOutcome(json, command, "done", item));
        string? result = item.Kind == EventKind.Output ? EventJson.ResultOf((OutputResult)item.Code) : null;
        string detail = result is null or "interlocked" or "refused" ? item.Reason ?? "" : $"The write ended as {result}. {item.Reason}".TrimEnd();
        return Problem.WriteAsync(http, StatusCodes.Status409Conflict, detail, command.CorrelationId, result);
    }

    private void WriteOutcome(Utf8JsonWriter json, OperatorCommand command, string outcome, ScanEvent? item)
    {
        json.WriteStartObject();
        json.WriteString("outcome", outcome);
        json.WriteNumber("correlationId", command.CorrelationId);
        json.WriteBoolean("durable", item is { } stored && _context.Journal is { } journal && stored.Sequence <= journal.Status.DurableSequence);
        json.WritePropertyName("event");
        if (item is { } told)
            EventJson.Write(json, in told, _context.Scan.Plant);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }
}
