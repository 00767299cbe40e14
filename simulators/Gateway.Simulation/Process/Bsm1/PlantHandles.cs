namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// What can be moved in the plant; every value is limited to the range of the benchmark when it is set. Holds until it
/// is set again. Owned by the thread that steps the plant.
/// </summary>
public sealed class PlantHandles
{
    private readonly Bsm1Dimensions _size;
    private readonly double[] _aeration = [0, 0, 240, 240, 84];
    private readonly double[] _carbon = new double[Bsm1Dimensions.Tanks];
    private readonly double[][] _shares = [.. Enumerable.Range(0, 3).Select(_ => new double[] { 1, 0, 0, 0, 0 })];

    internal PlantHandles(Bsm1Dimensions size)
    {
        _size = size;
        InternalRecycle = size.InternalRecycle;
        ReturnSludge = size.ReturnSludge;
        WasteSludge = size.WasteSludge;
    }

    /// <summary>Internal recycle from tank 5 to tank 1 in m3/d; the default nitrate loop overrides it.</summary>
    public double InternalRecycle
    {
        get;
        set => field = Math.Clamp(value, 0, _size.MostInternalRecycle);
    }

    /// <summary>Return sludge from the settler to tank 1 in m3/d.</summary>
    public double ReturnSludge
    {
        get;
        set => field = Math.Clamp(value, 0, _size.MostReturnSludge);
    }

    /// <summary>Waste sludge from the bottom of the settler in m3/d.</summary>
    public double WasteSludge
    {
        get;
        set => field = Math.Clamp(value, 0, _size.MostWasteSludge);
    }

    /// <summary>True when a flow enters elsewhere than at tank 1.</summary>
    internal bool HasSideStreams { get; private set; }

    /// <summary>KLa asked of a tank (1 to 5) in 1/d.</summary>
    public double Aeration(int tank) => _aeration[tank - 1];

    /// <summary>Sets the KLa of a tank (1 to 5) in 1/d; the default oxygen loop overrides that of tank 5.</summary>
    public void SetAeration(int tank, double kla) => _aeration[tank - 1] = Math.Clamp(kla, 0, Bsm1Dimensions.MostAeration);

    /// <summary>External carbon into a tank (1 to 5) in m3/d.</summary>
    public double Carbon(int tank) => _carbon[tank - 1];

    /// <summary>Sets the external carbon into a tank (1 to 5) in m3/d.</summary>
    public void SetCarbon(int tank, double flow)
    {
        _carbon[tank - 1] = Math.Clamp(flow, 0, _size.MostCarbon);
        FindSideStreams();
    }

    /// <summary>Share of a stream that enters a tank (1 to 5).</summary>
    public double Share(InletStream stream, int tank) => _shares[(int)stream][tank - 1];

    /// <summary>Distributes a stream to the tanks.</summary>
    /// <param name="stream">Which stream.</param>
    /// <param name="shares">Five shares, none negative, sum 1.</param>
    /// <exception cref="ArgumentException">The shares are not such.</exception>
    public void SetShares(InletStream stream, ReadOnlySpan<double> shares)
    {
        double sum = 0;
        foreach (var share in shares)
            sum += share >= 0 ? share : double.NaN;
        if (shares.Length != Bsm1Dimensions.Tanks || !(Math.Abs(sum - 1) < 1e-9))
            throw new ArgumentException("five shares from 0 to 1 with the sum 1 are needed", nameof(shares));
        shares.CopyTo(_shares[(int)stream]);
        FindSideStreams();
    }

    private void FindSideStreams()
    {
        HasSideStreams = false;
        for (var tank = 2; tank <= Bsm1Dimensions.Tanks; tank++)
            HasSideStreams |= Carbon(tank) > 0 || Share(InletStream.Influent, tank) > 0 || Share(InletStream.ReturnSludge, tank) > 0 || Share(InletStream.InternalRecycle, tank) > 0;
    }
}

/// <summary>A stream that can be distributed to the tanks.</summary>
public enum InletStream
{
    /// <summary>The influent (step feed).</summary>
    Influent,

    /// <summary>Return sludge.</summary>
    ReturnSludge,

    /// <summary>Internal recycle.</summary>
    InternalRecycle,
}
