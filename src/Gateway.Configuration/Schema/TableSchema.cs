using System.Text.Json;
using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Schema;

/// <summary>A shape of columns as Table Schema (Frictionless Data, version 1). Pure.</summary>
internal static class TableSchema
{
    public static string Write(Shape shape) => SchemaWriter.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://specs.frictionlessdata.io/schemas/table-schema.json");
        writer.WriteString("title", shape.Name);
        writer.WriteString("description", shape.Description);
        writer.WriteStartArray("fields");
        foreach (Field field in shape.Fields)
            WriteField(writer, field);
        writer.WriteEndArray();
        SchemaWriter.WriteWords(writer, "missingValues", [""]);
        writer.WriteEndObject();
    });

    private static void WriteField(Utf8JsonWriter writer, Field field)
    {
        writer.WriteStartObject();
        writer.WriteString("name", field.Name);
        writer.WriteString("type", field.Kind switch
        {
            FieldKind.Integer => "integer",
            FieldKind.Number => "number",
            FieldKind.Boolean => "boolean",
            FieldKind.Date => "date",
            _ => "string",
        });
        writer.WriteString("description", field.Description);
        SchemaWriter.WriteDefault(writer, field);
        if (field.Kind == FieldKind.Boolean)
        {
            SchemaWriter.WriteWords(writer, "trueValues", ["true", "yes", "1"]);
            SchemaWriter.WriteWords(writer, "falseValues", ["false", "no", "0"]);
        }
        writer.WriteStartObject("constraints");
        if (field.Required)
            writer.WriteBoolean("required", true);
        if (field.Kind == FieldKind.Choice)
            SchemaWriter.WriteWords(writer, "enum", field.Choices);
        if (double.IsFinite(field.Minimum) && !field.ExclusiveMinimum)
            writer.WriteNumber("minimum", (decimal)field.Minimum);
        if (double.IsFinite(field.Maximum))
            writer.WriteNumber("maximum", (decimal)field.Maximum);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
