using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Drivers;
using Gateway.Drivers.Modbus;
using Gateway.Drivers.OpcUa;
using Gateway.Drivers.Polling;
using Gateway.Users;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Cli;

/// <summary><c>plan</c>: the read plan of each line. Exit code 0 fits, 1 errors, 3 does not fit.</summary>
internal static class PlanVerb
{
    private const int DoesNotFit = 3;

    public static Command Create()
    {
        Option<string> site = SiteOption.Create();
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output" };
        var connect = new Option<bool>("--connect") { Description = "Ask OPC UA servers what they make of the subscriptions" };
        var data = new Option<string?>("--data") { Description = "Data folder of the site, for the certificates of --connect" };
        var command = new Command("plan", "Prints the read plan: requests, registers, predicted cycle and load of each Modbus line; subscriptions of each OPC UA line.") { site, json, connect, data };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(site)!, parsed.GetValue(json), parsed.GetValue(connect), parsed.GetValue(data)));
        return command;
    }

    private static async Task<int> RunAsync(string folder, bool json, bool connects, string? data)
    {
        if (SiteOption.Load(folder) is not { } site)
            return 1;
        PlanReport[] plans = [.. site.Lines.OfType<ModbusLineDefinition>().Select(line => PlanReport.Make(line, ReadPlanner.Plan(line)))];
        SubscriptionPlan[] subscriptions;
        try
        {
            subscriptions = connects ? await ConnectAsync(site, data) : [.. site.Lines.OfType<OpcUaLineDefinition>().Select(line => new SubscriptionPlan(line, [], ""))];
        }
        catch (AccountException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }

        if (json)
            WriteJson(plans, subscriptions);
        else
            WriteText(plans, subscriptions);
        foreach (PlanReport plan in plans)
            if (plan.Warning is { } warning)
                Console.Error.WriteLine($"{folder}: warning GW6101: {warning}");
        foreach (SubscriptionPlan plan in subscriptions.Where(p => p.Trouble.Length > 0))
            Console.Error.WriteLine($"{folder}: warning GW6102: line '{plan.Line.Name}' could not ask its server: {plan.Trouble}");
        return plans.All(p => p.Fits) ? 0 : DoesNotFit;
    }

    private static async Task<SubscriptionPlan[]> ConnectAsync(SiteConfiguration site, string? data)
    {
        SiteConfiguration only = site with { Lines = [.. site.Lines.OfType<OpcUaLineDefinition>()] };
        FieldLine[] lines = FieldLines.Create(only, data, TimeProvider.System.GetTimestamp(), null, NullLoggerFactory.Instance);
        return await Task.WhenAll(lines.Cast<OpcUaLine>().Select(SubscriptionPlan.ConnectAsync));
    }

    private static void WriteText(PlanReport[] plans, SubscriptionPlan[] subscriptions)
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

        foreach (SubscriptionPlan plan in subscriptions)
            plan.WriteText();
    }

    private static void WriteJson(PlanReport[] plans, SubscriptionPlan[] subscriptions)
    {
        using Stream output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteBoolean("fits", plans.All(p => p.Fits));
        json.WriteStartArray("lines");
        foreach (PlanReport plan in plans)
            WriteLine(json, plan);
        json.WriteEndArray();
        json.WriteStartArray("opcUaLines");
        foreach (SubscriptionPlan plan in subscriptions)
            plan.WriteJson(json);
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
