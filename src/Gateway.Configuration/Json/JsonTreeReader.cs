using System.Text;
using System.Text.Json;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Text;

namespace Gateway.Configuration.Json;

/// <summary>
/// Reads JSON with comments and trailing commas into nodes that know their place. Used by one thread.
/// </summary>
internal sealed class JsonTreeReader
{
    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 32;

    private readonly SourceText _source;
    private readonly DiagnosticBag _bag;
    private readonly byte[] _bytes;
    private int _countedBytes;
    private int _countedCharacters;

    private JsonTreeReader(SourceText source, DiagnosticBag bag)
    {
        _source = source;
        _bag = bag;
        _bytes = Encoding.UTF8.GetBytes(source.Text);
    }

    /// <summary>The root of the file, or null with a diagnostic.</summary>
    public static JsonNode? Read(SourceText source, DiagnosticBag bag) => new JsonTreeReader(source, bag).Read();

    private JsonNode? Read()
    {
        var reader = new Utf8JsonReader(_bytes, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            JsonNode root = ReadValue(ref reader);
            // Anything after the root is a syntax error of its own.
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            _bag.Report(DiagnosticCodes.JsonSyntax, PlaceOf(e), Explain(e));
            return null;
        }
        catch (InvalidOperationException)
        {
            _bag.Report(DiagnosticCodes.JsonSyntax, _source.At(OffsetOf(reader.TokenStartIndex)), "the text holds half of a surrogate pair (\\uD800 to \\uDFFF); write the character itself");
            return null;
        }
    }

    private JsonNode ReadValue(ref Utf8JsonReader reader)
    {
        int offset = OffsetOf(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, offset);
            case JsonTokenType.StartArray:
                var array = new JsonNode { Kind = JsonKind.Array, Offset = offset };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    array.Items.Add(ReadValue(ref reader));
                return array;
            case JsonTokenType.String:
                return new JsonNode { Kind = JsonKind.String, Offset = offset, Text = reader.GetString()! };
            case JsonTokenType.Number:
                return new JsonNode { Kind = JsonKind.Number, Offset = offset, Text = Encoding.UTF8.GetString(reader.ValueSpan) };
            case JsonTokenType.True:
            case JsonTokenType.False:
                return new JsonNode { Kind = JsonKind.Boolean, Offset = offset, Text = reader.TokenType == JsonTokenType.True ? "true" : "false" };
            default:
                return new JsonNode { Kind = JsonKind.Null, Offset = offset };
        }
    }

    private JsonNode ReadObject(ref Utf8JsonReader reader, int offset)
    {
        var node = new JsonNode { Kind = JsonKind.Object, Offset = offset };
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int keyOffset = OffsetOf(reader.TokenStartIndex);
            string name = reader.GetString()!;
            reader.Read();
            JsonNode value = ReadValue(ref reader);
            if (first.TryAdd(name, keyOffset))
                node.Members.Add(new JsonMember(name, keyOffset, value));
            else
                _bag.Report(DiagnosticCodes.DuplicateKey, _source.At(keyOffset), $"key '{name}' stands twice, first in line {_source.At(first[name]).Line}; remove one");
        }
        return node;
    }

    /// <summary>Byte offsets rise while reading, so each part of the file is counted once.</summary>
    private int OffsetOf(long byteOffset)
    {
        int at = (int)byteOffset;
        if (at < _countedBytes)
            (_countedBytes, _countedCharacters) = (0, 0);
        _countedCharacters += Encoding.UTF8.GetCharCount(_bytes, _countedBytes, at - _countedBytes);
        _countedBytes = at;
        return _countedCharacters;
    }

    private Location PlaceOf(JsonException e)
    {
        // The reader counts lines by LF and columns by bytes from 0.
        int line = (int)(e.LineNumber ?? 0), start = 0;
        for (int i = 0; i < line; i++)
            start = Array.IndexOf(_bytes, (byte)'\n', start) + 1;
        int at = (int)Math.Min(_bytes.Length, start + (e.BytePositionInLine ?? 0));
        return _source.At(Encoding.UTF8.GetCharCount(_bytes, 0, at));
    }

    private static string Explain(JsonException e)
    {
        // The message ends with the place and a hint at the reader's options, which the user cannot change.
        string text = e.Message;
        int cut = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (cut >= 0)
            text = text[..cut];
        if (text.Contains("depth", StringComparison.Ordinal))
            return $"the file nests deeper than {MaxDepth} levels; no key of this file lies that deep";
        cut = text.IndexOf(" Change the reader options", StringComparison.Ordinal);
        if (cut >= 0)
            text = text[..cut];
        return "not valid JSON: " + text.TrimEnd('.') + "; check quotes, commas and brackets up to here";
    }
}
