using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Outputs;

/// <summary>
/// Last stage of a scan: checks operators' writes, hands them to the field lines and reports how they ended. Scan
/// thread only; the counters may be read by any thread.
/// </summary>
public sealed class OutputStage
{
    private static readonly int ResultCount = Enum.GetValues<OutputResult>().Length;

    private readonly OutputDefinition[] _definitions;
    private readonly TagDefinition[] _tags;
    private readonly OutputMailbox _mailbox;
    private readonly EventRing _events;
    private readonly long[] _sequence;
    private readonly long[] _seen;
    private readonly OperatorCommand?[] _pending;
    private readonly long[] _results;

    /// <summary>Makes the stage; <paramref name="mailbox"/> has one slot per output.</summary>
    public OutputStage(OutputDefinition[] definitions, TagDefinition[] tags, OutputMailbox mailbox, EventRing events)
    {
        Invariant.Check(mailbox.Count >= definitions.Length);
        _definitions = definitions;
        _tags = tags;
        _mailbox = mailbox;
        _events = events;
        _sequence = new long[definitions.Length];
        _seen = new long[definitions.Length];
        _pending = new OperatorCommand?[definitions.Length];
        _results = new long[definitions.Length * ResultCount];
    }

    /// <summary>How often writes to <paramref name="output"/> ended with <paramref name="result"/>. Any thread.</summary>
    public long CountOf(int output, OutputResult result) => Volatile.Read(ref _results[output * ResultCount + (int)result]);

    /// <summary>Checks a write and hands it to its line, or refuses it with the reason as an event.</summary>
    public void Apply(OperatorCommand command, RunState state, in ScanTime now)
    {
        OutputDefinition output = _definitions[command.Target];
        string? refusal = Refusal(output, command, state, out double raw);
        if (refusal is not null)
        {
            Report(command.Target, OutputResult.Interlocked, command, command.Argument, refusal, now);
            return;
        }
        // The request it replaces will never fire: its asker is told.
        if (_pending[command.Target] is { } replaced)
            Report(command.Target, OutputResult.Expired, replaced, replaced.Argument, "replaced by a newer request", now);
        _pending[command.Target] = command;
        Post(command.Target, raw, now);
    }

    /// <summary>True while a write that was handed to its line has not ended.</summary>
    public bool IsAwaiting
    {
        get
        {
            for (int i = 0; i < _sequence.Length; i++)
                if (_seen[i] != _sequence[i])
                    return true;
            return false;
        }
    }

    /// <summary>Asks for the fail-safe value of every armed output that has one, in place of what was asked before.</summary>
    public void DriveSafe(in ScanTime now)
    {
        for (int i = 0; i < _definitions.Length; i++)
        {
            OutputDefinition output = _definitions[i];
            if (!output.Armed || double.IsNaN(output.FailSafe) || !_tags[output.Tag].Scaling.TryToRaw(output.FailSafe, out double raw))
                continue;
            if (_pending[i] is { } replaced)
                Report(i, OutputResult.Expired, replaced, replaced.Argument, "replaced by the fail-safe value", now);
            _pending[i] = null;
            Post(i, raw, now);
        }
    }

    /// <summary>Collects the outcomes that the lines reported since the last scan.</summary>
    public void Execute(in ScanTime now)
    {
        for (int i = 0; i < _definitions.Length; i++)
        {
            if (!_mailbox.TryTakeOutcome(i, ref _seen[i], out OutputOutcome outcome) || outcome.Sequence != _sequence[i])
                continue;
            OperatorCommand? command = _pending[i];
            _pending[i] = null;
            // What nobody asked for is the fail-safe value.
            string? reason = outcome.Result == OutputResult.Refused ? RefusalReason(outcome.Code) : command is null ? "fail-safe value" : null;
            Report(i, outcome.Result, command, command?.Argument ?? _definitions[i].FailSafe, reason, now);
        }
    }

    private void Post(int output, double raw, in ScanTime now)
    {
        long sequence = ++_sequence[output];
        _mailbox.Post(output, new OutputRequest(sequence, raw, now.Elapsed + _definitions[output].ExpiryMs * ScanTime.TicksPerMillisecond));
    }

    private string? Refusal(OutputDefinition output, OperatorCommand command, RunState state, out double raw)
    {
        raw = double.NaN;
        if (state != RunState.Run)
            return "the gateway is not in Run";
        if (!output.Armed)
            return "the output is not armed";
        if (!(command.Argument >= output.Low && command.Argument <= output.High))
            return "the value is outside the output's limits";
        return _tags[output.Tag].Scaling.TryToRaw(command.Argument, out raw) ? null : "the value has no raw counterpart";
    }

    private void Report(int output, OutputResult result, OperatorCommand? command, double value, string? reason, in ScanTime now)
    {
        ref long counter = ref _results[output * ResultCount + (int)result];
        Volatile.Write(ref counter, counter + 1);
        var item = new ScanEvent
        {
            Kind = EventKind.Output,
            Subject = output,
            Code = (int)result,
            Value = value,
            Limit = double.NaN,
            Quality = Quality.Good,
            Accepted = result == OutputResult.Done,
            User = command?.User,
            Reason = reason ?? command?.Reason,
            CorrelationId = command?.CorrelationId ?? 0,
        };
        _events.Add(now, ref item);
    }

    private static string RefusalReason(uint code) => code switch
    {
        1 => "exception 1: the device does not know the function",
        2 => "exception 2: the device does not have the address",
        3 => "exception 3: the device does not accept the value",
        4 => "exception 4: the device failed",
        5 => "exception 5: the device accepted and still works on it",
        6 => "exception 6: the device is busy",
        0x801F_0000 => "BadUserAccessDenied: the server does not let this user write the node",
        0x8034_0000 => "BadNodeIdUnknown: the server does not have the node",
        0x803B_0000 => "BadNotWritable: the server does not let the node be written",
        0x803C_0000 => "BadOutOfRange: the value does not fit the node",
        0x8073_0000 => "BadWriteNotSupported: the server does not let quality or time be written",
        0x8074_0000 => "BadTypeMismatch: the node has another type",
        > byte.MaxValue => "the server refused with status " + new Quality(code),
        _ => "the device refused with an exception",
    };
}
