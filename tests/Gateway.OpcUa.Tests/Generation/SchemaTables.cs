namespace Gateway.OpcUa.Tests.Generation;

/// <summary>One field of a structure.</summary>
internal sealed record SchemaField(string Name, string Type, bool IsArray);

/// <summary>One structure: its fields in the order of the wire.</summary>
internal sealed record SchemaStructure(string Name, string Shape, uint EncodingId, List<SchemaField> Fields)
{
    public bool IsStruct => Shape == "struct";
}

/// <summary>One enumeration.</summary>
internal sealed record SchemaEnumeration(string Name, int Bits, List<(string Name, string Value)> Members);

/// <summary>The tables in src/Gateway.OpcUa/Schema, read once.</summary>
internal sealed class SchemaTables
{
    public SchemaTables(string folder)
    {
        foreach (string[] row in Rows(folder, "structures.csv"))
            Structures.Add(row[0], new SchemaStructure(row[0], row[1], uint.Parse(row[3]), []));
        foreach (string[] row in Rows(folder, "fields.csv"))
            Structures[row[0]].Fields.Add(new SchemaField(row[1], row[2], row[3] == "yes"));
        foreach (string[] row in Rows(folder, "enums.csv"))
        {
            if (!Enumerations.TryGetValue(row[0], out SchemaEnumeration? enumeration))
                Enumerations.Add(row[0], enumeration = new SchemaEnumeration(row[0], int.Parse(row[1]), []));
            enumeration.Members.Add((row[2], row[3]));
        }

        foreach (string[] row in Rows(folder, "statuscodes.csv"))
            StatusCodes.Add((row[0], Convert.ToUInt32(row[1], 16), row[2]));
        foreach (string[] row in Rows(folder, "nodes.csv"))
            Nodes.Add((row[0], uint.Parse(row[1])));
        StandardNodes = [.. File.ReadLines(Path.Combine(folder, "standard.csv")).Skip(1)];
    }

    public SortedDictionary<string, SchemaStructure> Structures { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, SchemaEnumeration> Enumerations { get; } = new(StringComparer.Ordinal);

    public List<(string Name, uint Value, string Text)> StatusCodes { get; } = [];

    public List<(string Name, uint Id)> Nodes { get; } = [];

    public List<string> StandardNodes { get; }

    private static IEnumerable<string[]> Rows(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Skip(1).Where(l => l.Length > 0).Select(l => l.Split(','));
}
