namespace Gateway.OpcUa.Server;

/// <summary>Locks out addresses that guess passwords. Guarded by the server's gate.</summary>
internal sealed class LoginGuard(ServerLimits limits, TimeProvider time)
{
    // An attacker with many addresses must not fill the memory: beyond this the oldest entry is forgotten.
    private const int MostPeers = 1000;

    private readonly Dictionary<string, (int Failures, long Until)> _peers = new(StringComparer.Ordinal);

    public bool IsLocked(string peer) => _peers.TryGetValue(peer, out var entry) && entry.Failures >= limits.MaxFailedLogins && time.GetTimestamp() < entry.Until;

    public void Fail(string peer)
    {
        var now = time.GetTimestamp();
        _peers.TryGetValue(peer, out var entry);
        if (now >= entry.Until)
            entry.Failures = 0;
        if (_peers.Count >= MostPeers && !_peers.ContainsKey(peer))
            _peers.Remove(_peers.MinBy(p => p.Value.Until).Key);
        _peers[peer] = (entry.Failures + 1, now + (long)(limits.LockoutMs / 1000.0 * time.TimestampFrequency));
    }

    public void Succeed(string peer) => _peers.Remove(peer);
}
