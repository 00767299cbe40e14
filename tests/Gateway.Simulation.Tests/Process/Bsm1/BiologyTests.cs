using System.Globalization;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>Rungs 1 and 2 of the ladder: the Petersen matrix and the process rates.</summary>
public sealed class BiologyTests
{
    private static readonly PetersenMatrix Matrix = new(new Asm1Parameters());

    // Components SI to SALK by process, computed from the published parameters (nine digits).
    private static readonly double[][] Numbers =
    [
        [0, -1.49253731, 0, 0, 1, 0, 0, -0.492537313, 0, -0.08, 0, 0, -0.00571428571],
        [0, -1.49253731, 0, 0, 1, 0, 0, 0, -0.172215844, -0.08, 0, 0, 0.00658684599],
        [0, 0, 0, 0, 0, 1, 0, -18.0416667, 4.16666667, -4.24666667, 0, 0, -0.600952381],
        [0, 0, 0, 0.92, -1, 0, 0.08, 0, 0, 0, 0, 0.0752, 0],
        [0, 0, 0, 0.92, 0, -1, 0.08, 0, 0, 0, 0, 0.0752, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 0, 0.0714285714],
        [0, 1, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 0],
    ];

    // Rates 1 to 8 by tank in the steady states (independent recomputation, eight digits).
    private const string OpenLoopRates = """
        47.085639  1603.3673 0.70037305  765.52973 7.4194715 155.22907 1374.7367 88.456073
        0.41031107 914.95573 0.010449659 766.01553 7.4154571 112.61255 1241.761  81.754634
        944.63778  81.710127 51.183194   767.13943 7.447063  105.97863 1510.4654 102.29926
        856.15623  53.520573 48.012152   767.75479 7.4763562 98.117342 1347.0563 93.820638
        594.17225  184.77226 26.17244    767.8031  7.4898571 88.077253 1155.2813 82.6454
        """;

    private const string ClosedLoopRates = """
        92.656111  1686.237  1.3200447   765.63286 7.583603  173.81001 1517.996  95.103386
        0.44029946 779.23167 0.010571926 765.71133 7.5765158 100.68953 1079.7123 70.098785
        991.81133  89.844543 53.965105   768.06075 7.6343667 106.33811 1596.346  108.00841
        841.39287  52.052366 48.669618   768.99313 7.6855416 96.478374 1323.6395 93.35753
        696.72379  53.750716 25.815094   768.85543 7.7081508 85.150447 1113.494  81.615986
        """;

    [Fact]
    public void The_matrix_has_the_published_numbers()
    {
        for (var process = 0; process < Asm1.Processes; process++)
        {
            for (var component = 0; component < Asm1.Count; component++)
                Assert.True(Math.Abs(Numbers[process][component] - Matrix[process, component]) < 6e-8, $"process {process + 1}, {Asm1.Symbols[component]}: {Matrix[process, component]}");
        }

        foreach (var (row, process) in Reference.Rows("asm1_stoichiometry.csv").Select((row, index) => (row, index)))
        {
            for (var component = 0; component < Asm1.Count; component++)
                Reference.Close(Reference.Number(row[component + 1]), Matrix[process, component], 5e-9, $"process {process + 1}, {Asm1.Symbols[component]}");
        }
    }

    [Fact]
    public void Every_process_keeps_cod_nitrogen_and_charge()
    {
        // Dinitrogen is no state: process 2 forms it, with an oxygen demand of -1.71 g per g.
        var p = Matrix.Parameters;
        for (var process = 0; process < Asm1.Processes; process++)
        {
            double Nu(int component) => Matrix[process, component];
            var dinitrogen = process == 1 ? (1 - p.HeterotrophicYield) / (2.86 * p.HeterotrophicYield) : 0;
            var cod = Nu(Asm1.SI) + Nu(Asm1.SS) + Nu(Asm1.XI) + Nu(Asm1.XS) + Nu(Asm1.XBH) + Nu(Asm1.XBA) + Nu(Asm1.XP) - Nu(Asm1.SO) - (4.57 * Nu(Asm1.SNO)) - (1.71 * dinitrogen);
            var nitrogen = Nu(Asm1.SNO) + Nu(Asm1.SNH) + Nu(Asm1.SND) + Nu(Asm1.XND) + dinitrogen + (p.NitrogenInBiomass * (Nu(Asm1.XBH) + Nu(Asm1.XBA))) + (p.NitrogenInProducts * Nu(Asm1.XP));
            var charge = (Nu(Asm1.SNH) / 14) - (Nu(Asm1.SNO) / 14) - Nu(Asm1.SALK);
            Assert.True(Math.Abs(cod) < 1e-12, $"COD of process {process + 1}: {cod}");
            Assert.True(Math.Abs(nitrogen) < 1e-12, $"nitrogen of process {process + 1}: {nitrogen}");
            Assert.True(Math.Abs(charge) < 1e-12, $"charge of process {process + 1}: {charge}");
        }
    }

    [Theory]
    [InlineData(false, OpenLoopRates)]
    [InlineData(true, ClosedLoopRates)]
    public void The_rates_at_the_steady_states_are_the_recomputed_ones(bool controlled, string table)
    {
        var plant = controlled ? SteadyPlant.Closed() : SteadyPlant.Open();
        var rates = new double[Asm1.Processes];
        foreach (var (line, tank) in table.Split('\n').Select((line, index) => (line, index + 1)))
        {
            var expected = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Matrix.Rates(plant.Tank(tank), rates);
            for (var process = 0; process < Asm1.Processes; process++)
                Reference.Close(double.Parse(expected[process], CultureInfo.InvariantCulture), rates[process], 2e-7, $"tank {tank}, process {process + 1}");
        }
    }

    [Fact]
    public void Negative_concentrations_react_like_zero()
    {
        var rates = new double[Asm1.Processes];
        var clean = new double[Asm1.Processes];
        var z = new double[Asm1.Row];
        for (var component = 0; component < Asm1.Count; component++)
        {
            Array.Fill(z, 20);
            z[component] = -1;
            Matrix.Rates(z, rates);
            z[component] = 0;
            Matrix.Rates(z, clean);
            Assert.Equal(clean, rates);
        }

        Array.Clear(z);
        Matrix.Rates(z, rates);
        Assert.All(rates, rate => Assert.Equal(0, rate));
    }
}
