using System.Text.Json;
using Gateway.Runtime.Alarms;

namespace Gateway;

/// <summary>The one place that turns the performance of the alarm system into JSON, for <c>alarms report</c> and the API.</summary>
internal static class AlarmPerformanceJson
{
    /// <summary>Writes the figures as one object.</summary>
    public static void Write(Utf8JsonWriter json, AlarmPerformance figures)
    {
        json.WriteStartObject();
        json.WriteString("from", EventJson.FormatTime(figures.From));
        json.WriteString("to", EventJson.FormatTime(figures.To));
        json.WriteNumber("annunciations", figures.Annunciations);
        json.WriteStartArray("figures");
        foreach (AlarmFigure figure in figures.Figures)
        {
            json.WriteStartObject();
            json.WriteString("name", figure.Name);
            json.WriteNumber("value", figure.Value);
            EventJson.WriteNumberOrNull(json, "target", figure.Target);
            EventJson.WriteNumberOrNull(json, "limit", figure.Limit);
            json.WriteBoolean("met", figure.IsMet);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteNames(json, "standing", figures.Standing);
        WriteNames(json, "stale", figures.Stale);
        WriteNames(json, "chattering", figures.Chattering);
        WriteNames(json, "fleeting", figures.Fleeting);
        json.WriteStartArray("topTen");
        foreach (AlarmCount line in figures.TopTen)
        {
            json.WriteStartObject();
            json.WriteString("id", line.Id);
            json.WriteNumber("count", line.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> names)
    {
        json.WriteStartArray(name);
        foreach (string item in names)
            json.WriteStringValue(item);
        json.WriteEndArray();
    }
}
