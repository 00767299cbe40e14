using System.Text;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;

namespace Gateway.Configuration.Schema;

/// <summary>The tables of docs/formats, written from what the parser reads. Pure.</summary>
internal static class FormatTable
{
    /// <summary>One row for each key or column.</summary>
    public static string Of(Shape shape)
    {
        var text = new StringBuilder();
        string word = shape.Name.EndsWith(".csv", StringComparison.Ordinal) ? "column" : "key";
        text.Append("| ").Append(word).Append(" | kind | default | range | meaning | example |\n|---|---|---|---|---|---|\n");
        foreach (Field field in shape.Fields)
        {
            string standard = field.Required ? "**required**" : Code(field.Default);
            string range = field.Choices.Length > 0 ? string.Join(", ", field.Choices.Select(Code)) : FieldText.Range(field);
            text.Append("| `").Append(field.Name).Append("` | ").Append(KindOf(field)).Append(" | ").Append(standard).Append(" | ").Append(range)
                .Append(" | ").Append(field.Description).Append(" | ").Append(Code(field.Example)).Append(" |\n");
        }
        return text.ToString();
    }

    /// <summary>One row for each diagnostic.</summary>
    public static string OfCodes()
    {
        var text = new StringBuilder("| code | severity | about |\n|---|---|---|\n");
        foreach (DiagnosticCode code in DiagnosticCodes.All)
            text.Append("| ").Append(code.Id).Append(" | ").Append(code.Severity == DiagnosticSeverity.Error ? "error" : "warning").Append(" | ").Append(code.Title).Append(" |\n");
        return text.ToString();
    }

    private static string Code(string text) => text.Length == 0 ? "" : "`" + text + "`";

    private static string KindOf(Field field) => field.Kind switch
    {
        FieldKind.Name => "name",
        FieldKind.Integer => "whole number",
        FieldKind.Number => "number",
        FieldKind.Boolean => "true, false",
        FieldKind.Choice => "word",
        FieldKind.ChoiceList => "list of words",
        FieldKind.Date => "date",
        FieldKind.Object => $"object `{field.Item!.Name}`",
        FieldKind.Map => $"`{field.Item!.Name}` by name",
        FieldKind.Objects => $"list of `{field.Item!.Name}`",
        _ => "text",
    };
}
