namespace Gateway.Configuration.Json;

/// <summary>What a JSON value is.</summary>
internal enum JsonKind : byte
{
    /// <summary>null.</summary>
    Null,
    /// <summary>A text in quotes.</summary>
    String,
    /// <summary>A number.</summary>
    Number,
    /// <summary>true or false.</summary>
    Boolean,
    /// <summary>{ }.</summary>
    Object,
    /// <summary>[ ].</summary>
    Array,
}

/// <summary>A JSON value with its place in the file. Immutable after reading.</summary>
internal sealed class JsonNode
{
    /// <summary>What it is.</summary>
    public required JsonKind Kind { get; init; }
    /// <summary>Offset of its first character.</summary>
    public required int Offset { get; init; }
    /// <summary>The text of a string, the digits of a number, true or false.</summary>
    public string Text { get; init; } = "";
    /// <summary>Members of an object in file order.</summary>
    public List<JsonMember> Members { get; } = [];
    /// <summary>Items of an array in file order.</summary>
    public List<JsonNode> Items { get; } = [];
}

/// <summary>A key of an object with its value.</summary>
/// <param name="Name">The key.</param>
/// <param name="Offset">Offset of the key's opening quote.</param>
/// <param name="Value">The value.</param>
internal readonly record struct JsonMember(string Name, int Offset, JsonNode Value);
