using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>Plants that have run long with constant influent and ideal devices; the state is computed once and copied.</summary>
internal static class SteadyPlant
{
    // 150 days reach six digits; the eighth printed digit and the recomputed tenth need more.
    private const double Days = 200;

    private static readonly Lazy<double[]> OpenState = new(() => Run(controlled: false));
    private static readonly Lazy<double[]> ClosedState = new(() => Run(controlled: true));

    public static Bsm1Plant Open(Bsm1Options? options = null) => At(OpenState.Value, controlled: false, options);

    public static Bsm1Plant Closed(Bsm1Options? options = null) => At(ClosedState.Value, controlled: true, options);

    private static Bsm1Plant At(double[] state, bool controlled, Bsm1Options? options)
    {
        var plant = new Bsm1Plant(options) { IsControlled = controlled };
        state.CopyTo(plant.MutableState);
        plant.Refresh();
        return plant;
    }

    private static double[] Run(bool controlled)
    {
        var plant = new Bsm1Plant { IsControlled = controlled, StepsPerMinute = Bsm1Plant.CoarseStepsPerMinute };
        while (plant.Time < Days)
            plant.Step();
        return plant.State.ToArray();
    }
}
