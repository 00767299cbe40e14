namespace Gateway.Simulation.Process.Bsm1;

/// <summary>Reads influent and noise files: CSV with a head line, as the benchmark's data come in.</summary>
public static class Bsm1Files
{
    private const string TimeColumn = "t_d";
    private const string FlowColumn = "Q";
    private const string SolidsColumn = "TSS";
    private const string TemperatureColumn = "T";
    private const string MinuteColumn = "minute";

    // The files round times down at the ninth digit; a row is where its number puts it.
    private const double TimeTolerance = 1e-6;

    /// <summary>
    /// Reads an influent: <c>t_d</c> in steps of 15 minutes, the thirteen components and <c>Q</c>; <c>TSS</c> is not read,
    /// <c>T</c> may be there. One row is a constant influent.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="holdsRows">Hold each row instead of moving linearly to the next.</param>
    /// <returns>The influent, null when there are errors; and the errors.</returns>
    public static (InfluentSeries? Influent, IReadOnlyList<string> Errors) ReadInfluent(string path, bool holdsRows = false) =>
        ToInfluent(NumberTable.Load(path), holdsRows);

    /// <summary>Reads noise: <c>minute</c> from 0 in steps of 1, then one column for each sensor.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The noise, null when there are errors; and the errors.</returns>
    public static (NoiseTable? Noise, IReadOnlyList<string> Errors) ReadNoise(string path)
    {
        var table = NumberTable.Load(path);
        if (table.Errors.Count > 0)
            return (null, table.Errors);
        if (table.Find(MinuteColumn) is not { } minute || table.Columns.Count < 2)
            return (null, [$"{path}(1,1): error: the columns 'minute' and at least one of noise are needed"]);
        var columns = new List<double[]>();
        for (var row = 0; row < table.Count; row++)
        {
            if (table[row, minute] == row)
                continue;
            table.Fail(row, $"the minute {row} is expected here");
            return (null, table.Errors);
        }

        for (var column = 0; column < table.Columns.Count; column++)
        {
            if (column == minute)
                continue;
            var values = new double[table.Count];
            for (var row = 0; row < values.Length; row++)
                values[row] = table[row, column];
            columns.Add(values);
        }

        return (new NoiseTable(columns), []);
    }

    internal static (InfluentSeries? Influent, IReadOnlyList<string> Errors) ToInfluent(NumberTable table, bool holdsRows)
    {
        if (table.Errors.Count > 0)
            return (null, table.Errors);
        string[] known = [TimeColumn, .. Asm1.Symbols, SolidsColumn, FlowColumn, TemperatureColumn];
        var strange = table.Columns.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase));
        var missing = known.FirstOrDefault(name => name is not SolidsColumn and not TemperatureColumn && table.Find(name) is null);
        if ((strange ?? missing) is not null)
        {
            var what = missing is not null ? $"the column '{missing}' is missing" : $"the column '{strange}' is not known";
            return (null, [$"{table.Path}(1,1): error: {what}; an influent has {string.Join(", ", known)}, of which {SolidsColumn} and {TemperatureColumn} may be left out"]);
        }

        var series = new InfluentSeries(table.Count) { HoldsRows = holdsRows };
        for (var row = 0; row < table.Count; row++)
            Fill(table, row, series[row]);
        return table.Errors.Count > 0 ? (null, table.Errors) : (series, []);
    }

    private static void Fill(NumberTable table, int row, Span<double> target)
    {
        var time = table[row, table.Find(TimeColumn)!.Value];
        if (table.Count > 1 && Math.Abs(time - ((double)row / InfluentSeries.RowsPerDay)) > TimeTolerance)
            table.Fail(row, FormattableString.Invariant($"the time {(double)row / InfluentSeries.RowsPerDay:F6} d is expected here: rows are 15 minutes apart and begin at 0"));
        for (var component = 0; component < Asm1.Count; component++)
            target[component] = NotNegative(table, row, Asm1.Symbols[component]);
        target[InfluentSeries.Flow] = NotNegative(table, row, FlowColumn);
        target[InfluentSeries.Temperature] = table.Find(TemperatureColumn) is { } column ? table[row, column] : double.NaN;
    }

    private static double NotNegative(NumberTable table, int row, string column)
    {
        var value = table[row, table.Find(column)!.Value];
        if (value < 0)
            table.Fail(row, $"{column} is negative");
        return value;
    }
}
