using Gateway.Runtime.Scan;

namespace Gateway.Drivers;

/// <summary>What became of a write, before it is verified.</summary>
internal enum WriteAnswer : byte
{
    /// <summary>The device said yes.</summary>
    Accepted,
    /// <summary>The device said yes and still works on it.</summary>
    Pending,
    /// <summary>The device answered with something that proves nothing either way.</summary>
    Odd,
    /// <summary>The device said no.</summary>
    Refused,
    /// <summary>There was no answer: the device may have done it.</summary>
    Silent,
}

/// <summary>
/// Brings the requests for one output to its device: the newest wins, none is sent after its expiry, and each ends with
/// the outcome the device showed. A write that the device accepted, or left unanswered, or answered oddly, is decided
/// by reading the point back. What is sent is the protocol's part. Line only; times are monotonic ticks of 100 ns since
/// the epoch.
/// </summary>
internal abstract class OutputWriter
{
    private const long FirstReadBackPause = 100 * TimeSpan.TicksPerMillisecond;
    // At least one read-back gets its turn.
    private const long ShortestVerify = 50 * TimeSpan.TicksPerMillisecond;
    private const long LongestReadBackPause = 500 * TimeSpan.TicksPerMillisecond;

    private enum Step : byte { Nothing, Waiting, Writing, Verifying, ReadingBack }

    private readonly int _output;
    private readonly OutputMailbox _mailbox;
    private readonly bool _isVerified;
    private readonly long _verifyTicks;
    private Step _step;
    private long _seen;
    private OutputRequest _current;
    private OutputRequest _next;
    private bool _hasNext;
    private OutputResult _resultWithoutProof;
    private uint _code;
    private double _readBack;
    private long _verifyUntil;
    private long _readBackAt;
    private long _pause;

    protected OutputWriter(int device, DeviceDefinition definition, PointDefinition point, OutputMailbox mailbox)
    {
        Device = device;
        _output = point.Output;
        _mailbox = mailbox;
        _isVerified = definition.VerifyWrites;
        _verifyTicks = definition.VerifyWithinMs * TimeSpan.TicksPerMillisecond;
    }

    /// <summary>Position of the device on the line.</summary>
    public int Device { get; }

    /// <summary>True when a write waits to be sent.</summary>
    public bool WantsWrite => _step == Step.Waiting;

    /// <summary>When the point is to be read back; <see cref="long.MaxValue"/> when it is not.</summary>
    public long ReadBackAt => _step == Step.Verifying ? _readBackAt : long.MaxValue;

    /// <summary>When something ends by itself: an expiry or the end of verification.</summary>
    public long EndsAt => _step switch
    {
        Step.Waiting => _current.ExpiresElapsed + 1,
        Step.Verifying => _verifyUntil,
        _ => long.MaxValue,
    };

    /// <summary>The raw value of the request at hand.</summary>
    protected double Raw => _current.Raw;

    /// <summary>The protocol's code for a value that its type cannot hold.</summary>
    protected abstract uint UnfitCode { get; }

    /// <summary>Takes a new request if there is one, and ends what has run out of time.</summary>
    public void Update(long now)
    {
        if (_mailbox.TryTake(_output, ref _seen, out OutputRequest request))
            Take(request);
        if (_step == Step.Waiting && now > _current.ExpiresElapsed)
            Complete(OutputResult.Expired);
        else if (_step == Step.Verifying && now >= _verifyUntil)
            CompleteUnproven();
    }

    /// <summary>The write goes out now.</summary>
    public void BeginWrite() => _step = Step.Writing;

    /// <summary>The read-back goes out now.</summary>
    public void BeginReadBack() => _step = Step.ReadingBack;

    /// <summary>The connection ended while a write or a read-back was under way: what the device did is not known.</summary>
    public void AcceptDisconnect(long now)
    {
        if (_step == Step.Writing)
        {
            _resultWithoutProof = OutputResult.TimedOut;
            _code = 0;
            _readBack = double.NaN;
            BeginVerify(now);
        }
        else if (_step == Step.ReadingBack)
        {
            _step = Step.Verifying;
            _readBackAt = now;
        }
    }

    /// <summary>Prepares the write of a raw value; false when the point's type cannot hold it.</summary>
    protected abstract bool TryEncode(double raw);

    /// <summary>The write ended.</summary>
    protected void AcceptWrite(WriteAnswer answer, uint code, long now)
    {
        _resultWithoutProof = OutputResult.FailedVerify;
        _code = 0;
        _readBack = double.NaN;
        switch (answer)
        {
            case WriteAnswer.Accepted when !_isVerified:
                Complete(OutputResult.Done);
                return;
            case WriteAnswer.Accepted:
            case WriteAnswer.Odd:
                break;
            case WriteAnswer.Pending:
                _resultWithoutProof = OutputResult.Refused;
                _code = code;
                break;
            case WriteAnswer.Refused:
                Refuse(code);
                return;
            default:
                _resultWithoutProof = OutputResult.TimedOut;
                break;
        }

        BeginVerify(now);
    }

    /// <summary>The read-back ended.</summary>
    /// <param name="isSame">The device holds the value written.</param>
    /// <param name="value">What the device holds; not-a-number when that is not known.</param>
    /// <param name="now">The time.</param>
    protected void AcceptReadBack(bool isSame, double value, long now)
    {
        _step = Step.Verifying;
        if (!double.IsNaN(value) || isSame)
            _readBack = value;
        if (isSame)
        {
            _code = 0;
            Complete(OutputResult.Done);
            return;
        }

        if (_hasNext || now >= _verifyUntil)
        {
            CompleteUnproven();
            return;
        }

        _readBackAt = Math.Min(now + _pause, _verifyUntil);
        _pause = Math.Min(LongestReadBackPause, 2 * _pause);
    }

    /// <summary>Ends the request as refused with the protocol's code.</summary>
    protected void Refuse(uint code)
    {
        _code = code;
        Complete(OutputResult.Refused);
    }

    private void BeginVerify(long now)
    {
        _step = Step.Verifying;
        _readBackAt = now;
        _pause = FirstReadBackPause;
        _verifyUntil = now + Math.Max(ShortestVerify, _verifyTicks);
    }

    private void Take(in OutputRequest request)
    {
        switch (_step)
        {
            case Step.Writing:
            case Step.ReadingBack:
                // What is on the wire cannot be called back; what waits behind it is replaced.
                _next = request;
                _hasNext = true;
                return;
            case Step.Waiting:
                Report(_current, OutputResult.Expired);
                break;
            case Step.Verifying:
                _next = request;
                _hasNext = true;
                CompleteUnproven();
                return;
            default:
                break;
        }

        Prepare(request);
    }

    private void Prepare(in OutputRequest request)
    {
        _current = request;
        _code = 0;
        _readBack = double.NaN;
        _step = Step.Waiting;
        // Refused by us in the device's words: the value does not fit.
        if (!TryEncode(request.Raw))
            Refuse(UnfitCode);
    }

    private void CompleteUnproven() =>
        Complete(_resultWithoutProof == OutputResult.FailedVerify && double.IsNaN(_readBack) ? OutputResult.TimedOut : _resultWithoutProof);

    private void Complete(OutputResult result)
    {
        _mailbox.Complete(_output, new OutputOutcome(_current.Sequence, result, _code, _readBack));
        _step = Step.Nothing;
        if (!_hasNext)
            return;
        _hasNext = false;
        Prepare(_next);
    }

    private void Report(in OutputRequest request, OutputResult result) =>
        _mailbox.Complete(_output, new OutputOutcome(request.Sequence, result, 0, double.NaN));
}
