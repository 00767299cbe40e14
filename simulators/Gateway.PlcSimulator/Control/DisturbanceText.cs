using System.Text.Json;
using Gateway.Simulation.Plc;
using static Microsoft.AspNetCore.Http.StatusCodes;

namespace Gateway.PlcSimulator.Control;

/// <summary>A disturbance, as it is sent, shown and written in a scenario; see docs/plcsim.md.</summary>
internal sealed record DisturbanceMessage
{
    public long? Id { get; init; }

    public string? Kind { get; init; }

    public string? Target { get; init; }

    public double? Value { get; init; }

    public double? Start { get; init; }

    public double? Duration { get; init; }

    public double? Ramp { get; init; }

    public double? Every { get; init; }

    public double? Level { get; init; }

    public bool? Over { get; init; }
}

/// <summary>Answer of GET /disturbances.</summary>
internal sealed record DisturbancesMessage(DisturbanceMessage[] Disturbances);

/// <summary>A scenario file.</summary>
internal sealed record ScenarioFile(string? Name, string? Remarks, DisturbanceMessage[]? Disturbances);

/// <summary>Disturbances from and to messages.</summary>
internal static class DisturbanceText
{
    private static readonly string[] Kinds = Array.ConvertAll(Enum.GetNames<DisturbanceKind>(), JsonNamingPolicy.CamelCase.ConvertName);

    /// <summary>Reads a disturbance and adds it.</summary>
    /// <exception cref="RefusedException">It cannot be used; the detail says why.</exception>
    public static DisturbanceMessage Add(SimulatedPlcStation station, DisturbanceMessage message)
    {
        if (message.Id is not null || message.Level is not null || message.Over is not null)
            throw Refuse("'id', 'level' and 'over' are given by the simulator");
        var kind = Array.FindIndex(Kinds, word => word.Equals(message.Kind, StringComparison.OrdinalIgnoreCase));
        if (kind < 0)
            throw Refuse($"'kind' must be one of {string.Join(", ", Kinds)}");
        var disturbance = new Disturbance
        {
            Kind = (DisturbanceKind)kind,
            Target = message.Target,
            Value = message.Value,
            Start = message.Start ?? 0,
            Duration = message.Duration,
            Ramp = message.Ramp ?? 0,
            Every = message.Every,
        };
        try
        {
            var id = station.Disturbances.Add(disturbance);
            return Describe(station.Disturbances.List().First(state => state.Id == id));
        }
        catch (ArgumentException e)
        {
            throw Refuse(e.Message.Split(" (Parameter", 2)[0]);
        }
        catch (InvalidOperationException e)
        {
            throw new RefusedException(Status409Conflict, e.Message);
        }
    }

    /// <summary>Reads a scenario file and adds its disturbances.</summary>
    /// <returns>What is wrong, with its place; empty when all was added.</returns>
    public static IReadOnlyList<string> AddFile(SimulatedPlcStation station, string path)
    {
        ScenarioFile? file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), ControlJson.Default.ScenarioFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"{path}: error: {e.Message}"];
        }
        catch (JsonException e)
        {
            return [$"{path}({e.LineNumber + 1},{e.BytePositionInLine + 1}): error: {e.Message}"];
        }

        var errors = new List<string>();
        var number = 0;
        foreach (var message in file?.Disturbances ?? [])
        {
            number++;
            try
            {
                Add(station, message);
            }
            catch (RefusedException e)
            {
                errors.Add($"{path}: error: disturbance {number}: {e.Message}");
            }
        }

        return errors;
    }

    /// <summary>Shows a disturbance.</summary>
    public static DisturbanceMessage Describe(DisturbanceState state) => new()
    {
        Id = state.Id,
        Kind = Kinds[(int)state.Disturbance.Kind],
        Target = state.Disturbance.Target,
        Value = state.Disturbance.Value,
        Start = state.Disturbance.Start,
        Duration = state.Disturbance.Duration,
        Ramp = state.Disturbance.Ramp,
        Every = state.Disturbance.Every,
        Level = state.Level,
        Over = state.IsOver,
    };

    private static RefusedException Refuse(string mistake) => new(Status400BadRequest, $"The disturbance cannot be used: {mistake}.");
}
