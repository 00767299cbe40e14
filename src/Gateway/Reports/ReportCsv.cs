using System.Globalization;
using System.Text;

namespace Gateway.Reports;

/// <summary>A report as a table for spreadsheets: comment lines with #, then a row for each listed window.</summary>
internal static class ReportCsv
{
    private const string Header = "permit,parameter,statistic,unit,guide,limit_state,windows,exceeds,undetermined,missing,from,to,state,value,limit,margin,minimum,maximum,temperature,coverage,valid,due,cause,reasons,source,confidence,rule";

    /// <summary>Writes the table.</summary>
    public static void Write(TextWriter output, FrozenReport report)
    {
        ReportDocument document = report.Document;
        output.WriteLine(Comment($"compliance report, {document.Period} {document.Date}, {document.Site}, {document.From} to {document.To}"));
        output.WriteLine(Comment($"verdict: {document.Verdict}"));
        output.WriteLine(report.Hash.Length == 0 ? "# not frozen" : Comment($"revision {document.Revision}, SHA-256 {report.Hash}{(document.Reason.Length == 0 ? "" : $", {document.User}: {document.Reason}")}"));
        output.WriteLine(Header);
        foreach (LimitEntry limit in document.Limits)
        {
            if (limit.Listed.Length == 0)
                output.WriteLine(Row(limit, null));
            foreach (WindowEntry window in limit.Listed)
                output.WriteLine(Row(limit, window));
        }
    }

    private static string Row(LimitEntry limit, WindowEntry? window)
    {
        string[] cells =
        [
            limit.Permit, limit.Parameter, limit.Statistic, limit.Unit, limit.Guide ? "guide" : "", limit.State, Number(limit.Windows), Number(limit.Exceeds), Number(limit.Undetermined), Number(limit.Missing),
            window?.From ?? "", window?.To ?? "", window?.State ?? "", Number(window?.Value), Number(window?.Limit), Number(window?.Margin), Number(window?.Minimum), Number(window?.Maximum),
            Number(window?.Temperature), Number(window?.Coverage), Number(window?.Valid), Number(window?.Due), window?.Cause ?? "", string.Join("; ", window?.Reasons ?? []), limit.Source, limit.Confidence, limit.Rule,
        ];
        var row = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
            row.Append(i == 0 ? "" : ",").Append(Quoted(cells[i]));
        return row.ToString();
    }

    /// <summary>A line break in a text would end the comment and begin a row.</summary>
    private static string Comment(string text) => "# " + text.ReplaceLineEndings(" ");

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n;") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
