using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// The secondary settler: ten layers in one dimension with the settling velocity of Takacs et al. (1991), no reactions.
/// A layer's state is a row of eight: total solids and the seven dissolved components. Layer 0 is the bottom.
/// </summary>
/// <remarks>Scratch memory belongs to the instance: one thread.</remarks>
public sealed class TakacsSettler
{
    /// <summary>Number of layers.</summary>
    public const int Layers = 10;

    /// <summary>States of a layer.</summary>
    public const int Row = 8;

    /// <summary>The layer that the feed enters, counted from 0 at the bottom.</summary>
    public const int FeedLayer = 5;

    /// <summary>Position of the total solids (g/m3) in a layer's row; the dissolved components follow in the order of <see cref="Dissolved"/>.</summary>
    public const int X = 0;

    // Double-exponential velocity: v0' and v0 in m/d, r_h and r_p in m3/g, f_ns; threshold X_t in g/m3 (Alex et al. 2008).
    private const double FastestVelocity = 250;
    private const double Velocity0 = 474;
    private const double HinderedZone = 0.000576;
    private const double FlocculantZone = 0.00286;
    private const double NonSettleable = 0.00228;
    private const double Threshold = 3000;

    // Ten layers padded to whole vectors.
    private const int Padded = 12;

    private readonly double _area;
    private readonly double _height;
    private readonly double[] _feed = new double[Row];
    private readonly double[] _solids = new double[Padded];
    private readonly double[] _gravity = new double[Padded];
    private readonly double[] _face = new double[Layers + 1];

    /// <summary>Creates a settler.</summary>
    /// <param name="areaM2">Surface in m2.</param>
    /// <param name="layerHeightM">Height of one layer in m.</param>
    public TakacsSettler(double areaM2, double layerHeightM)
    {
        _area = areaM2;
        _height = layerHeightM;
    }

    /// <summary>The dissolved ASM1 components in the order of a layer's row, from position 1 on.</summary>
    public static ReadOnlySpan<int> Dissolved => [Asm1.SI, Asm1.SS, Asm1.SO, Asm1.SNO, Asm1.SNH, Asm1.SND, Asm1.SALK];

    /// <summary>The particulate ASM1 components, which leave in the proportions of the present feed.</summary>
    public static ReadOnlySpan<int> Particulate => [Asm1.XI, Asm1.XS, Asm1.XBH, Asm1.XBA, Asm1.XP, Asm1.XND];

    /// <summary>Settling velocity in m/d of solids at a concentration, for a feed of the given solids; both g/m3.</summary>
    public static double SettlingVelocity(double solids, double feedSolids)
    {
        var above = solids - (NonSettleable * feedSolids);
        return Math.Max(0, Math.Min(FastestVelocity, Velocity0 * (Math.Exp(-HinderedZone * above) - Math.Exp(-FlocculantZone * above))));
    }

    /// <summary>Solids flux in g/m2/d through the lower face of a layer in the last evaluation; none through the floor.</summary>
    internal double FluxBelow(int layer) => _face[layer];

    /// <summary>Gravity flux in g/m2/d of a layer's own solids in the last evaluation.</summary>
    internal double GravityFlux(int layer) => _gravity[layer];

    /// <summary>Rates of change of all layers.</summary>
    /// <param name="layers">State, 10 rows of 8, from the bottom.</param>
    /// <param name="feed">The row of the tank that feeds the settler.</param>
    /// <param name="feedFlow">Q_f in m3/d.</param>
    /// <param name="underflow">Q_r + Q_w in m3/d.</param>
    /// <param name="derivative">Receives the rates per day.</param>
    internal void Derivatives(ref double layers, ref double feed, double feedFlow, double underflow, ref double derivative)
    {
        var feedSolids = 0.75 * (Unsafe.Add(ref feed, Asm1.XI) + Unsafe.Add(ref feed, Asm1.XS) + Unsafe.Add(ref feed, Asm1.XBH) + Unsafe.Add(ref feed, Asm1.XBA) + Unsafe.Add(ref feed, Asm1.XP));
        Settle(ref layers, feedSolids);
        _feed[X] = feedSolids;
        for (var index = 0; index < Dissolved.Length; index++)
            _feed[index + 1] = Unsafe.Add(ref feed, Dissolved[index]);

        var down = Vector256.Create(underflow / _area / _height);
        var up = Vector256.Create((feedFlow - underflow) / _area / _height);
        var inflow = Vector256.Create(feedFlow / _area / _height);
        var through = up + down;
        ref var mixed = ref MemoryMarshal.GetArrayDataReference(_feed);
        for (nuint half = 0; half < Row; half += 4)
        {
            var here = Vector256.LoadUnsafe(ref layers, half);
            var below = here;
            for (nuint layer = 0; layer < Layers; layer++)
            {
                var at = (layer * Row) + half;
                var above = layer < Layers - 1 ? Vector256.LoadUnsafe(ref layers, at + Row) : here;
                var rate = layer < FeedLayer ? down * (above - here)
                    : layer == FeedLayer ? (inflow * Vector256.LoadUnsafe(ref mixed, half)) - (through * here)
                    : up * (below - here);
                rate.StoreUnsafe(ref derivative, at);
                below = here;
                here = above;
            }
        }

        for (var layer = 0; layer < Layers; layer++)
            Unsafe.Add(ref derivative, layer * Row) += (_face[layer + 1] - _face[layer]) / _height;
    }

    /// <summary>What leaves with the underflow (layer 0) or over the weir (layer 9).</summary>
    /// <param name="layer">State of the layer, 8 values.</param>
    /// <param name="feed">The row of the tank that feeds the settler now.</param>
    /// <param name="outlet">Receives a row of concentrations.</param>
    internal static void Outlet(ref double layer, ref double feed, ref double outlet)
    {
        var solids = 0.75 * (Unsafe.Add(ref feed, Asm1.XI) + Unsafe.Add(ref feed, Asm1.XS) + Unsafe.Add(ref feed, Asm1.XBH) + Unsafe.Add(ref feed, Asm1.XBA) + Unsafe.Add(ref feed, Asm1.XP));
        var ratio = solids > 0 ? layer / solids : 0;
        foreach (var component in Particulate)
            Unsafe.Add(ref outlet, component) = Unsafe.Add(ref feed, component) * ratio;
        for (var index = 0; index < Dissolved.Length; index++)
            Unsafe.Add(ref outlet, Dissolved[index]) = Unsafe.Add(ref layer, index + 1);
    }

    /// <summary>Fills the flux through each face: the smaller of what one layer sends and the next can take.</summary>
    private void Settle(ref double layers, double feedSolids)
    {
        for (var layer = 0; layer < Layers; layer++)
            _solids[layer] = Unsafe.Add(ref layers, layer * Row);
        ref var solids = ref MemoryMarshal.GetArrayDataReference(_solids);
        ref var gravity = ref MemoryMarshal.GetArrayDataReference(_gravity);
        var least = Vector256.Create(NonSettleable * feedSolids);
        for (nuint at = 0; at < Padded; at += 4)
        {
            var x = Vector256.LoadUnsafe(ref solids, at);
            var above = x - least;
            var velocity = Velocity0 * (Vector256.Exp(-HinderedZone * above) - Vector256.Exp(-FlocculantZone * above));
            velocity = Vector256.Max(Vector256<double>.Zero, Vector256.Min(Vector256.Create(FastestVelocity), velocity));
            (velocity * x).StoreUnsafe(ref gravity, at);
        }

        // Below the feed the lower layer always limits; above it only where it is thicker than the threshold.
        for (var layer = 1; layer < Layers; layer++)
        {
            var own = _gravity[layer];
            var lower = _gravity[layer - 1];
            var limited = layer <= FeedLayer || _solids[layer - 1] > Threshold;
            _face[layer] = limited && lower < own ? lower : own;
        }
    }
}
