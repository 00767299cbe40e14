using System.Globalization;
using Xunit.Abstractions;

namespace Gateway.SystemTests.Month;

/// <summary>Runs after the others, because the memory it judges is that of the whole process.</summary>
[CollectionDefinition(nameof(MonthCollection), DisableParallelization = true)]
public sealed class MonthCollection;

/// <summary>
/// The site in virtual time with faults on every link, judged after each scan: hours of each seed, or as many as
/// GATEWAY_MONTH_HOURS says. The whole month of the requirements is 720 of them; <c>.ci/run</c> runs it from one seed.
/// </summary>
[Collection(nameof(MonthCollection))]
public sealed class MonthTests(ITestOutputHelper output)
{
    private const long MostGrowth = 512 * 1024;
    private static readonly TimeSpan s_span = TimeSpan.FromHours(double.Parse(Environment.GetEnvironmentVariable("GATEWAY_MONTH_HOURS") ?? "8", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Time_with_faults_shows_nothing_invented_nothing_bad_as_good_and_loses_no_alarm(ulong seed) => Run(seed, s_span);

    [Fact]
    public void The_oracle_notices_registers_that_change_on_the_way()
    {
        var run = new MonthRun(1);
        // A changed byte anywhere in a frame, registers included: what no gateway can tell, and the oracle must.
        run.Site.LinkOf(0).Faults.GarbleRate = 0.2;

        Assert.Contains("its register last held that", Assert.Throws<OracleException>(() => run.Run(TimeSpan.FromMinutes(5))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oracle_notices_a_device_that_answers_although_it_should_be_out_of_reach()
    {
        var run = new MonthRun(1);
        run.Faults[0].PretendUnreachable();

        Assert.Contains("cannot be reached", Assert.Throws<OracleException>(() => run.Run(TimeSpan.FromMinutes(1))).Message, StringComparison.Ordinal);
    }

    private void Run(ulong seed, TimeSpan span)
    {
        var run = new MonthRun(seed);
        try
        {
            run.Run(span);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"seed {seed}: {failure.Message}\n{run.Describe()}", failure);
        }
        string report = $"seed {seed}: {run.Describe()}";
        output.WriteLine(report);
        if (Environment.GetEnvironmentVariable("GATEWAY_MONTH_REPORT") is { Length: > 0 } file)
            File.AppendAllText(file, report);
        AssertTelling(run);
        int quarter = run.Memory.Count / 4;
        long growth = run.Memory.Skip(run.Memory.Count - quarter).Min() - run.Memory.Take(quarter).Max();
        Assert.True(growth < MostGrowth, $"memory grew by {growth} bytes from the first to the last quarter\n{report}");
    }

    /// <summary>A run in which nothing went wrong, or nothing went well, would prove nothing.</summary>
    private static void AssertTelling(MonthRun run)
    {
        Assert.True(run.Oracle.GoodValues > run.Oracle.OtherValues, run.Describe());
        Assert.True(run.Oracle.OtherValues > run.Oracle.GoodValues / 100, run.Describe());
        Assert.True(run.Oracle.Transitions > 50, run.Describe());
        Assert.True(run.Oracle.Writes.Done > 10, run.Describe());
        Assert.All(run.Site.Lines, line => Assert.True(line.Statistics.Connects > 2 && line.Statistics.Restarts == 0, run.Describe()));
        Assert.All(Enum.GetValues<LineFault>()[1..], fault => Assert.True(run.Faults.Sum(plan => plan.Counts[(int)fault]) > 0, $"{fault} never happened"));
    }
}
