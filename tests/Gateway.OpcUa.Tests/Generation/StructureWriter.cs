using System.Text;

namespace Gateway.OpcUa.Tests.Generation;

/// <summary>Writes the type of one structure: fields, encoder, decoder.</summary>
internal sealed class StructureWriter(SchemaTables tables, StringBuilder text)
{
    private static readonly Dictionary<string, (string Type, int Smallest)> BuiltIn = new(StringComparer.Ordinal)
    {
        ["Boolean"] = ("bool", 1),
        ["SByte"] = ("sbyte", 1),
        ["Byte"] = ("byte", 1),
        ["Int16"] = ("short", 2),
        ["UInt16"] = ("ushort", 2),
        ["Int32"] = ("int", 4),
        ["UInt32"] = ("uint", 4),
        ["Int64"] = ("long", 8),
        ["UInt64"] = ("ulong", 8),
        ["Float"] = ("float", 4),
        ["Double"] = ("double", 8),
        ["String"] = ("string?", 4),
        ["DateTime"] = ("DateTime", 8),
        ["Guid"] = ("Guid", 16),
        ["ByteString"] = ("byte[]?", 4),
        ["NodeId"] = ("NodeId", 2),
        ["ExpandedNodeId"] = ("ExpandedNodeId", 2),
        ["StatusCode"] = ("StatusCode", 4),
        ["QualifiedName"] = ("QualifiedName", 6),
        ["LocalizedText"] = ("LocalizedText", 1),
        ["ExtensionObject"] = ("ExtensionObject", 3),
        ["DataValue"] = ("DataValue", 1),
        ["Variant"] = ("Variant", 1),
        ["DiagnosticInfo"] = ("DiagnosticInfo?", 1),
    };

    public void Write(SchemaStructure structure)
    {
        string interfaces = structure.Shape switch { "request" => "IServiceRequest", "response" => "IServiceResponse", _ => "IStructure" };
        text.AppendLine($"/// <summary>{CodeGenerator.Words(structure.Name)}.</summary>");
        text.AppendLine($"public {(structure.IsStruct ? "struct" : "sealed class")} {structure.Name} : {interfaces}").AppendLine("{");
        foreach (SchemaField field in structure.Fields)
        {
            text.AppendLine($"    /// <summary>{CodeGenerator.Words(field.Name)}.</summary>");
            text.AppendLine($"    public {TypeOf(field, structure.IsStruct)} {field.Name}{(IsClass(field) && !structure.IsStruct ? " = new()" : "")};").AppendLine();
        }

        string only = structure.IsStruct ? "readonly " : "";
        text.AppendLine("    /// <inheritdoc/>");
        text.AppendLine($"    public {only}uint EncodingId => {structure.EncodingId};").AppendLine();
        if (structure.Shape == "request")
            text.AppendLine("    ref RequestHeader IServiceRequest.Header => ref RequestHeader;").AppendLine();
        if (structure.Shape == "response")
            text.AppendLine("    ref ResponseHeader IServiceResponse.Header => ref ResponseHeader;").AppendLine();
        text.AppendLine("    /// <inheritdoc/>").AppendLine($"    public {only}void Encode(ref UaWriter writer)").AppendLine("    {");
        structure.Fields.ForEach(WriteEncode);
        text.AppendLine("    }").AppendLine();
        text.AppendLine("    /// <inheritdoc/>").AppendLine("    public void Decode(ref UaReader reader)").AppendLine("    {");
        structure.Fields.ForEach(WriteDecode);
        text.AppendLine("    }").AppendLine("}").AppendLine();
    }

    private void WriteEncode(SchemaField field)
    {
        if (BuiltIn.ContainsKey(field.Type))
        {
            string by = !field.IsArray && field.Type is "DataValue" or "Variant" && !field.IsArray ? "in " : "";
            text.AppendLine($"        writer.Write{field.Type}{(field.IsArray ? "Array" : "")}({by}{field.Name});");
        }
        else if (tables.Enumerations.TryGetValue(field.Type, out SchemaEnumeration? enumeration))
        {
            string one = enumeration.Bits switch { 8 => "writer.WriteByte((byte)", 16 => "writer.WriteUInt16((ushort)", _ => "writer.WriteInt32((int)" };
            if (!field.IsArray)
                text.AppendLine($"        {one}{field.Name});");
            else
                text.AppendLine($"        writer.WriteInt32({field.Name}?.Length ?? -1);").AppendLine($"        foreach (var element in {field.Name} ?? [])").AppendLine($"            {one}element);");
        }
        else if (field.IsArray)
        {
            text.AppendLine($"        writer.WriteInt32({field.Name}?.Length ?? -1);");
            text.AppendLine($"        for (var i = 0; i < ({field.Name}?.Length ?? 0); i++)").AppendLine($"            {field.Name}![i].Encode(ref writer);");
        }
        else
            text.AppendLine(IsClass(field) ? $"        ({field.Name} ?? new()).Encode(ref writer);" : $"        {field.Name}.Encode(ref writer);");
    }

    private void WriteDecode(SchemaField field)
    {
        if (BuiltIn.ContainsKey(field.Type))
        {
            if (!field.IsArray && field.Type is "DataValue" or "Variant" && !field.IsArray)
                text.AppendLine($"        reader.Read{field.Type}(out {field.Name});");
            else
                text.AppendLine($"        {field.Name} = reader.Read{field.Type}{(field.IsArray ? "Array" : "")}();");
            return;
        }

        string type = ElementType(field);
        string one = "";
        if (tables.Enumerations.TryGetValue(field.Type, out SchemaEnumeration? enumeration))
            one = enumeration.Bits switch { 8 => $"({type})reader.ReadByte()", 16 => $"({type})reader.ReadUInt16()", _ => $"({type})reader.ReadInt32()" };
        if (!field.IsArray)
        {
            text.AppendLine(one.Length > 0 ? $"        {field.Name} = {one};" : IsClass(field) ? $"        ({field.Name} ??= new()).Decode(ref reader);" : $"        {field.Name}.Decode(ref reader);");
            return;
        }

        text.AppendLine("        {");
        text.AppendLine($"            var length = reader.ReadArrayLength({Smallest(field.Type)});");
        text.AppendLine($"            {field.Name} = length < 0 ? null : length == 0 ? [] : new {type}[length];");
        text.AppendLine("            for (var i = 0; i < length && reader.IsGood; i++)");
        if (one.Length > 0)
            text.AppendLine($"                {field.Name}![i] = {one};");
        else
            text.AppendLine(tables.Structures[field.Type].IsStruct ? $"                {field.Name}![i].Decode(ref reader);" : $"                ({field.Name}![i] = new()).Decode(ref reader);");
        text.AppendLine("        }");
    }

    private bool IsClass(SchemaField field) => !field.IsArray && tables.Structures.TryGetValue(field.Type, out SchemaStructure? structure) && !structure.IsStruct;

    private static string ElementType(SchemaField field) => BuiltIn.TryGetValue(field.Type, out var entry) ? entry.Type : field.Type;

    private string TypeOf(SchemaField field, bool inStruct) => ElementType(field) + (field.IsArray ? "[]?" : IsClass(field) && inStruct ? "?" : "");

    private int Smallest(string type)
    {
        if (BuiltIn.TryGetValue(type, out var entry))
            return entry.Smallest;
        if (tables.Enumerations.TryGetValue(type, out SchemaEnumeration? enumeration))
            return Math.Min(4, enumeration.Bits / 8);
        return tables.Structures[type].Fields.Sum(f => f.IsArray ? 4 : Smallest(f.Type));
    }
}
