using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.Polling;

namespace Gateway.Cli;

/// <summary><c>plan</c>: the read plan of each line. Exit code 0 fits, 1 errors, 3 does not fit.</summary>
internal static class PlanVerb
{
    private const int DoesNotFit = 3;

    public static Command Create()
    {
        Option<string> site = SiteOption.Create();
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var command = new Command("plan", "Prints the read plan: requests, registers, predicted cycle and load of each line.") { site, json };
        command.SetAction(parsed => Run(parsed.GetValue(site)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, bool json)
    {
        if (SiteOption.Load(folder) is not { } site)
            return 1;
        PlanReport[] plans = [.. site.Lines.Cast<ModbusLineDefinition>().Select(line => PlanReport.Make(line, ReadPlanner.Plan(line)))];
        if (json)
            WriteJson(plans);
        else
            WriteText(plans);
        foreach (PlanReport plan in plans)
            if (plan.Warning is { } warning)
                Console.Error.WriteLine($"{folder}: warning GW6101: {warning}");
        return plans.All(p => p.Fits) ? 0 : DoesNotFit;
    }

    private static void WriteText(PlanReport[] plans)
    {
        foreach (PlanReport plan in plans)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"line {plan.Line.Name}: {plan.Requests.Length} requests, {plan.Points} points, {plan.Registers} registers, {plan.Bits} bits, {plan.RequestsPerSecond:F2} requests/s, cycle {plan.CycleSeconds * 1000:F1} ms, load {plan.Utilization * 100:F1} %"));
            foreach (PlannedRequest request in plan.Requests)
            {
                ReadBlock block = request.Block;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {plan.Line.Devices[block.Device].Name,-16} {block.Space,-16} {block.Address,5} + {block.Count,-4} {block.Points.Length,4} points  each {block.PeriodMs} ms at {block.PhaseMs} ms  {request.Seconds * 1000:F2} ms"));
            }
        }
    }

    private static void WriteJson(PlanReport[] plans)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("fits", plans.All(p => p.Fits));
        json.WriteStartArray("lines");
        foreach (PlanReport plan in plans)
            WriteLine(json, plan);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, PlanReport plan)
    {
        json.WriteStartObject();
        json.WriteString("line", plan.Line.Name);
        json.WriteNumber("requests", plan.Requests.Length);
        json.WriteNumber("points", plan.Points);
        json.WriteNumber("registers", plan.Registers);
        json.WriteNumber("bits", plan.Bits);
        json.WriteNumber("requestsPerSecond", plan.RequestsPerSecond);
        json.WriteNumber("cycleSeconds", plan.CycleSeconds);
        json.WriteNumber("utilization", plan.Utilization);
        json.WriteBoolean("fits", plan.Fits);
        json.WriteString("warning", plan.Warning);
        json.WriteStartArray("blocks");
        foreach (PlannedRequest request in plan.Requests)
        {
            json.WriteStartObject();
            json.WriteString("device", plan.Line.Devices[request.Block.Device].Name);
            json.WriteString("space", request.Block.Space.ToString());
            json.WriteNumber("address", request.Block.Address);
            json.WriteNumber("count", request.Block.Count);
            json.WriteNumber("points", request.Block.Points.Length);
            json.WriteNumber("periodMs", request.Block.PeriodMs);
            json.WriteNumber("phaseMs", request.Block.PhaseMs);
            json.WriteNumber("seconds", request.Seconds);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
