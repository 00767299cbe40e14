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
    private bool _isStopped;

    public PublishPump(OpcUaClient client, TimeProvider time, int perSubscription)
    {
        _client = client;
        _time = time;
        _perSubscription = perSubscription;
        _retry = time.CreateTimer(static p => ((PublishPump)p!).Start(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Answers for subscriptions that this client does not know.</summary>
    public long Strays { get; private set; }

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

    public void Stop()
    {
        lock (_gate)
            _isStopped = true;
        _retry.Dispose();
    }

    private int Wanted => _isStopped ? 0 : Math.Min(_limit, _subscriptions.Count * Math.Max(1, _perSubscription));

    private void Start()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_loops >= Wanted)
                    return;
                _loops++;
            }

            _ = RunAsync(new PublishSlot());
        }
    }

    private async Task RunAsync(PublishSlot slot)
    {
        while (TryPrepare(slot, out var timeoutMs))
        {
            var fault = await _client.SendAsync(slot, slot.Answer, timeoutMs).ConfigureAwait(false);
            if (fault.IsNone)
                Deliver(slot);
            else if (!TryGoOn(slot, fault))
                return;
        }
    }

    /// <summary>Takes the acknowledgements along, or ends the loop when fewer are wanted.</summary>
    private bool TryPrepare(PublishSlot slot, out int timeoutMs)
    {
        lock (_gate)
        {
            timeoutMs = TimeoutMs();
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
            if (!_subscriptions.TryGetValue(slot.SubscriptionId, out subscription))
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
    private bool TryGoOn(PublishSlot slot, OpcUaFault fault)
    {
        lock (_gate)
        {
            if (fault.Status == StatusCodes.BadTimeout && !_isStopped && _client.IsConnected)
                return true;
            // The server did not take the acknowledgements either.
            if (_client.IsConnected && fault.Status != StatusCodes.BadNoSubscription)
                _acknowledgements.AddRange(slot.Acknowledgements);
            _loops--;
            if (fault.Status == StatusCodes.BadTooManyPublishRequests)
            {
                // One request always stays, else nothing would ever come again.
                _limit = Math.Max(1, _loops);
                if (_loops == 0)
                    _retry.Change(s_pause, Timeout.InfiniteTimeSpan);
            }

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
