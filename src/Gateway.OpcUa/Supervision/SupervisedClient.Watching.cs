using Gateway.OpcUa.Subscriptions;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Supervision;

/// <content>The watchdog: connected is not enough, data must come.</content>
public sealed partial class SupervisedClient
{
    private async ValueTask WatchAsync()
    {
        _state = _state with { WatchAt = In(_settings.WatchMs) };
        foreach (var watched in _watched)
        {
            if (watched.Need != SubscriptionNeed.None || watched.Current is not { } current)
                continue;
            var silence = _time.GetElapsedTime(current.LastHeard);
            if (silence > LongestSilence(current))
                await OnSilentAsync(watched).ConfigureAwait(false);
            else
                await WatchItemsAsync(watched).ConfigureAwait(false);
            if (!_client.IsConnected || !_state.HasSession)
                return;
        }
    }

    private TimeSpan LongestSilence(Subscription subscription)
    {
        var byFactor = subscription.KeepAliveInterval * _settings.SilenceFactor;
        var byMargin = subscription.KeepAliveInterval + TimeSpan.FromMilliseconds(_settings.SilenceMarginMs);
        return byFactor < byMargin ? byFactor : byMargin;
    }

    /// <summary>Neither value nor keep-alive: the values are read, the subscription is made anew, at last the session.</summary>
    private async ValueTask OnSilentAsync(WatchedSubscription watched)
    {
        watched.Silences++;
        watched.SetLive(false, new OpcUaFault(StatusCodes.BadTimeout, "the subscription is silent although the connection is good"));
        await RefreshAsync(watched, _ => true).ConfigureAwait(false);
        if (!_client.IsConnected)
            return;
        if (++watched.Unheard >= SilencesOfSession)
        {
            watched.Unheard = 0;
            await _client.SendAsync(new CloseSessionRequest { DeleteSubscriptions = true }, new CloseSessionResponse()).ConfigureAwait(false);
            LoseSession();
            foreach (var other in _watched)
                other.Need = SubscriptionNeed.Create;
            return;
        }

        watched.Need = SubscriptionNeed.Create;
        // Whether it can still be deleted does not matter: its id means nothing to us from here on.
        await watched.Current!.DeleteAsync().ConfigureAwait(false);
    }

    private async ValueTask WatchItemsAsync(WatchedSubscription watched)
    {
        var items = watched.ItemArray;
        List<int>? silent = null;
        for (var i = 0; i < items.Length; i++)
        {
            var item = items[i];
            if (item.LongestSilenceMs > 0 && item.ServerId != 0 && _time.GetElapsedTime(item.LastHeard).TotalMilliseconds > item.LongestSilenceMs)
                (silent ??= []).Add(i);
        }

        if (silent is null)
            return;
        var (values, fault) = await ReadInPortionsAsync([.. silent.ConvertAll(i => ToRead(items[i]))]).ConfigureAwait(false);
        if (!fault.IsNone)
            return;
        List<uint> dead = [];
        for (var i = 0; i < values.Length; i++)
        {
            if (Judge(watched, silent[i], values[i]) is var id and not 0)
                dead.Add(id);
        }

        if (dead.Count > 0)
            await watched.Current!.RemoveAsync([.. dead]).ConfigureAwait(false);
    }

    /// <summary>A silent item whose node did not change is healthy. One that differs gets the time of two publications to say so itself.</summary>
    /// <returns>The server's id of an item that is dead; 0 for all others.</returns>
    private uint Judge(WatchedSubscription watched, int index, in DataValue read)
    {
        var item = watched.ItemArray[index];
        var now = _time.GetTimestamp();
        if (item.Last.Value == read.Value && item.Last.Status == read.Status)
        {
            item.LastHeard = now;
            item.IsSuspect = false;
            return 0;
        }

        if (!item.IsSuspect)
        {
            item.IsSuspect = true;
            item.LastHeard = now - Ticks(item.LongestSilenceMs) + Ticks(2 * watched.Current!.PublishingInterval.TotalMilliseconds);
            return 0;
        }

        RecreatedItems++;
        watched.TellRead(index, read);
        var id = item.ServerId;
        item.ServerId = 0;
        item.RetryAt = now;
        item.IsSuspect = false;
        return id;
    }
}
