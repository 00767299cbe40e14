using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Json;
using Gateway.Configuration.Text;

namespace Gateway.Configuration.Fields;

/// <summary>Reads the keys of one JSON object. Unknown keys are reported at once.</summary>
internal sealed class JsonFieldReader : FieldReader
{
    private readonly SourceText _source;
    private readonly JsonNode _node;
    private readonly JsonNode?[] _values;

    public JsonFieldReader(Shape shape, SourceText source, JsonNode node, DiagnosticBag bag)
        : base(shape, bag)
    {
        _source = source;
        _node = node;
        _values = new JsonNode?[shape.Fields.Length];
        foreach (JsonMember member in node.Members)
        {
            if (shape.Find(member.Name) is { } field)
                _values[field.Index] = field.Nullable && member.Value.Kind == JsonKind.Null ? null : member.Value;
            else
                ReportUnknown(member);
        }
        CheckRequired();
    }

    public override Location Here => _source.At(_node.Offset);

    protected override string Word => "key";

    public override Location At(Field field, int offset = 0) =>
        _values[field.Index] is { } value ? _source.At(value.Offset + (offset > 0 ? offset + 1 : 0)) : Here;

    /// <summary>Makes a reader of a root value; null with a diagnostic when it is not an object.</summary>
    public static JsonFieldReader? Root(Shape shape, SourceText source, JsonNode node, DiagnosticBag bag)
    {
        if (node.Kind == JsonKind.Object)
            return new JsonFieldReader(shape, source, node, bag);
        bag.Report(DiagnosticCodes.WrongType, source.At(node.Offset), $"{shape.Name} must be an object in braces {{ }}, found {KindName(node.Kind)}");
        return null;
    }

    /// <summary>The nested object of a field, or null.</summary>
    public JsonFieldReader? Object(Field field)
    {
        if (_values[field.Index] is not { } value)
            return null;
        if (value.Kind == JsonKind.Object)
            return new JsonFieldReader(field.Item!, _source, value, Bag);
        Fail(DiagnosticCodes.WrongType, field, $"key '{field.Name}' must be an object in braces {{ }}, found {KindName(value.Kind)}");
        return null;
    }

    /// <summary>Places in the field's choices of the words of a list, or that of the default.</summary>
    public List<int> ChoiceList(Field field)
    {
        var chosen = new List<int>();
        if (_values[field.Index] is not { } value)
            return [Array.IndexOf(field.Choices, field.Default)];
        if (value.Kind != JsonKind.Array || value.Items.Count == 0)
            Fail(DiagnosticCodes.WrongType, field, $"key '{field.Name}' must be a list in brackets [ ] of at least one of {FieldText.Choices(field)}");
        foreach (JsonNode item in value.Items)
        {
            int index = item.Kind == JsonKind.String ? Array.IndexOf(field.Choices, item.Text) : -1;
            if (index >= 0 && !chosen.Contains(index))
                chosen.Add(index);
            else
                Fail(DiagnosticCodes.BadChoice, _source.At(item.Offset), $"'{Short(item.Kind is JsonKind.String or JsonKind.Number ? item.Text : KindName(item.Kind))}' {(index >= 0 ? "stands twice" : "is no value")} of key '{field.Name}'; each of {FieldText.Choices(field)} may stand once");
        }
        return chosen;
    }

    /// <summary>The nested objects of a field.</summary>
    public List<JsonFieldReader> Objects(Field field)
    {
        var readers = new List<JsonFieldReader>();
        if (_values[field.Index] is not { } value)
            return readers;
        if (value.Kind != JsonKind.Array)
            Fail(DiagnosticCodes.WrongType, field, $"key '{field.Name}' must be a list in brackets [ ], found {KindName(value.Kind)}");
        foreach (JsonNode item in value.Items)
        {
            if (item.Kind == JsonKind.Object)
                readers.Add(new JsonFieldReader(field.Item!, _source, item, Bag));
            else
                Fail(DiagnosticCodes.WrongType, _source.At(item.Offset), $"an item of '{field.Name}' must be an object in braces {{ }}, found {KindName(item.Kind)}");
        }
        return readers;
    }

    /// <summary>The nested objects of a map with their keys.</summary>
    public List<(string Key, JsonFieldReader Reader)> Map(Field field)
    {
        var readers = new List<(string, JsonFieldReader)>();
        if (_values[field.Index] is not { } value)
            return readers;
        if (value.Kind != JsonKind.Object)
            Fail(DiagnosticCodes.WrongType, field, $"key '{field.Name}' must be an object in braces {{ }}, found {KindName(value.Kind)}");
        foreach (JsonMember member in value.Members)
        {
            if (member.Value.Kind == JsonKind.Object)
                readers.Add((member.Name, new JsonFieldReader(field.Item!, _source, member.Value, Bag)));
            else
                Fail(DiagnosticCodes.WrongType, _source.At(member.Value.Offset), $"'{Short(member.Name)}' of '{field.Name}' must be an object in braces {{ }}, found {KindName(member.Value.Kind)}");
        }
        return readers;
    }

    protected override bool TryGet(Field field, out string text, out ValueForm form)
    {
        JsonNode? value = _values[field.Index];
        text = value is null ? "" : value.Kind is JsonKind.String or JsonKind.Number or JsonKind.Boolean ? value.Text : KindName(value.Kind);
        form = value?.Kind switch
        {
            JsonKind.String => ValueForm.String,
            JsonKind.Number => ValueForm.Number,
            JsonKind.Boolean => ValueForm.Boolean,
            _ => ValueForm.Other,
        };
        return value is not null;
    }

    /// <summary>A mistyped key is read as what it was probably meant to be, so that what it lacks is not reported too.</summary>
    private void ReportUnknown(JsonMember member)
    {
        Bag.Report(DiagnosticCodes.UnknownKey, _source.At(member.Offset), $"key '{Short(member.Name)}' is not known in {Shape.Name}{Bag.Suggest(member.Name, Shape.Names)}");
        if (Suggestion.Nearest(member.Name, Shape.Names) is { } nearest)
            _values[Shape.Find(nearest)!.Index] ??= member.Value;
    }

    private static string KindName(JsonKind kind) => kind switch
    {
        JsonKind.Null => "null",
        JsonKind.String => "a text",
        JsonKind.Number => "a number",
        JsonKind.Boolean => "true or false",
        JsonKind.Object => "an object",
        _ => "a list",
    };
}
