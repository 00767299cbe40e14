using System.Text.Json;

namespace Gateway.Tests.Web;

/// <summary>The part of JSON Schema that our OpenAPI document uses.</summary>
internal static class SchemaCheck
{
    public static JsonElement Resolve(JsonElement document, string reference)
    {
        JsonElement at = document;
        foreach (string step in reference.Split('/').Skip(1))
            at = at.GetProperty(step);
        return at;
    }

    /// <summary>Where <paramref name="value"/> is not as the schema says.</summary>
    public static IEnumerable<string> Faults(JsonElement document, JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            return Faults(document, Resolve(document, reference.GetString()!), value, at);
        if (schema.TryGetProperty("oneOf", out JsonElement choices))
            return choices.EnumerateArray().Count(c => !Faults(document, c, value, at).Any()) == 1 ? [] : [$"{at}: fits not exactly one choice"];
        var faults = new List<string>();
        if (!HasType(schema.GetProperty("type"), value))
            faults.Add($"{at}: {value.ValueKind} is not {schema.GetProperty("type")}");
        else if (schema.TryGetProperty("enum", out JsonElement values) && !values.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)))
            faults.Add($"{at}: {value} is none of {values}");
        else if (schema.TryGetProperty("format", out _) && value.ValueKind == JsonValueKind.String && !value.TryGetDateTimeOffset(out _))
            faults.Add($"{at}: {value} is no time");
        else if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out JsonElement properties))
            faults.AddRange(ObjectFaults(document, schema, properties, value, at));
        else if (value.ValueKind == JsonValueKind.Array)
            faults.AddRange(value.EnumerateArray().SelectMany((item, i) => Faults(document, schema.GetProperty("items"), item, $"{at}[{i}]")));
        return faults;
    }

    private static IEnumerable<string> ObjectFaults(JsonElement document, JsonElement schema, JsonElement properties, JsonElement value, string at)
    {
        foreach (JsonElement name in schema.GetProperty("required").EnumerateArray())
            if (!value.TryGetProperty(name.GetString()!, out _))
                yield return $"{at}.{name}: missing";
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (!properties.TryGetProperty(member.Name, out JsonElement of))
                yield return $"{at}.{member.Name}: not described";
            else
                foreach (string fault in Faults(document, of, member.Value, $"{at}.{member.Name}"))
                    yield return fault;
        }
    }

    private static bool HasType(JsonElement type, JsonElement value)
    {
        if (type.ValueKind == JsonValueKind.Array)
            return type.EnumerateArray().Any(t => HasType(t, value));
        return type.GetString() switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "null" => value.ValueKind == JsonValueKind.Null,
            "array" => value.ValueKind == JsonValueKind.Array,
            _ => value.ValueKind == JsonValueKind.Object,
        };
    }
}
