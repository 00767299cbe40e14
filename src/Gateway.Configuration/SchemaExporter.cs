using Gateway.Configuration.Schema;

namespace Gateway.Configuration;

/// <summary>A generated schema.</summary>
/// <param name="FileName">Name of the file in config/schema.</param>
/// <param name="Content">Its text, lines ending with LF.</param>
public sealed record SchemaFile(string FileName, string Content);

/// <summary>
/// Exports the keys and columns that the loader reads: JSON Schema for the JSON files, Table Schema for the tables, so
/// that editors and spreadsheets can check while typing. Pure; any thread.
/// </summary>
public static class SchemaExporter
{
    /// <summary>All schemas, named like the files they describe.</summary>
    public static IReadOnlyList<SchemaFile> Export() =>
        [.. SiteFormats.All.Select(shape => new SchemaFile(
            Path.GetFileNameWithoutExtension(shape.Name) + ".schema.json",
            shape.Name.EndsWith(".csv", StringComparison.Ordinal) ? TableSchema.Write(shape) : JsonSchema.Write(shape)))];
}
