using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Replay;

/// <summary>
/// Runs the whole scan over recorded inputs in virtual time. Recorded values are engineering units: scaling is left
/// out, signal checks, calculations, compliance, alarms and outputs run as in the plant. Writes are answered at once
/// as done, since there is no device. Two runs on the same input give equal bytes.
/// </summary>
public sealed class ReplayRunner
{
    private readonly PlantModel _plant;
    private readonly int[] _inputTags;
    private readonly int[] _slotOfTag;
    private readonly double[] _values;
    private readonly Quality[] _qualities;
    private readonly long[] _outputSeen;
    private InputMailbox _mailbox;
    private OutputMailbox _writes;
    private ScanCycle _scan;
    private long _clockStep;

    /// <summary>Makes a runner for the plant.</summary>
    public ReplayRunner(PlantModel plant)
    {
        _plant = plant with { Tags = [.. plant.Tags.Select(t => t with { Scaling = Scaling.None })] };
        _inputTags = [.. plant.Tags.Where(t => t.Kind == TagKind.Measured).Select(t => t.Index)];
        _slotOfTag = new int[plant.Tags.Length];
        Array.Fill(_slotOfTag, -1);
        for (int i = 0; i < _inputTags.Length; i++)
            _slotOfTag[_inputTags[i]] = i;
        _values = new double[_inputTags.Length];
        _qualities = new Quality[_inputTags.Length];
        Array.Fill(_qualities, Quality.BadWaitingForInitialData);
        _outputSeen = new long[plant.Outputs.Length];
        (_mailbox, _writes, _scan) = NewScan();
    }

    /// <summary>Runs from the first row of the input to <paramref name="until"/> and writes the output folder.</summary>
    /// <param name="inputFile">Recorded inputs.</param>
    /// <param name="commandsFile">Recorded commands; null for none.</param>
    /// <param name="until">UTC ticks of the last scan; null for the last row.</param>
    /// <param name="outFolder">Output folder.</param>
    /// <param name="progress">Called about each simulated hour with the time reached, UTC ticks.</param>
    /// <returns>Number of scans, simulated seconds and the hash.</returns>
    /// <exception cref="ReplayInputException">A file cannot be read or understood.</exception>
    public (long Scans, double Seconds, string Hash) Run(string inputFile, string? commandsFile, long? until, string outFolder, Action<long>? progress)
    {
        using var input = new ReplayInput(inputFile, _plant.Tags);
        IReadOnlyList<ReplayCommand> commands = commandsFile is null ? [] : ReplayCommands.Read(commandsFile, _plant);
        if (input.AtEnd)
            throw new ReplayInputException(inputFile, 1, "the file has no rows");
        using var output = new ReplayOutput(outFolder, _plant);
        long start = input.Time, period = _plant.BasePeriodMs * ScanTime.TicksPerMillisecond;
        long scans = 0, elapsed = 0, ignored = 0, nextProgress = start;
        int nextCommand = 0;
        while (until is { } end ? start + elapsed <= end : !input.AtEnd || scans == 0)
        {
            long time = start + elapsed;
            for (; !input.AtEnd && input.Time <= time; input.MoveNext())
                ignored += Take(input) ? 0 : 1;
            // Commands come between two scans, so their time is that of the scan before; a full ring leaves the rest
            // for the next one.
            var before = new ScanTime(scans, time - period + _clockStep, elapsed - period);
            while (nextCommand < commands.Count && commands[nextCommand].Time <= time && Act(commands[nextCommand], before, output))
                nextCommand++;
            scans++;
            Scan(new ScanTime(scans, time + _clockStep, elapsed), output);
            if (time >= nextProgress)
            {
                progress?.Invoke(time);
                nextProgress += TimeSpan.TicksPerHour;
            }
            elapsed += period;
        }
        string hash = output.Finish(scans, start, start + elapsed - period, input.Rows, ignored);
        return (scans, elapsed / (double)ScanTime.TicksPerSecond, hash);
    }

    private (InputMailbox Mailbox, OutputMailbox Writes, ScanCycle Scan) NewScan()
    {
        var mailbox = new InputMailbox(_inputTags.Length);
        var writes = new OutputMailbox(_plant.Outputs.Length);
        // A recorded tag keeps its last value until its next row: it does not age.
        var binding = new InputBinding("replay", mailbox, _inputTags, long.MaxValue, long.MaxValue);
        return (mailbox, writes, new ScanCycle(_plant, [binding], writes));
    }

    /// <summary>Takes one row; a row of a calculated tag is ignored, since the scan calculates it.</summary>
    private bool Take(ReplayInput input)
    {
        int slot = _slotOfTag[input.Tag];
        if (slot < 0)
            return false;
        _values[slot] = input.Value;
        _qualities[slot] = input.Quality;
        return true;
    }

    private void Scan(in ScanTime now, ReplayOutput output)
    {
        InputFrame frame = _mailbox.Back;
        _values.CopyTo(frame.Values, 0);
        _qualities.CopyTo(frame.Qualities, 0);
        frame.SourceTime = now.Utc;
        _mailbox.Publish();
        _scan.Execute(now);
        AnswerWrites(now, output);
        while (_scan.Events.TryTake(out ScanEvent item))
            output.Add(in item);
        while (_scan.Compliance.Closed.TryTake(out ClosedWindow window))
            output.Add(in window);
        output.AddChanges(_scan.Tags, now.Utc);
    }

    private void AnswerWrites(in ScanTime now, ReplayOutput output)
    {
        for (int i = 0; i < _plant.Outputs.Length; i++)
        {
            if (!_writes.TryTake(i, ref _outputSeen[i], out OutputRequest request))
                continue;
            _writes.Complete(i, new OutputOutcome(request.Sequence, OutputResult.Done, 0, request.Raw));
            output.AddRow(now.Utc, _plant.Outputs[i].Name, request.Raw, Quality.Good);
        }
    }

    private bool Act(ReplayCommand command, in ScanTime now, ReplayOutput output)
    {
        switch (command.Act)
        {
            case ReplayAct.ClockStep:
                _clockStep += (long)(command.Seconds * ScanTime.TicksPerSecond);
                return true;
            case ReplayAct.Restart:
                Restart(now, output);
                return true;
            default:
                return _scan.Commands.TryAdd(command.Command!);
        }
    }

    /// <summary>Kills the scan and starts it from what its checkpoint holds: alarms and permit windows, no tag value.</summary>
    private void Restart(in ScanTime now, ReplayOutput output)
    {
        var alarms = new AlarmSnapshot[_plant.Alarms.Length];
        _scan.Alarms.Save(alarms, now);
        ComplianceCheckpoint compliance = _scan.Compliance.CreateCheckpoint();
        _scan.Compliance.Save(compliance);
        (_mailbox, _writes, _scan) = NewScan();
        Array.Clear(_outputSeen);
        output.ForgetVersions();
        _scan.Alarms.Restore(alarms, now);
        _scan.Compliance.Restore(compliance);
        ScanEvent item = ScanEvent.OfSystem(SystemEvent.Restored);
        _scan.Events.Add(now, ref item);
    }
}
