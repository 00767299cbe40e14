namespace Gateway.Runtime.Scan;

/// <summary>How a write ended, as the device said or its silence showed.</summary>
public enum OutputResult : byte
{
    /// <summary>Nothing was asked yet.</summary>
    None,
    /// <summary>Written, and read back where read-back is on.</summary>
    Done,
    /// <summary>The device refused with an exception code.</summary>
    Refused,
    /// <summary>The device did not answer, and read-back could not decide.</summary>
    TimedOut,
    /// <summary>The request was older than its expiry before the line could send it.</summary>
    Expired,
    /// <summary>An interlock held the output.</summary>
    Interlocked,
    /// <summary>The device said yes, and the value read back differs.</summary>
    FailedVerify,
}

/// <summary>One write on its way to a device.</summary>
/// <param name="Sequence">Number of the request for this output, rising.</param>
/// <param name="Raw">Raw value for the device.</param>
/// <param name="ExpiresElapsed">Monotonic time, in ticks of 100 ns since start, after which it must not be sent.</param>
public readonly record struct OutputRequest(long Sequence, double Raw, long ExpiresElapsed);

/// <summary>How a write ended.</summary>
/// <param name="Sequence">Number of the request answered.</param>
/// <param name="Result">The outcome.</param>
/// <param name="Code">Why it was refused: a Modbus exception code, or an OPC UA status code, which is larger; else 0.</param>
/// <param name="ReadBack">Raw value read back; NaN where none was read.</param>
public readonly record struct OutputOutcome(long Sequence, OutputResult Result, uint Code, double ReadBack);

/// <summary>
/// One slot per output between the scan (writes requests, reads outcomes) and one field line (the reverse). The latest
/// request wins; a request that was replaced before it was sent never fires. A short lock per slot is held only for a
/// copy of three numbers, so neither side waits for I/O.
/// </summary>
public sealed class OutputMailbox
{
    private readonly Slot[] _slots;

    /// <summary>Makes a mailbox for <paramref name="count"/> outputs.</summary>
    public OutputMailbox(int count)
    {
        _slots = new Slot[count];
        for (int i = 0; i < count; i++)
            _slots[i] = new Slot();
    }

    /// <summary>Number of outputs.</summary>
    public int Count => _slots.Length;

    /// <summary>Asks for a write. Scan only.</summary>
    public void Post(int output, in OutputRequest request)
    {
        Slot slot = _slots[output];
        lock (slot.Gate)
            slot.Request = request;
    }

    /// <summary>Gives the pending request when it is newer than <paramref name="seen"/>, and moves that on. Line only.</summary>
    public bool TryTake(int output, ref long seen, out OutputRequest request)
    {
        Slot slot = _slots[output];
        lock (slot.Gate)
            request = slot.Request;
        if (request.Sequence <= seen)
            return false;
        seen = request.Sequence;
        return true;
    }

    /// <summary>Reports the end of a write. Line only.</summary>
    public void Complete(int output, in OutputOutcome outcome)
    {
        Slot slot = _slots[output];
        lock (slot.Gate)
            slot.Outcome = outcome;
    }

    /// <summary>Gives the outcome when it is newer than <paramref name="seen"/>, and moves that on. Scan only.</summary>
    public bool TryTakeOutcome(int output, ref long seen, out OutputOutcome outcome)
    {
        Slot slot = _slots[output];
        lock (slot.Gate)
            outcome = slot.Outcome;
        if (outcome.Sequence <= seen)
            return false;
        seen = outcome.Sequence;
        return true;
    }

    private sealed class Slot
    {
        public readonly Lock Gate = new();
        public OutputRequest Request;
        public OutputOutcome Outcome;
    }
}
