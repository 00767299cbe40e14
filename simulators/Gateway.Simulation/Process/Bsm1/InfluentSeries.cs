using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Simulation.Process.Bsm1;

/// <summary>
/// Influent in rows of 15 minutes: thirteen concentrations, and the flow. Between rows it is linear, after the last row
/// it holds. Immutable after it was filled.
/// </summary>
public sealed class InfluentSeries
{
    /// <summary>Minutes from row to row.</summary>
    public const int MinutesPerRow = 15;

    /// <summary>Rows of a day.</summary>
    public const int RowsPerDay = 1440 / MinutesPerRow;

    /// <summary>Position of the flow (m3/d) in a row.</summary>
    public const int Flow = Asm1.Row;

    /// <summary>Position of the water temperature (degrees Celsius) in a row; not a number where the source has none.</summary>
    public const int Temperature = Asm1.Row + 1;

    /// <summary>Length of a row: a padded row of concentrations, flow, temperature, padding.</summary>
    public const int RowLength = Asm1.Row + 4;

    private readonly double[] _rows;

    /// <summary>Creates a series of rows that are zero until they are filled.</summary>
    /// <param name="count">Number of rows, at least 1.</param>
    public InfluentSeries(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _rows = new double[count * RowLength];
        Count = count;
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Length in days: each row stands for 15 minutes.</summary>
    public double Days => (double)Count / RowsPerDay;

    /// <summary>Holds each row for 15 minutes instead of moving linearly to the next.</summary>
    public bool HoldsRows { get; init; }

    /// <summary>The constant influent of the benchmark: the flow-weighted means of its dry weather.</summary>
    public static InfluentSeries Constant { get; } = CreateConstant();

    /// <summary>A row, to read or to fill.</summary>
    public Span<double> this[int row] => _rows.AsSpan(row * RowLength, RowLength);

    /// <summary>The first rows, repeated.</summary>
    /// <param name="rows">How many rows to take.</param>
    /// <param name="times">How often.</param>
    public InfluentSeries Repeat(int rows, int times)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Count);
        var result = new InfluentSeries(rows * times) { HoldsRows = HoldsRows };
        for (var time = 0; time < times; time++)
            _rows.AsSpan(0, rows * RowLength).CopyTo(result._rows.AsSpan(time * rows * RowLength));
        return result;
    }

    /// <summary>The influent at a time.</summary>
    /// <param name="minute">Whole minutes since the start.</param>
    /// <param name="fraction">Part of the next minute, 0 to 1.</param>
    /// <param name="row">Receives <see cref="RowLength"/> values.</param>
    public void At(long minute, double fraction, Span<double> row)
    {
        var index = minute / MinutesPerRow;
        var share = HoldsRows ? 0 : ((minute % MinutesPerRow) + fraction) / MinutesPerRow;
        if (index >= Count - 1)
        {
            this[Count - 1].CopyTo(row);
            return;
        }

        ref var from = ref MemoryMarshal.GetReference(this[(int)index]);
        ref var to = ref MemoryMarshal.GetReference(row[..RowLength]);
        for (nuint at = 0; at < RowLength; at += 4)
        {
            var start = Vector256.LoadUnsafe(ref from, at);
            (start + ((Vector256.LoadUnsafe(ref from, at + RowLength) - start) * share)).StoreUnsafe(ref to, at);
        }
    }

    private static InfluentSeries CreateConstant()
    {
        var series = new InfluentSeries(1);
        ReadOnlySpan<double> row = [30, 69.5, 51.2, 202.32, 28.17, 0, 0, 0, 0, 31.56, 6.95, 10.59, 7];
        row.CopyTo(series[0]);
        series[0][Flow] = 18_446;
        series[0][Temperature] = double.NaN;
        return series;
    }
}
