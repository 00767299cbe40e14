using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Schema;

/// <summary>Writes schemas as indented text, the same on every machine.</summary>
internal static class SchemaWriter
{
    /// <summary>Writes one document.</summary>
    public static string Write(Action<Utf8JsonWriter> body)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, IndentSize = 2, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
            body(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Writes limits of a number.</summary>
    public static void WriteRange(Utf8JsonWriter writer, Field field)
    {
        if (double.IsFinite(field.Minimum))
            writer.WriteNumber(field.ExclusiveMinimum ? "exclusiveMinimum" : "minimum", (decimal)field.Minimum);
        if (double.IsFinite(field.Maximum))
            writer.WriteNumber("maximum", (decimal)field.Maximum);
    }

    /// <summary>Writes the default in its own type.</summary>
    public static void WriteDefault(Utf8JsonWriter writer, Field field)
    {
        if (field.Default.Length == 0)
            return;
        switch (field.Kind)
        {
            case FieldKind.Integer or FieldKind.Number:
                writer.WriteNumber("default", decimal.Parse(field.Default, NumberStyles.Float, CultureInfo.InvariantCulture));
                break;
            case FieldKind.Boolean:
                writer.WriteBoolean("default", field.Default == "true");
                break;
            case FieldKind.ChoiceList:
                writer.WriteStartArray("default");
                writer.WriteStringValue(field.Default);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteString("default", field.Default);
                break;
        }
    }

    /// <summary>Writes a list of words.</summary>
    public static void WriteWords(Utf8JsonWriter writer, string name, IEnumerable<string> words)
    {
        writer.WriteStartArray(name);
        foreach (string word in words)
            writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}
