using System.Globalization;

namespace Gateway.OpcUa.Types;

/// <summary>An outcome or a quality: severity in the two highest bits, code below, flags in the lower half (Part 4 §7.39).</summary>
/// <param name="Value">All 32 bits.</param>
public readonly record struct StatusCode(uint Value)
{
    // Part 4 §7.39.1: info type "data value" and the overflow flag.
    private const uint OverflowBits = 0x0480;

    /// <summary>True for a usable result: severity good.</summary>
    public bool IsGood => Value < 0x40000000;

    /// <summary>True for a result of limited use.</summary>
    public bool IsUncertain => (Value & 0xC0000000) == 0x40000000;

    /// <summary>True for no usable result.</summary>
    public bool IsBad => (Value & 0x80000000) != 0;

    /// <summary>The code without flags: what comparisons should use.</summary>
    public StatusCode Code => new(Value & 0xFFFF0000);

    /// <summary>True when values were dropped from a monitored item's queue before this one.</summary>
    public bool HasOverflow => (Value & OverflowBits) == OverflowBits;

    /// <summary>The name the specification gives the code, or the hexadecimal number when it is unknown.</summary>
    public string Name => StatusCodes.FindName(Value & 0xFFFF0000) ?? Hexadecimal;

    /// <summary>What the code means, in words.</summary>
    public string Text => StatusCodes.FindText(Value & 0xFFFF0000) ?? "unknown status code";

    private string Hexadecimal => string.Create(CultureInfo.InvariantCulture, $"0x{Value:X8}");

    /// <summary>This status with the overflow flag set.</summary>
    public StatusCode WithOverflow() => new(Value | OverflowBits);

    /// <summary>The name, with the number where flags are set.</summary>
    public override string ToString() => (Value & 0xFFFF) == 0 ? Name : $"{Name} ({Hexadecimal})";
}
