using Gateway.OpcUa.Encoding;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Session;

/// <content>The way out, and time: one timer set to the earliest deadline and not touched by answers.</content>
internal sealed partial class ClientConnection
{
    // Messages of one flush and the next; a peer that takes nothing for so long is cut off by the requests' time-outs.
    private const int OutgoingLimit = 256 << 20;

    private const int FirstOutgoing = 8192;

    private readonly MessageBuffer _body = new(OutgoingLimit, FirstOutgoing);
    private bool _isArmed;
    private long _armedFor;

    /// <summary>Code resumed by the reader sends together with everything else that this read resumes.</summary>
    private void FlushUnlessResuming()
    {
        if (_resumingThread != Environment.CurrentManagedThreadId)
            _output.Flush();
    }

    /// <summary>Makes sure that the timer fires at <paramref name="due"/> or before. Under the lock.</summary>
    private void Arm(long due)
    {
        if (_output.IsClosed || (_isArmed && _armedFor <= due))
            return;
        _isArmed = true;
        _armedFor = due;
        // Rounded up to whole milliseconds: system timers cut off fractions and would fire early.
        var ms = Math.Ceiling(_time.GetElapsedTime(_time.GetTimestamp(), due).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        List<PendingRequest>? expired = null;
        bool isRenewing, isStuck;
        lock (_gate)
        {
            if (_output.IsClosed)
                return;
            _isArmed = false;
            var now = _time.GetTimestamp();
            var next = long.MaxValue;
            foreach (var pending in _inFlight.Values)
            {
                if (pending.Deadline <= now)
                    (expired ??= []).Add(pending);
                else
                    next = Math.Min(next, pending.Deadline);
            }

            expired?.ForEach(p => _inFlight.Remove(p.RequestId));
            // The peer does not even take our bytes, or does not answer the hello: waiting longer helps nobody.
            isStuck = expired is not null && (_output.IsWriting || _conversation is not { ChannelId: not 0 });
            isRenewing = now >= _renewAt;
            if (isRenewing)
                _renewAt = long.MaxValue;
            next = Math.Min(next, _renewAt);
            if (next != long.MaxValue)
                Arm(next);
        }

        if (expired is not null)
        {
            foreach (var pending in expired)
                pending.Finish(Late(pending));
        }

        if (isStuck)
            Close(new OpcUaFault(StatusCodes.BadTimeout, "the server does not answer", "check address, port and firewall"));
        else if (isRenewing)
            _ = RenewAsync();
    }

    private static OpcUaFault Late(PendingRequest pending) =>
        new(StatusCodes.BadTimeout, pending.Response is null ? "no answer to the hello came in time" : $"no {pending.Response.GetType().Name} came in time");

    private static OpcUaFault Broken(Exception e) => new(StatusCodes.BadConnectionClosed, "the connection broke: " + e.Message);
}
