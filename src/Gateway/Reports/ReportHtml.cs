using System.Globalization;
using System.Net;

namespace Gateway.Reports;

/// <summary>A report as one HTML file without scripts and without anything from elsewhere; well-formed XML, A4 when printed.</summary>
internal static class ReportHtml
{
    private const string Style =
        """
        @page { size: A4 landscape; margin: 14mm 12mm; }
        body { font: 10pt/1.35 "Noto Sans", "Noto Sans CJK SC", Arial, sans-serif; color: #111; margin: 1.5em; max-width: 270mm; }
        h1 { font-size: 16pt; margin: 0 0 .3em; } h2 { font-size: 12pt; margin: 1.4em 0 .3em; break-after: avoid; }
        table { border-collapse: collapse; width: 100%; } th, td { border: .5pt solid #888; padding: 2pt 4pt; text-align: left; vertical-align: top; }
        thead { display: table-header-group; } tr { break-inside: avoid; } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .exceeds { font-weight: bold; background: #f6c9c4; } .undetermined { background: #e4e4e4; } .warning { background: #fbe9b0; }
        .hash { font-family: monospace; font-size: 8pt; overflow-wrap: anywhere; } ul { margin: 0; padding-left: 1.2em; }
        @media print { body { margin: 0; max-width: none; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
        """;

    /// <summary>Writes the page.</summary>
    public static void Write(TextWriter output, FrozenReport report)
    {
        ReportDocument document = report.Document;
        string title = $"Compliance report, {document.Period} {document.Date}, {document.Site}";
        output.WriteLine("<!DOCTYPE html>");
        output.WriteLine("<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head><meta charset=\"utf-8\" />");
        output.WriteLine($"<title>{Text(title)}</title><style>{Style}</style></head><body>");
        output.WriteLine($"<h1>{Text(title)}</h1>");
        output.WriteLine($"<p>{Text(Short(document.From))} to {Text(Short(document.To))}, UTC{Text(document.From[^6..])}. Verdict: <strong id=\"verdict\" class=\"{Text(document.Verdict)}\">{Text(document.Verdict)}</strong></p>");
        output.WriteLine($"<p>{(report.Hash.Length == 0 ? "Not frozen: the period is not over, or no data folder keeps it." : $"Revision {Number(document.Revision)}, made {Text(document.Created)}.")}{(document.Reason.Length == 0 ? "" : $" Corrected by {Text(document.User)}: {Text(document.Reason)}. It supersedes <span class=\"hash\">{Text(document.Supersedes)}</span>.")}</p>");
        WriteSummary(output, document);
        foreach (LimitEntry limit in document.Limits.Where(limit => limit.Listed.Length > 0))
            WriteLimit(output, limit);
        output.WriteLine($"<p class=\"hash\">{(report.Hash.Length == 0 ? "" : $"SHA-256 {Text(report.Hash)}. ")}Configuration {Text(document.ConfigurationHash)}</p>");
        output.WriteLine("</body></html>");
    }

    private static void WriteSummary(TextWriter output, ReportDocument document)
    {
        output.WriteLine("<h2>Limits</h2><table id=\"limits\"><thead><tr><th>permit</th><th>parameter</th><th>statistic</th><th>verdict</th><th>windows</th><th>exceed</th><th>undetermined</th><th>missing</th><th>source</th><th>confidence</th></tr></thead><tbody>");
        foreach (LimitEntry limit in document.Limits)
            output.WriteLine($"<tr class=\"{Text(limit.State)}\"><td>{Text(limit.Permit)}</td><td>{Text(limit.Parameter)}</td><td>{Text(limit.Statistic)}{(limit.Guide ? " (guide)" : "")}</td><td>{Text(limit.State)}</td><td class=\"n\">{Number(limit.Windows)}</td><td class=\"n\">{Number(limit.Exceeds)}</td><td class=\"n\">{Number(limit.Undetermined)}</td><td class=\"n\">{Number(limit.Missing)}</td><td>{Text(limit.Source)}</td><td>{Text(limit.Confidence)}</td></tr>");
        output.WriteLine("</tbody></table>");
    }

    private static void WriteLimit(TextWriter output, LimitEntry limit)
    {
        output.WriteLine($"<h2>{Text(limit.Permit)}: {Text(limit.Parameter)}, {Text(limit.Statistic)}, {Text(limit.Unit)}{(limit.Guide ? " (guide)" : "")}</h2>");
        output.WriteLine("<table class=\"windows\"><thead><tr><th>from</th><th>to</th><th>value</th><th>limit</th><th>margin</th><th>coverage</th><th>verdict</th><th>reasons</th></tr></thead><tbody>");
        foreach (WindowEntry window in limit.Listed)
        {
            string coverage = window.Coverage is { } share ? $"{Number(100 * share, "0.#")} %, {Number(window.Valid)} of {Number(window.Due)}" : "";
            output.WriteLine($"<tr class=\"{Text(window.State)}\"><td>{Text(Short(window.From))}</td><td>{Text(Short(window.To))}</td><td class=\"n\">{Number(window.Value)}</td><td class=\"n\">{Number(window.Limit)}</td><td class=\"n\">{Number(window.Margin)}</td><td class=\"n\">{coverage}</td><td>{Text(window.State)}</td><td><ul>{string.Concat(window.Reasons.Select(reason => $"<li>{Text(reason)}</li>"))}</ul></td></tr>");
        }
        output.WriteLine("</tbody></table>");
        if (limit.NotListed > 0)
            output.WriteLine($"<p>{Number(limit.NotListed)} more windows are counted above and not listed; those that do not comply are listed first.</p>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double? value, string format = "0.######") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    /// <summary>2026-03-01T08:00:00+08:00 as 2026-03-01 08:00; the offset stands in the head.</summary>
    private static string Short(string civil) => civil.Length >= 16 ? $"{civil[..10]} {civil[11..16]}" : civil;
}
