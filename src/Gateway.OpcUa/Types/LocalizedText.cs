namespace Gateway.OpcUa.Types;

/// <summary>A text for people with the language it is in (Part 3 §8.5).</summary>
/// <param name="Text">The text; null is none.</param>
/// <param name="Locale">The language such as <c>en-US</c>; null when not stated.</param>
public readonly record struct LocalizedText(string? Text, string? Locale = null)
{
    /// <summary>The text alone.</summary>
    public override string ToString() => Text ?? "";
}
