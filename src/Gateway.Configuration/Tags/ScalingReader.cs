using System.Globalization;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Runtime.Tags;
using static Gateway.Configuration.Tags.TagShape;

namespace Gateway.Configuration.Tags;

/// <summary>Reads the scaling columns of a row of tags.csv.</summary>
internal static class ScalingReader
{
    private const int MaxTablePoints = 1000;

    /// <summary>The scaling; none when it is wrong, which is reported.</summary>
    public static Scaling Read(TableReader row)
    {
        var kind = (ScalingKind)row.Choice(Conversion);
        bool isLine = kind is ScalingKind.Linear or ScalingKind.SquareRoot;
        foreach (Field field in (Field[])[RawLow, RawHigh, Low, High])
        {
            if (row.Has(field) == isLine || row.Failed)
                continue;
            if (isLine)
                row.Fail(DiagnosticCodes.ScalingValues, Conversion, $"scaling '{Conversion.Choices[(int)kind]}' needs 'rawLow', 'rawHigh', 'low' and 'high'; '{field.Name}' is missing");
            else
                row.Fail(DiagnosticCodes.ScalingValues, field, $"'{field.Name}' needs scaling linear or sqrt; give 'scaling' or leave the cell empty");
        }
        if (row.Has(Table) != (kind == ScalingKind.Table))
            row.Fail(DiagnosticCodes.ScalingTable, row.Has(Table) ? Table : Conversion, "scaling 'table' and column 'table' belong together; give both or neither");
        double rawLow = row.Number(RawLow), rawHigh = row.Number(RawHigh), low = row.Number(Low), high = row.Number(High);
        if (row.Failed || kind == ScalingKind.None)
            return Scaling.None;
        if (kind == ScalingKind.Table)
            return ReadTable(row);
        if (rawLow == rawHigh || low == high || !double.IsFinite((high - low) / (rawHigh - rawLow)))
        {
            Field field = low == high ? High : RawHigh;
            row.Fail(DiagnosticCodes.ScalingValues, field, $"the two points of the scaling are the same in '{field.Name}' and its low end; they must differ");
            return Scaling.None;
        }
        return kind == ScalingKind.Linear ? Scaling.Linear(rawLow, rawHigh, low, high) : Scaling.SquareRoot(rawLow, rawHigh, low, high);
    }

    private static Scaling ReadTable(TableReader row)
    {
        string text = row.Text(Table);
        var raw = new List<double>();
        var value = new List<double>();
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            if (at == text.Length)
                break;
            int end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
                end++;
            if (ReadPoint(text.AsSpan(at, end - at), raw, value) is { } problem)
            {
                row.Fail(DiagnosticCodes.ScalingTable, row.At(Table, at), problem);
                return Scaling.None;
            }
            at = end;
        }
        if (raw.Count is >= 2 and <= MaxTablePoints)
            return Scaling.Table([.. raw], [.. value]);
        row.Fail(DiagnosticCodes.ScalingTable, Table, $"the table has {raw.Count} points; it needs 2 to {MaxTablePoints}");
        return Scaling.None;
    }

    private static string? ReadPoint(ReadOnlySpan<char> text, List<double> raw, List<double> value)
    {
        int colon = text.IndexOf(':');
        if (colon < 0 || !TryNumber(text[..colon], out double x) || !TryNumber(text[(colon + 1)..], out double y))
            return $"'{FieldReader.Short(text.ToString())}' is no point of a table; write raw:value with decimal points, points separated by blanks";
        if (raw.Count > 0 && x <= raw[^1])
            return $"the raw value {FieldText.Text(x)} does not rise above {FieldText.Text(raw[^1])} before it; sort the points by raw value";
        raw.Add(x);
        value.Add(y);
        return null;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
