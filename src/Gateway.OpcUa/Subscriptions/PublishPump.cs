using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Subscriptions;

/// <summary>
/// Keeps publish requests waiting at the server for as long as there are subscriptions, and hands their answers out.
/// One loop per request. May be called from any thread.
/// </summary>
internal sealed class PublishPump
{
    // More than this in flight helps no server and fills its queues.
    private const int MostLoops = 20;

    // A server that refuses the only request is asked again after this time.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly OpcUaClient _client;
    private readonly TimeProvider _time;
    private readonly int _perSubscription;
    private readonly ITimer _retry;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Subscription> _subscriptions = [];
    private readonly List<SubscriptionAcknowledgement> _acknowledgements = [];
    private int _limit = MostLoops;
    private int _loops;
    private int _generation;
    private bool _isStopped;
    private bool _isPaused;

    public PublishPump(OpcUaClient client, TimeProvider time, int perSubscription)
    {
        _client = client;
        _time = time;
        _perSubscription = perSubscription;
        _retry = time.CreateTimer(static p => ((PublishPump)p!).Start(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Answers for subscriptions that this client does not know.</summary>
    public long Strays { get; private set; }

    /// <summary>Called when the server says that the session has no subscription although some should be there.</summary>
    public Action? Emptied { get; set; }

    /// <summary>Publish requests kept at the server.</summary>
    public int Loops => _loops;

    public void Add(Subscription subscription)
    {
        subscription.LastHeard = _time.GetTimestamp();
        lock (_gate)
            _subscriptions[subscription.Id] = subscription;
        Start();
    }

    public void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.TryGetValue(subscription.Id, out var known) && known == subscription)
                _subscriptions.Remove(subscription.Id);
            _acknowledgements.RemoveAll(a => a.SubscriptionId == subscription.Id);
        }
    }

    /// <summary>A message that came by another way is acknowledged with the next publish request.</summary>
    public void Acknowledge(Subscription subscription, uint sequenceNumber)
    {
        lock (_gate)
            _acknowledgements.Add(new SubscriptionAcknowledgement { SubscriptionId = subscription.Id, SequenceNumber = sequenceNumber });
    }

    /// <summary>Sends nothing more; loops that wait for an answer end without a word.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _isPaused = true;
            _generation++;
            _loops = 0;
        }
    }

    /// <summary>Begins again after <see cref="Pause"/> or <see cref="Reset"/>.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _isPaused = false;
            var now = _time.GetTimestamp();
            foreach (var subscription in _subscriptions.Values)
                subscription.LastHeard = now;
        }

        Start();
    }

    /// <summary>The session is over: ids of another one say nothing about these subscriptions.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _isPaused = true;
            _generation++;
            _loops = 0;
            _limit = MostLoops;
            _subscriptions.Clear();
            _acknowledgements.Clear();
        }
    }

    public void Stop()
    {
        lock (_gate)
            _isStopped = true;
        _retry.Dispose();
    }

    private int Wanted => _isStopped || _isPaused ? 0 : Math.Min(_limit, _subscriptions.Count * Math.Max(1, _perSubscription));

    private void Start()
    {
        while (true)
        {
            int generation;
            lock (_gate)
            {
                if (_loops >= Wanted || !_client.IsConnected)
                    return;
                _loops++;
                generation = _generation;
            }

            _ = RunAsync(new PublishSlot { Generation = generation });
        }
    }

    private async Task RunAsync(PublishSlot slot)
    {
        while (TryPrepare(slot, out var timeoutMs))
        {
            var fault = await _client.SendAsync(slot, slot.Answer, timeoutMs).ConfigureAwait(false);
            if (fault.IsNone)
            {
                Deliver(slot);
                continue;
            }

            if (TryGoOn(slot, fault, out var isEmptied))
                continue;
            if (isEmptied)
                Emptied?.Invoke();
            return;
        }
    }

    /// <summary>Takes the acknowledgements along, or ends the loop when fewer are wanted.</summary>
    private bool TryPrepare(PublishSlot slot, out int timeoutMs)
    {
        lock (_gate)
        {
            timeoutMs = TimeoutMs();
            if (slot.Generation != _generation)
                return false;
            if (_loops > Wanted)
            {
                _loops--;
                return false;
            }

            slot.Acknowledgements.Clear();
            slot.Acknowledgements.AddRange(_acknowledgements);
            _acknowledgements.Clear();
            return true;
        }
    }

    private void Deliver(PublishSlot slot)
    {
        Subscription? subscription;
        lock (_gate)
        {
            if (slot.Generation != _generation || !_subscriptions.TryGetValue(slot.SubscriptionId, out subscription))
            {
                Strays++;
                return;
            }
        }

        if (!subscription.Deliver(slot, _time.GetTimestamp()))
            return;
        lock (_gate)
        {
            if (subscription.IsAlive)
                _acknowledgements.Add(new SubscriptionAcknowledgement { SubscriptionId = slot.SubscriptionId, SequenceNumber = slot.SequenceNumber });
            else
                _subscriptions.Remove(slot.SubscriptionId);
        }
    }

    /// <summary>What a refused publish request means for this loop.</summary>
    private bool TryGoOn(PublishSlot slot, OpcUaFault fault, out bool isEmptied)
    {
        lock (_gate)
        {
            isEmptied = slot.Generation == _generation && fault.Status == StatusCodes.BadNoSubscription && _subscriptions.Count > 0 && !_isStopped;
            if (slot.Generation != _generation)
                return false;
            if (fault.Status == StatusCodes.BadTimeout && !_isStopped && _client.IsConnected)
                return true;
            // The server may not have taken the acknowledgements; once too often does no harm.
            if (fault.Status != StatusCodes.BadNoSubscription)
                _acknowledgements.AddRange(slot.Acknowledgements);
            _loops--;
            // One request always stays, else nothing would ever come again.
            if (fault.Status == StatusCodes.BadTooManyPublishRequests)
                _limit = Math.Max(1, _loops);
            if (_loops == 0 && !_isStopped && _client.IsConnected)
                _retry.Change(s_pause, Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    /// <summary>How long the last in the row may wait: twice the keep-alives of all requests before it.</summary>
    private int TimeoutMs()
    {
        var longest = 0.0;
        foreach (var subscription in _subscriptions.Values)
            longest = Math.Max(longest, subscription.KeepAliveInterval.TotalMilliseconds);
        return (int)Math.Clamp(2 * longest * Math.Max(1, _loops), 60_000, 86_400_000);
    }
}
