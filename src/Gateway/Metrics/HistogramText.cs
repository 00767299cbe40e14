using System.Globalization;
using System.Text;
using Gateway.Drivers;
using Gateway.Runtime.Scan;

namespace Gateway.Metrics;

/// <summary>
/// Writes the histograms that the gateway counts itself, in the text exposition format 0.0.4. The count of a histogram is
/// the sum of its buckets as read, so that the two always agree; the sum is read after them and may be newer by the
/// observations made meanwhile. Any thread.
/// </summary>
internal sealed class HistogramText(GatewayContext context)
{
    private static readonly string[] s_scanBounds = Format(ScanStatistics.BucketBounds);
    private static readonly string[] s_requestBounds = Format(DurationHistogram.UpperSeconds);

    public byte[] Write()
    {
        var text = new StringBuilder(4096);
        ScanStatistics scan = context.Statistics;
        Begin(text, "gateway_scan_duration_seconds", "Work of one scan, first latch to published snapshot.");
        WriteOne(text, "gateway_scan_duration_seconds", "", s_scanBounds, scan.DurationIn, () => scan.DurationSum);
        Begin(text, "gateway_scan_lateness_seconds", "Start of a scan after its due time on the grid.");
        WriteOne(text, "gateway_scan_lateness_seconds", "", s_scanBounds, scan.LatenessIn, () => scan.LatenessSum);
        if (context.Lines.Count > 0)
            Begin(text, "gateway_request_duration_seconds", "From sending a request to its answer; answered requests only.");
        foreach (FieldLine line in context.Lines)
        {
            DurationHistogram requests = line.Statistics.RequestDuration;
            WriteOne(text, "gateway_request_duration_seconds", $"line=\"{Escape(line.Definition.Name)}\"", s_requestBounds, requests.CountOf, () => requests.SumSeconds);
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Begin(StringBuilder text, string name, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(" histogram\n");

    private static void WriteOne(StringBuilder text, string name, string label, string[] bounds, Func<int, long> countOf, Func<double> sumOf)
    {
        string comma = label.Length == 0 ? "" : ",";
        string braces = label.Length == 0 ? "" : "{" + label + "}";
        long count = 0;
        for (int i = 0; i <= bounds.Length; i++)
        {
            count += countOf(i);
            string bound = i < bounds.Length ? bounds[i] : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{label}{comma}le=\"{bound}\"}} {count}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {sumOf():R}\n{name}_count{braces} {count}\n");
    }

    private static string[] Format(ReadOnlySpan<double> bounds)
    {
        var text = new string[bounds.Length];
        // A decimal has no exponent: 0.00001 stays readable and equal to the other bounds' form.
        for (int i = 0; i < bounds.Length; i++)
            text[i] = ((decimal)bounds[i]).ToString(CultureInfo.InvariantCulture);
        return text;
    }

    /// <summary>Backslash, quote and line feed are escaped in a label's value.</summary>
    internal static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
