using System.Reflection;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Encoding;

/// <summary>Fills the fields of a structure with seeded values of every shape.</summary>
internal static class RandomStructures
{
    public static IStructure Fill(Type type, Random random, int depth)
    {
        object target = Activator.CreateInstance(type)!;
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
            field.SetValue(target, Value(field.FieldType, random, depth));
        return (IStructure)target;
    }

    public static Variant Variant(Random random, int depth)
    {
        switch (random.Next(depth > 2 ? 12 : 15))
        {
            case 0: return default;
            case 1: return new Variant(random.Next(2) == 0);
            case 2: return new Variant((short)random.Next());
            case 3: return new Variant(random.NextInt64());
            case 4: return new Variant(random.NextSingle());
            case 5: return new Variant(random.NextDouble());
            case 6: return new Variant(Text(random));
            case 7: return new Variant(Time(random));
            case 8: return Gateway.OpcUa.Types.Variant.FromBytes(Bytes(random));
            case 9: return new Variant(NodeId(random));
            case 10: return new Variant(new LocalizedText(Text(random), Text(random)));
            case 11: return new Variant(new double[] { random.NextDouble(), double.NaN });
            case 12: return Gateway.OpcUa.Types.Variant.FromMatrix(new Variant(new string?[] { "a", null, "c", "" }), 2, 2);
            case 13: return new Variant([Variant(random, depth + 1), Variant(random, depth + 1)]);
            default: return new Variant(new DataValue(Variant(random, depth + 1), new StatusCode((uint)random.Next()), Time(random)));
        }
    }

    private static object? Value(Type type, Random random, int depth)
    {
        if (type.IsArray && type != typeof(byte[]))
        {
            int length = random.Next(-1, 3);
            if (length < 0)
                return null;
            var array = Array.CreateInstance(type.GetElementType()!, length);
            for (int i = 0; i < length; i++)
                array.SetValue(Value(type.GetElementType()!, random, depth + 1), i);
            return array;
        }

        if (typeof(IStructure).IsAssignableFrom(type))
            return Fill(type, random, depth + 1);
        if (type.IsEnum)
            return Enum.ToObject(type, random.Next(3));
        return Scalar(type, random, depth);
    }

    private static object? Scalar(Type type, Random random, int depth)
    {
        if (type == typeof(string)) return Text(random);
        if (type == typeof(byte[])) return Bytes(random);
        if (type == typeof(bool)) return random.Next(2) == 0;
        if (type == typeof(byte)) return (byte)random.Next();
        if (type == typeof(sbyte)) return (sbyte)random.Next();
        if (type == typeof(short)) return (short)random.Next();
        if (type == typeof(ushort)) return (ushort)random.Next();
        if (type == typeof(int)) return random.Next();
        if (type == typeof(uint)) return (uint)random.Next();
        if (type == typeof(long)) return random.NextInt64();
        if (type == typeof(ulong)) return (ulong)random.NextInt64();
        if (type == typeof(float)) return random.NextSingle();
        if (type == typeof(double)) return random.NextDouble();
        if (type == typeof(DateTime)) return Time(random);
        if (type == typeof(Guid)) return new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        if (type == typeof(NodeId)) return NodeId(random);
        if (type == typeof(ExpandedNodeId)) return new ExpandedNodeId(NodeId(random).InNamespace(0), Text(random), (uint)random.Next(2));
        if (type == typeof(StatusCode)) return new StatusCode((uint)random.Next());
        if (type == typeof(QualifiedName)) return new QualifiedName(Text(random), (ushort)random.Next(9));
        if (type == typeof(LocalizedText)) return new LocalizedText(Text(random), Text(random));
        if (type == typeof(Variant)) return Variant(random, depth);
        if (type == typeof(DataValue)) return new DataValue(Variant(random, depth), new StatusCode((uint)random.Next()), Time(random)) { ServerPicoseconds = (ushort)random.Next(9999) };
        if (type == typeof(DiagnosticInfo)) return random.Next(2) == 0 ? null : new DiagnosticInfo { AdditionalInfo = Text(random), InnerDiagnosticInfo = new DiagnosticInfo { Locale = 1 } };
        if (type == typeof(ExtensionObject)) return Extension(random);
        throw new InvalidOperationException("no value for " + type);
    }

    private static ExtensionObject Extension(Random random) => random.Next(4) switch
    {
        0 => default,
        1 => new ExtensionObject(new NodeId(77, 3), Bytes(random) ?? []),
        2 => new ExtensionObject(new NodeId(78, 3), [60, 47, 62], ExtensionBody.Xml),
        _ => new ExtensionObject(new Gateway.OpcUa.Types.Range { Low = random.NextDouble(), High = 10 }),
    };

    private static string? Text(Random random) => random.Next(4) == 0 ? null : "水" + new string('x', random.Next(5));

    private static byte[]? Bytes(Random random)
    {
        if (random.Next(4) == 0)
            return null;
        byte[] bytes = new byte[random.Next(6)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static DateTime Time(Random random) => random.Next(4) == 0 ? DateTime.MinValue : BuiltInVectors.Time.AddTicks(random.Next());

    private static NodeId NodeId(Random random) => random.Next(5) switch
    {
        0 => new NodeId((uint)random.Next(256)),
        1 => new NodeId((uint)random.Next(), (ushort)random.Next(300)),
        2 => new NodeId("Tank" + random.Next(9), 2),
        3 => new NodeId(new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 4),
        _ => new NodeId([1, 2, (byte)random.Next()], 7),
    };
}
