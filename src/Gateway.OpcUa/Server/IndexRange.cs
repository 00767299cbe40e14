using System.Globalization;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Server;

/// <summary>Parts of arrays: <c>3</c> or <c>2:5</c> (Part 4 §7.27).</summary>
internal static class IndexRange
{
    public static (Variant Value, StatusCode Status) Apply(Variant value, StatusCode status, string range)
    {
        if (!TryParse(range, out var low, out var high))
            return (Variant.Null, StatusCodes.BadIndexRangeInvalid);
        if (!value.IsArray || value.Elements is not { } elements || low >= elements.Length)
            return (Variant.Null, StatusCodes.BadIndexRangeNoData);
        var count = Math.Min(high, elements.Length - 1) - low + 1;
        var part = elements switch
        {
            string?[] texts => new Variant(texts.AsSpan(low, count).ToArray()),
            double[] numbers => new Variant(numbers.AsSpan(low, count).ToArray()),
            _ => Variant.Null,
        };
        return part.IsNull ? (part, StatusCodes.BadIndexRangeNoData) : (part, status);
    }

    private static bool TryParse(string range, out int low, out int high)
    {
        var colon = range.IndexOf(':', StringComparison.Ordinal);
        var first = colon < 0 ? range : range[..colon];
        high = 0;
        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out low))
            return false;
        if (colon < 0)
        {
            high = low;
            return true;
        }

        return int.TryParse(range.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out high) && low < high;
    }
}
