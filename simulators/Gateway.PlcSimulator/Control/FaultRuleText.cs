using Gateway.Modbus.Protocol;
using Gateway.Simulation.Plc;
using static Microsoft.AspNetCore.Http.StatusCodes;

namespace Gateway.PlcSimulator.Control;

/// <summary>Fault rules from and to messages. Pure.</summary>
internal static class FaultRuleText
{
    /// <summary>Reads a rule.</summary>
    /// <exception cref="RefusedException">It cannot be used; the detail says why.</exception>
    public static FaultRule Read(FaultMessage message)
    {
        if (message.Id is not null || message.Strikes is not null || message.Active is not null)
            throw Refuse("'id', 'strikes' and 'active' are given by the simulator, not by the rule");
        var kind = default(FaultKind);
        if (message.Kind is not { } word || !FaultText.TryKind(word, out kind))
            throw Refuse($"'kind' must be one of {FaultText.AllKinds}");
        var space = DataSpace.None;
        if (message.Space is { } spaceWord && !FaultText.TrySpace(spaceWord, out space))
            throw Refuse($"'space' must be one of {FaultText.AllSpaces}");
        var rule = new FaultRule
        {
            Device = message.Device,
            Unit = (byte?)Within(message.Unit, byte.MaxValue, "unit"),
            Space = space,
            Function = (byte?)Within(message.Function, byte.MaxValue, "function"),
            From = (ushort)(Within(message.From, ushort.MaxValue, "from") ?? 0),
            To = (ushort)(Within(message.To, ushort.MaxValue, "to") ?? ushort.MaxValue),
            Kind = kind,
            Argument = message.Argument,
            Probability = message.Probability ?? 1,
            Skip = message.Skip ?? 0,
            Count = message.Count,
            Seconds = message.Seconds,
        };
        return rule.FindMistake() is { } mistake ? throw Refuse(mistake) : rule;
    }

    /// <summary>Shows a rule.</summary>
    public static FaultMessage Describe(FaultState state) => new()
    {
        Id = state.Id,
        Device = state.Rule.Device,
        Unit = state.Rule.Unit,
        Space = FaultText.Of(state.Rule.Space),
        Function = state.Rule.Function,
        From = state.Rule.From,
        To = state.Rule.To,
        Kind = FaultText.Of(state.Rule.Kind),
        Argument = state.Rule.Argument,
        Probability = state.Rule.Probability,
        Skip = state.Rule.Skip,
        Count = state.Rule.Count,
        Seconds = state.Rule.Seconds,
        Strikes = state.Strikes,
        Active = state.IsActive,
    };

    private static int? Within(int? value, int highest, string name) =>
        value is < 0 || value > highest ? throw Refuse($"'{name}' must be 0 to {highest}") : value;

    private static RefusedException Refuse(string mistake) => new(Status400BadRequest, $"The fault rule cannot be used: {mistake}.");
}
