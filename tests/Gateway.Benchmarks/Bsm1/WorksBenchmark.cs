using Gateway.Benchmarks.Measure;
using Gateway.Configuration;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;

namespace Gateway.Benchmarks.Bsm1;

/// <summary>
/// The four-lane works with all its PLC faces: cores that it needs at a thousand times real time, while every register
/// of every PLC is read ten times a second.
/// </summary>
internal static class WorksBenchmark
{
    private const double Speed = 1000;
    private const double MostCores = 0.5;
    private const int Rounds = 7;
    private const int ReadsPerSecond = 10;

    // As plcsim steps it: at most 5 s at a time.
    private const double StepSeconds = 5;
    private const double RoundSeconds = 20_000;

    public static int Run(TextWriter output, string site)
    {
        SiteConfiguration loaded = SiteLoader.Load(site).Site ?? throw new BenchmarkException($"the site {site} cannot be loaded; run from the checkout or give --site DIR");
        var station = new SimulatedPlcStation(loaded, new SimulatedPlant(new PlantOptions()));
        SimulatedPlc[] plcs = [.. station.Plcs];
        var cores = new Series();
        long bytes = 0;
        for (int round = 0; round <= Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread(), cpu = Machine.CpuNs();
            Advance(station, plcs);
            double seconds = (Machine.CpuNs() - cpu) / 1e9;
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 0)
                cores.Add(seconds * Speed / RoundSeconds);
        }

        var table = new Table("4 lanes with PLC faces", "cores at 1,000 × real time", "quartiles", "× real time on one core");
        table.Add($"{station.Plant.Signals.Count} signals", cores.Median.ToString("F4"), cores.Quartiles("F4"), (Speed / cores.Median).ToString("N0"));
        table.Print(output);
        output.WriteLine($"bytes allocated by one round of {RoundSeconds / StepSeconds} steps: {bytes}");
        Contest.Judge(output, "cores at 1,000 x real time", cores.Median, MostCores);
        output.WriteLine();
        return cores.Median <= MostCores && bytes == 0 ? 0 : 1;
    }

    private static void Advance(SimulatedPlcStation station, SimulatedPlc[] plcs)
    {
        Span<byte> room = stackalloc byte[250];
        double due = 0;
        for (double time = 0; time < RoundSeconds; time += StepSeconds)
        {
            station.Step(StepSeconds);
            for (; due <= time; due += Speed / ReadsPerSecond)
                ReadAll(plcs, room);
        }
    }

    private static void ReadAll(SimulatedPlc[] plcs, Span<byte> room)
    {
        foreach (SimulatedPlc plc in plcs)
        {
            for (ushort address = 0; address < 5000; address += 20)
                plc.HoldingRegisters(plc.Unit, address, 20, default, room[..40]);
        }
    }
}
