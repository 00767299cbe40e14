using System.Text.Json;
using Gateway.Modbus.Protocol;
using Gateway.Simulation.Plc;

namespace Gateway.PlcSimulator;

/// <summary>The words of fault rules in files and messages: those of tags.csv for spaces, one per kind of fault. Pure.</summary>
internal static class FaultText
{
    private static readonly string[] Spaces = ["coil", "discreteInput", "holding", "input"];
    private static readonly string[] Kinds = Array.ConvertAll(Enum.GetNames<FaultKind>(), JsonNamingPolicy.CamelCase.ConvertName);

    /// <summary>The kinds, for messages.</summary>
    public static string AllKinds { get; } = string.Join(", ", Kinds);

    /// <summary>The spaces, for messages.</summary>
    public static string AllSpaces { get; } = string.Join(", ", Spaces);

    /// <summary>The word for a kind.</summary>
    public static string Of(FaultKind kind) => Kinds[(int)kind];

    /// <summary>The word for a space; null for any.</summary>
    public static string? Of(DataSpace space) => space == DataSpace.None ? null : Spaces[(int)space - 1];

    /// <summary>Reads a kind; upper and lower case are equal.</summary>
    public static bool TryKind(string text, out FaultKind kind)
    {
        var index = Find(Kinds, text);
        kind = (FaultKind)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Reads a space; upper and lower case are equal.</summary>
    public static bool TrySpace(string text, out DataSpace space)
    {
        var index = Find(Spaces, text);
        space = (DataSpace)(index + 1);
        return index >= 0;
    }

    private static int Find(string[] words, string text) =>
        Array.FindIndex(words, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
}
