using System.Globalization;

namespace Gateway.Configuration.Fields;

/// <summary>Words for a field's rules, the same in messages and in the documentation. Pure.</summary>
internal static class FieldText
{
    /// <summary>The range of a number, for example "1 to 65535" or "above 0"; empty for any.</summary>
    public static string Range(Field field)
    {
        bool low = double.IsFinite(field.Minimum), high = double.IsFinite(field.Maximum);
        string above = field.ExclusiveMinimum ? "above " + Text(field.Minimum) : Text(field.Minimum);
        if (low && high)
            return field.ExclusiveMinimum ? $"{above}, at most {Text(field.Maximum)}" : $"{above} to {Text(field.Maximum)}";
        if (low)
            return field.ExclusiveMinimum ? above : above + " or more";
        return high ? Text(field.Maximum) + " or less" : "";
    }

    /// <summary>The words of a choice: "a, b or c".</summary>
    public static string Choices(Field field) => Listed(field.Choices);

    /// <summary>"a, b or c".</summary>
    public static string Listed(IReadOnlyList<string> words) =>
        words.Count < 2 ? string.Concat(words) : string.Join(", ", words.Take(words.Count - 1)) + " or " + words[^1];

    /// <summary>A number as files write it.</summary>
    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
