using System.Text.Json;
using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Schema;

/// <summary>A shape as JSON Schema, draft 2020-12. Pure.</summary>
internal static class JsonSchema
{
    /// <summary>Names that <see cref="FieldReader.IsName"/> accepts.</summary>
    private const string NamePattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$";

    public static string Write(Shape shape) => SchemaWriter.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        writer.WriteString("title", shape.Name);
        WriteObject(writer, shape);
        writer.WriteEndObject();
    });

    private static void WriteObject(Utf8JsonWriter writer, Shape shape)
    {
        writer.WriteString("description", shape.Description);
        writer.WriteString("type", "object");
        writer.WriteBoolean("additionalProperties", false);
        string[] required = [.. shape.Fields.Where(field => field.Required).Select(field => field.Name)];
        if (required.Length > 0)
            SchemaWriter.WriteWords(writer, "required", required);
        writer.WriteStartObject("properties");
        foreach (Field field in shape.Fields)
        {
            writer.WriteStartObject(field.Name);
            WriteField(writer, field);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter writer, Field field)
    {
        if (field.Kind == FieldKind.Object)
        {
            WriteObject(writer, field.Item!);
            return;
        }
        writer.WriteString("description", field.Description);
        if (field.Nullable)
            SchemaWriter.WriteWords(writer, "type", [TypeOf(field.Kind), "null"]);
        else
            writer.WriteString("type", TypeOf(field.Kind));
        switch (field.Kind)
        {
            case FieldKind.Objects:
                writer.WriteStartObject("items");
                WriteObject(writer, field.Item!);
                writer.WriteEndObject();
                return;
            case FieldKind.Map:
                writer.WriteStartObject("additionalProperties");
                WriteObject(writer, field.Item!);
                writer.WriteEndObject();
                return;
            case FieldKind.ChoiceList:
                writer.WriteStartObject("items");
                SchemaWriter.WriteWords(writer, "enum", field.Choices);
                writer.WriteEndObject();
                writer.WriteNumber("minItems", 1);
                writer.WriteBoolean("uniqueItems", true);
                break;
            case FieldKind.Choice:
                SchemaWriter.WriteWords(writer, "enum", field.Choices);
                break;
            case FieldKind.Name:
                writer.WriteString("pattern", NamePattern);
                break;
            case FieldKind.Date:
                writer.WriteString("format", "date");
                break;
        }
        SchemaWriter.WriteRange(writer, field);
        SchemaWriter.WriteDefault(writer, field);
        if (field.Example.Length > 0 && field.Kind is not (FieldKind.Integer or FieldKind.Number))
            SchemaWriter.WriteWords(writer, "examples", [field.Example]);
    }

    private static string TypeOf(FieldKind kind) => kind switch
    {
        FieldKind.Integer => "integer",
        FieldKind.Number => "number",
        FieldKind.Boolean => "boolean",
        FieldKind.Objects or FieldKind.ChoiceList => "array",
        FieldKind.Map => "object",
        _ => "string",
    };
}
