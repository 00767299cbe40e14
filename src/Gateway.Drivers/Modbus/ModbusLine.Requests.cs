using Gateway.Drivers.Polling;
using Gateway.Modbus;
using Gateway.Runtime.Tags;

namespace Gateway.Drivers.Modbus;

/// <content>
/// What is sent next and what its answer means. Order: writes, their read-back, polls under way, due polls, probes;
/// a probe goes ahead of due polls after every twentieth request, so that neither starves the other.
/// </content>
public sealed partial class ModbusLine
{
    private const int RequestsBetweenProbes = 20;

    // A line that misses slots gives probes of dead devices a twentieth of its time.
    private const int ProbeShare = 20;

    private readonly int _window;
    private readonly bool[] _isSingle;
    private readonly long _overdueTicks;
    private readonly long _longestPause;
    private readonly byte[] _probeRequest = new byte[5];
    private int _inFlight;
    private int _requestsSinceProbe;
    private long _probeNotBefore;
    private long _watchAt = long.MaxValue;
    private long _lastProbeCost;
    private long _lastProbeEnd;
    private RequestKind _chosenKind;
    private int _chosenTarget;
    private RequestSlot? _chosenSlot;

    private long Utc => _time.GetUtcNow().UtcTicks;

    /// <summary>When something wants to be sent; the past when it is due already.</summary>
    private long NextWork()
    {
        long next = long.MaxValue;
        bool hasRoom = _slots.Length == 0;
        foreach (RequestSlot slot in _slots)
        {
            hasRoom |= slot.Kind == RequestKind.None;
            if (slot.Kind != RequestKind.None && !slot.IsInFlight)
                next = Math.Min(next, _gates[slot.Device]);
        }

        if (!hasRoom)
            return next;
        next = Math.Min(next, _schedule.NextDue(_gates));
        next = Math.Min(next, Math.Max(_health.NextProbe(_notBefore), _probeNotBefore));
        foreach (ModbusOutput writer in _writers)
            next = Math.Min(next, Math.Max(writer.WantsWrite ? 0 : writer.ReadBackAt, _gates[writer.Device]));
        return next;
    }

    private bool IsIdle(long now)
    {
        foreach (RequestSlot slot in _slots)
        {
            if (slot.Kind != RequestKind.None)
                return false;
        }

        // A device that only wants a pause is not done with.
        return NextWork() - now > _longestPause;
    }

    private bool HasCompleted()
    {
        foreach (RequestSlot slot in _slots)
        {
            if (slot.IsCompleted)
                return true;
        }

        return false;
    }

    /// <summary>Chooses the next request and its slot; false when nothing can be sent now.</summary>
    private bool ChooseRequest(long now)
    {
        if (_inFlight >= _window)
            return false;
        RequestSlot? free = null;
        RequestSlot? paused = null;
        foreach (RequestSlot slot in _slots)
        {
            if (slot.Kind == RequestKind.None)
                free = slot;
            else if (!slot.IsInFlight && _gates[slot.Device] <= now)
                paused = slot;
        }

        if (free is not null && ChooseWrite(now))
            return Take(free);
        if (paused is not null)
        {
            _chosenKind = RequestKind.Read;
            _chosenTarget = paused.Target;
            return Take(paused);
        }

        if (free is null)
            return false;
        int due = _schedule.PickDue(now, _gates);
        int probe = now >= _probeNotBefore ? _health.PickProbe(now, _notBefore) : -1;
        if (probe >= 0 && (due < 0 || _requestsSinceProbe >= RequestsBetweenProbes))
        {
            _chosenKind = RequestKind.Probe;
            _chosenTarget = probe;
            return Take(free);
        }

        if (due < 0)
            return false;
        _chosenKind = RequestKind.Read;
        _chosenTarget = due;
        return Take(free);
    }

    private bool Take(RequestSlot slot)
    {
        _chosenSlot = slot;
        return true;
    }

    private void SendOne(long now)
    {
        RequestSlot slot = _chosenSlot!;
        switch (_chosenKind)
        {
            case RequestKind.Write:
                ModbusOutput writer = _writers[_chosenTarget];
                writer.BeginWrite();
                Start(slot, writer.Device, writer.WritePdu, now);
                break;
            case RequestKind.ReadBack:
                writer = _writers[_chosenTarget];
                writer.BeginReadBack();
                Start(slot, writer.Device, writer.ReadBackPdu, now);
                break;
            case RequestKind.Probe:
                _requestsSinceProbe = 0;
                _health.BeginProbe(_chosenTarget);
                Start(slot, _chosenTarget, ProbeRequest(_chosenTarget), now);
                break;
            default:
                SendRead(slot, now);
                break;
        }
    }

    private void SendRead(RequestSlot slot, long now)
    {
        BlockReader reader = _readers[_chosenTarget];
        if (!reader.IsRunning)
        {
            long missed = _schedule.Begin(_chosenTarget, now);
            if (missed > 0)
                NoteOverrun(reader.Block.Device, missed, now);
            reader.Begin(now);
            if (!reader.HasMore)
            {
                reader.Publish(Utc);
                return;
            }

            _schedule.Hold(_chosenTarget, true);
        }

        Start(slot, reader.Block.Device, reader.Request, now);
    }

    private void Start(RequestSlot slot, int device, ReadOnlyMemory<byte> pdu, long now)
    {
        slot.Kind = _chosenKind;
        slot.Device = device;
        slot.Target = _chosenTarget;
        _inFlight++;
        _inFlightOf[device]++;
        _requestsSinceProbe++;
        UpdateGate(device);
        slot.Start(_client!.SendAsync(pdu, _devices[device].Unit, slot.Buffer), now);
    }

    private void NoteOverrun(int device, long missed, long now)
    {
        Statistics.Devices[device].CountOverruns(missed);
        _log.Overrun(device, missed, now);
        if (_lastProbeCost > 0)
            _probeNotBefore = Math.Max(_probeNotBefore, _lastProbeEnd + (ProbeShare - 1) * _lastProbeCost);
    }

    /// <summary>One register, or the whole first value for a device that answers nothing else.</summary>
    private ReadOnlyMemory<byte> ProbeRequest(int device)
    {
        ModbusPoint? point = null;
        for (int i = 0; i < _readers.Length && point is null; i++)
            point = _readers[i].Block.Device == device ? _readers[i].ProbePoint : null;
        int count = _devices[device].OneRequestPerPoint ? PointExtent.Of(point!) : 1;
        ReadRequest.Write(_probeRequest, point!.Space, point.Address, (ushort)count);
        return _probeRequest;
    }

    private void FinishOne(long now)
    {
        RequestSlot slot = _slots[0];
        foreach (RequestSlot candidate in _slots)
        {
            if (candidate.IsCompleted)
                slot = candidate;
        }

        ModbusReply reply = slot.TakeReply();
        _inFlight--;
        _inFlightOf[slot.Device]--;
        _notBefore[slot.Device] = now + _devices[slot.Device].PauseBetweenRequestsMs * TimeSpan.TicksPerMillisecond;
        RequestKind kind = slot.Kind;
        if (kind == RequestKind.Probe)
        {
            _lastProbeEnd = now;
            _lastProbeCost = now - slot.SentAt;
        }

        Quality quality = Judge(slot, reply, now);
        UpdateGate(slot.Device);
        switch (kind)
        {
            case RequestKind.Read:
                FinishRead(slot, reply, quality, now);
                return;
            case RequestKind.Write:
                _writers[slot.Target].AcceptWriteReply(reply, now);
                break;
            case RequestKind.ReadBack:
                _writers[slot.Target].AcceptReadBack(reply, slot.Buffer, now);
                break;
            default:
                break;
        }

        slot.Kind = RequestKind.None;
        EndPausedRuns(slot.Device);
    }

    private void FinishRead(RequestSlot slot, ModbusReply reply, Quality quality, long now)
    {
        BlockReader reader = _readers[slot.Target];
        int refusedBefore = reader.RefusedCount;
        if (reply.IsOk)
            reader.AcceptData(slot.Buffer.AsSpan(0, reply.Length));
        else if (reply.ExceptionCode is ModbusExceptionCode.IllegalDataAddress or ModbusExceptionCode.IllegalDataValue)
            reader.AcceptRefusal(now);
        else
            reader.AcceptFailure(quality);
        int refused = reader.RefusedCount;
        if (refused != refusedBefore)
        {
            Statistics.Devices[slot.Device].NoteRefusedPoints(refused - refusedBefore);
            _log.PointsRefused(slot.Device, refused, reader.Block.Space, reader.Block.Address, now);
        }

        bool isLost = _client is null || !_client.IsConnected || _health.IsProbing(slot.Device);
        if (reader.HasMore && !isLost)
            return;
        slot.Kind = RequestKind.None;
        _schedule.Hold(slot.Target, false);
        if (isLost && reader.HasMore)
            reader.PublishBad(quality.IsBad ? quality : Quality.BadNoCommunication, Utc);
        else
            reader.Publish(Utc);
        EndPausedRuns(slot.Device);
    }

    /// <summary>A device that is only probed cannot finish what it has begun; nor may that keep a slot.</summary>
    private void EndPausedRuns(int device)
    {
        if (!_health.IsProbing(device))
            return;
        foreach (RequestSlot slot in _slots)
        {
            if (slot.Kind == RequestKind.Read && !slot.IsInFlight && slot.Device == device)
                AbandonSlot(slot, Elapsed);
        }
    }

    // Not moved by every request, so that the timer is not either.
    private long NextWatch(long now)
    {
        if (_watchAt == long.MaxValue)
            _watchAt = now + _overdueTicks;
        return _watchAt;
    }

    /// <summary>
    /// Every request ends by an answer or a time-out of the client. Should one not (a stream that fails while it is
    /// closed), the line must not wait for it for ever.
    /// </summary>
    private void WatchReplies(long now)
    {
        _watchAt = long.MaxValue;
        foreach (RequestSlot slot in _slots)
        {
            if (slot.IsInFlight && now - slot.SentAt >= _overdueTicks)
                _dropReason = "a request ended neither by an answer nor by its time-out";
        }
    }

    private void UpdateGate(int device)
    {
        bool isBusy = _isSingle[device] && _inFlightOf[device] > 0;
        _gates[device] = isBusy || _health.IsProbing(device) ? long.MaxValue : _notBefore[device];
    }

    /// <summary>Ends what a closed connection left in flight.</summary>
    private void AbandonSlot(RequestSlot slot, long now)
    {
        if (slot.Kind == RequestKind.None)
            return;
        if (slot.IsInFlight)
        {
            Statistics.Devices[slot.Device].CountResult(RequestResult.Disconnected);
            Statistics.Devices[slot.Device].NoteNotGood();
        }

        switch (slot.Kind)
        {
            case RequestKind.Read:
                _schedule.Hold(slot.Target, false);
                if (_readers[slot.Target].IsRunning)
                    _readers[slot.Target].PublishBad(Quality.BadNoCommunication, Utc);
                break;
            case RequestKind.Write:
            case RequestKind.ReadBack:
                _writers[slot.Target].AcceptDisconnect(now);
                break;
            default:
                break;
        }

        slot.Kind = RequestKind.None;
    }

    private bool ChooseWrite(long now)
    {
        for (int i = 0; i < _writers.Length; i++)
        {
            ModbusOutput writer = _writers[i];
            if (_gates[writer.Device] > now)
                continue;
            if (writer.WantsWrite)
                return Choose(RequestKind.Write, i);
        }

        for (int i = 0; i < _writers.Length; i++)
        {
            ModbusOutput writer = _writers[i];
            if (_gates[writer.Device] <= now && writer.ReadBackAt <= now)
                return Choose(RequestKind.ReadBack, i);
        }

        return false;
    }

    private bool Choose(RequestKind kind, int target)
    {
        _chosenKind = kind;
        _chosenTarget = target;
        return true;
    }

    private void UpdateWriters(long now)
    {
        foreach (ModbusOutput writer in _writers)
            writer.Update(now);
    }
}
