namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Where a plant starts before it is brought to its steady state: the same mixed liquor in all tanks and a plausible
/// profile in the settler. After 150 days nothing is left of it.
/// </summary>
internal static class StartState
{
    private static ReadOnlySpan<double> Liquor => [30, 5, 1000, 100, 500, 100, 100, 2, 20, 2, 1, 1, 7];

    private static ReadOnlySpan<double> SolidsFromBottom => [4000, 2000, 350, 350, 300, 200, 70, 40, 20, 10];

    public static void Write(Span<double> state)
    {
        for (var tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
            Liquor.CopyTo(state[StateLayout.Tank(tank)..]);
        for (var layer = 0; layer < TakacsSettler.Layers; layer++)
        {
            var row = state.Slice(StateLayout.Layer(layer), TakacsSettler.Row);
            row[TakacsSettler.X] = SolidsFromBottom[layer];
            for (var index = 0; index < TakacsSettler.Dissolved.Length; index++)
                row[index + 1] = Liquor[TakacsSettler.Dissolved[index]];
        }
    }
}
