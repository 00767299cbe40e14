using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <content>Endpoint, channel, session, and the sign that they live.</content>
public sealed partial class SupervisedClient
{
    private const uint ValueAttribute = 13;
    private const int ServerShutdown = 4;

    // After so many openings in vain the server may have other endpoints than it had.
    private const int OpeningsBeforeDiscovery = 3;

    // On "too many sessions": longer than the server keeps one that nobody uses.
    private const double PastSessionTimeout = 1.1;

    private readonly DataValue[] _status = new DataValue[3];
    private readonly PreparedRead _statusRead = new(NodeIds.ServerStatusState, NodeIds.ServerStatusSecondsTillShutdown, NodeIds.ServerStatusStartTime);
    private DateTime _serverStart;
    private long _shutdownEnds;
    private long _lastContact;
    private int _openings;
    private long _orphanEnds;

    private async ValueTask DiscoverAsync()
    {
        var fault = await _client.DiscoverEndpointAsync().ConfigureAwait(false);
        if (fault.IsNone)
            _state = _state with { HasEndpoint = true };
        else
            BackOff(fault);
    }

    private async ValueTask OpenChannelAsync()
    {
        var fault = await _client.OpenChannelAsync().ConfigureAwait(false);
        if (fault.IsNone)
        {
            _openings = 0;
            _state = _state with { HasChannel = true, IsActivated = false };
            return;
        }

        BackOff(fault);
        if (++_openings >= OpeningsBeforeDiscovery || IsAboutSecurity(fault.Status))
        {
            _openings = 0;
            _state = _state with { HasEndpoint = false };
        }
    }

    private async ValueTask CreateSessionAsync()
    {
        var fault = await _client.CreateSessionAsync().ConfigureAwait(false);
        if (fault.IsNone)
        {
            Sessions++;
            _lastContact = _time.GetTimestamp();
            _state = _state with { HasSession = true, IsActivated = false, IsDescribed = false };
            return;
        }

        var isOrphaned = !_client.IsConnected || fault.Status == StatusCodes.BadTimeout;
        await DropChannelAsync(fault).ConfigureAwait(false);
        BackOff(fault);
        if (isOrphaned)
            OutliveOrphan();
        if (fault.Status == StatusCodes.BadTooManySessions)
            _state = _state with { RetryAt = Math.Max(_state.RetryAt, In(_options.SessionTimeoutMs * PastSessionTimeout)) };
        if (IsAboutSecurity(fault.Status))
            _state = _state with { HasEndpoint = false };
    }

    /// <summary>
    /// The server may have made a session whose token never came, so that nobody can close it. One is risked for the
    /// sake of data; with a second one the client waits until the server has dropped the first.
    /// </summary>
    private void OutliveOrphan()
    {
        if (_orphanEnds > _time.GetTimestamp())
            _state = _state with { RetryAt = Math.Max(_state.RetryAt, _orphanEnds) };
        _orphanEnds = In(_options.SessionTimeoutMs * PastSessionTimeout);
    }

    private async ValueTask ActivateAsync()
    {
        var fault = await _client.ActivateAsync().ConfigureAwait(false);
        if (fault.IsNone)
        {
            _lastContact = _time.GetTimestamp();
            if (_state.IsDescribed)
                Reactivations++;
            _state = _state with { IsActivated = true, KeepAliveAt = In(_settings.KeepAliveMs), WatchAt = In(_settings.WatchMs) };
            _mustRestart = true;
            return;
        }

        if (IsSessionGone(fault.Status))
            LoseSession();
        else if (!_client.IsConnected || fault.Status == StatusCodes.BadTimeout)
            await FailAsync(fault).ConfigureAwait(false);
        else
            await RefusedAsync(fault).ConfigureAwait(false);
    }

    /// <summary>The server holds the session but does not let it be used: closed, or outlived, before another is made.</summary>
    private async ValueTask RefusedAsync(OpcUaFault refusal)
    {
        var fault = await _client.SendAsync(new CloseSessionRequest { DeleteSubscriptions = false }, new CloseSessionResponse()).ConfigureAwait(false);
        await DropChannelAsync(refusal).ConfigureAwait(false);
        BackOff(refusal);
        _state = _state with { HasEndpoint = false };
        var expires = _lastContact + Ticks(_client.SessionTimeout.TotalMilliseconds * PastSessionTimeout);
        if (!fault.IsNone && !IsSessionGone(fault.Status) && expires > _state.RetryAt)
            _state = _state with { RetryAt = expires };
        LoseSession();
    }

    private async ValueTask DescribeAsync()
    {
        var (start, limits, namespaces, fault) = await ReadServerAsync().ConfigureAwait(false);
        if (!fault.IsNone && (!_client.IsConnected || fault.Status == StatusCodes.BadTimeout))
        {
            await FailAsync(fault).ConfigureAwait(false);
            return;
        }

        if (IsSessionGone(fault.Status))
        {
            LoseSession();
            return;
        }

        _reads.Set(limits.Reads);
        _monitors.Set(limits.Monitors);
        if (namespaces is not null)
            _namespaces.Set(namespaces);
        // Ids of a server that restarted may belong to others by now: nothing of the former life is asked for.
        var hasRestarted = start != _serverStart;
        _serverStart = start;
        foreach (var watched in _watched)
        {
            if (watched.Need == SubscriptionNeed.Transfer && hasRestarted)
                watched.Need = SubscriptionNeed.Create;
        }

        _state = _state with { IsDescribed = true };
    }

    private async ValueTask<(DateTime Start, (uint Reads, uint Monitors) Limits, string[]? Namespaces, OpcUaFault Fault)> ReadServerAsync()
    {
        var (values, fault) = await _client.ReadAsync(NodeIds.ServerStatusStartTime, NodeIds.MaxNodesPerRead, NodeIds.MaxMonitoredItemsPerCall, NodeIds.NamespaceArray).ConfigureAwait(false);
        if (!fault.IsNone)
            return (default, default, null, fault);
        values[0].Value.TryGet(out DateTime start);
        values[1].Value.TryGet(out uint reads);
        values[2].Value.TryGet(out uint monitors);
        values[3].Value.TryGetArray(out string[]? namespaces);
        return (start, (reads, monitors), namespaces, default);
    }

    private async ValueTask KeepAliveAsync()
    {
        _statusRead.Begin(_status);
        var fault = await _client.SendAsync(_statusRead, _statusRead.Response, _settings.KeepAliveTimeoutMs).ConfigureAwait(false);
        _state = _state with { KeepAliveAt = In(_settings.KeepAliveMs) };
        if (!_client.IsConnected || fault.Status == StatusCodes.BadTimeout)
        {
            await FailAsync(fault).ConfigureAwait(false);
            return;
        }

        // Any other answer, a refusal too, proves that the link is good.
        _lastContact = _time.GetTimestamp();
        if (IsSessionGone(fault.Status))
        {
            Fault = fault;
            LoseSession();
        }
        else if (fault.Status == StatusCodes.BadSessionNotActivated || fault.Status == StatusCodes.BadSecureChannelIdInvalid)
        {
            _state = _state with { IsActivated = false };
        }
        else if (fault.IsNone)
        {
            Attempts = 0;
            Fault = default;
            _status[0].Value.TryGetNumber(out var state);
            _status[1].Value.TryGetNumber(out var seconds);
            if ((int)state == ServerShutdown)
                _shutdownEnds = In(Math.Clamp(seconds, 0, 86_400) * 1000);
        }
    }

    /// <summary>The connection is of no use: it is closed, and opened again after a while.</summary>
    private async ValueTask FailAsync(OpcUaFault fault)
    {
        await DropChannelAsync(fault).ConfigureAwait(false);
        if (_state.RetryAt <= _time.GetTimestamp())
            BackOff(fault);
    }

    private async ValueTask DropChannelAsync(OpcUaFault fault)
    {
        await _client.CloseChannelAsync().ConfigureAwait(false);
        if (_state.HasChannel)
            LoseChannel(fault);
    }

    private void LoseChannel(OpcUaFault fault)
    {
        _state = _state with { HasChannel = false, IsActivated = false };
        _client.PausePublishing();
        foreach (var watched in _watched)
        {
            if (watched.Need == SubscriptionNeed.None)
                watched.Need = SubscriptionNeed.CatchUp;
            watched.SetLive(false, fault);
        }

        BackOff(fault);
    }

    private void LoseSession()
    {
        _client.ForgetSession();
        _state = _state with { HasSession = false, IsActivated = false, IsDescribed = false };
        foreach (var watched in _watched)
        {
            if (watched.Need is SubscriptionNeed.None or SubscriptionNeed.CatchUp)
                watched.Need = SubscriptionNeed.Transfer;
            watched.SetLive(false, new OpcUaFault(StatusCodes.BadSessionClosed, "the server ended the session"));
        }
    }

    private void BackOff(OpcUaFault fault)
    {
        var now = _time.GetTimestamp();
        Fault = fault;
        if (_state.RetryAt > now)
            return;
        _state = _state with { RetryAt = Math.Max(In(NextDelayMs()), _shutdownEnds) };
    }

    private static bool IsSessionGone(StatusCode status) =>
        status == StatusCodes.BadSessionIdInvalid || status == StatusCodes.BadSessionClosed;

    private static bool IsAboutSecurity(StatusCode status) =>
        status.IsBad && status != StatusCodes.BadTimeout && status != StatusCodes.BadNotConnected &&
        status != StatusCodes.BadConnectionClosed && status != StatusCodes.BadTooManySessions;
}
