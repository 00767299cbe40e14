using System.Text.Json;
using Gateway.Runtime.Compliance;

namespace Gateway;

/// <summary>The one place that turns a judged window into JSON, for compliance.jsonl and for evaluated samples.</summary>
internal static class ComplianceJson
{
    /// <summary>Writes the members of one window; the caller writes the braces and what it adds.</summary>
    public static void WriteMembers(Utf8JsonWriter json, PermitLimit limit, in ComplianceWindow window, bool isClosed, string parts = "")
    {
        json.WriteString("permit", limit.PermitId);
        json.WriteString("parameter", limit.Parameter);
        json.WriteString("statistic", ComplianceNames.Of(limit.Statistic));
        json.WriteString("from", EventJson.FormatTime(window.From));
        json.WriteString("to", EventJson.FormatTime(window.To));
        EventJson.WriteNumberOrNull(json, "value", window.Value);
        EventJson.WriteNumberOrNull(json, "limit", window.Limit);
        json.WriteString("unit", limit.Unit);
        EventJson.WriteNumberOrNull(json, "coverage", window.Coverage);
        json.WriteNumber("valid", window.Valid);
        json.WriteNumber("due", window.Due);
        json.WriteString("state", ComplianceNames.Of(window.State));
        json.WriteString("reason", ComplianceNames.Of(window.Reason));
        json.WriteStartArray("reasons");
        foreach (string text in VerdictText.Explain(limit, window, parts))
            json.WriteStringValue(text);
        json.WriteEndArray();
        EventJson.WriteNumberOrNull(json, "margin", VerdictText.MarginOf(limit, window));
        json.WriteBoolean("closed", isClosed);
        json.WriteString("rule", limit.RuleId);
        json.WriteString("source", limit.Source is { } source ? $"{source.Standard} {source.Class} {source.Clause}" : "");
        json.WriteString("confidence", limit.Source?.Confidence ?? "");
    }
}
