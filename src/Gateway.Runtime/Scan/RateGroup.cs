namespace Gateway.Runtime.Scan;

/// <summary>A pace of the scan: the group runs each <paramref name="Divider"/>-th cycle, at cycle numbers ≡ <paramref name="Phase"/>.</summary>
/// <param name="Name">Name used in the configuration.</param>
/// <param name="Divider">Base periods per run, at least 1.</param>
/// <param name="Phase">Offset in base periods, from 0 to <paramref name="Divider"/> − 1.</param>
public sealed record RateGroup(string Name, int Divider, int Phase)
{
    /// <summary>True when the group runs in that cycle.</summary>
    public bool IsDue(long cycle) => cycle % Divider == Phase;
}
