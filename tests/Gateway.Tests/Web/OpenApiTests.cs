using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Web;

/// <summary>The description of the API is what the program serves, and the program says what the description says.</summary>
public sealed class OpenApiTests
{
    private static async Task<JsonElement> DocumentAsync(WebRig rig) => await rig.GetAsync("/openapi/v1.json");

    [Fact]
    public async Task Every_route_is_described_and_every_description_is_a_route()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        JsonElement document = await DocumentAsync(rig);

        IEnumerable<string> described = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => m.Name.ToUpperInvariant() + " " + p.Name));
        IEnumerable<string> mapped = rig.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => m + " " + e.RoutePattern.RawText));

        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Path_parameters_are_described_and_operation_ids_are_unique()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        var ids = new HashSet<string>();
        foreach (JsonProperty path in (await DocumentAsync(rig)).GetProperty("paths").EnumerateObject())
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                Assert.True(ids.Add(operation.Value.GetProperty("operationId").GetString()!), path.Name);
                string[] declared = operation.Value.TryGetProperty("parameters", out JsonElement list)
                    ? [.. list.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "path").Select(p => "{" + p.GetProperty("name").GetString() + "}")]
                    : [];
                Assert.Equal(path.Name.Split('/').Where(s => s.StartsWith('{')), declared);
            }
    }

    [Fact]
    public async Task Every_reference_resolves_and_every_schema_is_used()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        JsonElement document = await DocumentAsync(rig);
        var references = new HashSet<string>();
        Collect(document, references);

        foreach (string reference in references)
            Assert.NotEqual(JsonValueKind.Undefined, SchemaCheck.Resolve(document, reference).ValueKind);
        // Those of the stream are named in its text, because OpenAPI 3.1 cannot describe the events of a stream.
        string[] inStream = ["Heartbeat", "TagChanges", "AlarmChanges"];
        IEnumerable<string> schemas = document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(s => s.Name);
        Assert.All(schemas.Except(inStream), s => Assert.Contains("#/components/schemas/" + s, references));
    }

    [Theory]
    [InlineData("/api/v1/site", "/api/v1/site")]
    [InlineData("/api/v1/tags", "/api/v1/tags")]
    [InlineData("/api/v1/tags/EFF_AIT_603", "/api/v1/tags/{tag}")]
    [InlineData("/api/v1/tags/EFF_NH3_LOAD", "/api/v1/tags/{tag}")]
    [InlineData("/api/v1/tags/L1_VLV3", "/api/v1/tags/{tag}")]
    [InlineData("/api/v1/tags/NOPE", "/api/v1/tags/{tag}")]
    [InlineData("/api/v1/lines", "/api/v1/lines")]
    [InlineData("/api/v1/alarms", "/api/v1/alarms")]
    [InlineData("/api/v1/compliance", "/api/v1/compliance")]
    [InlineData("/api/v1/events", "/api/v1/events")]
    [InlineData("/api/v1/events?after=x", "/api/v1/events")]
    [InlineData("/health/live", "/health/live")]
    [InlineData("/health/ready", "/health/ready")]
    public async Task Answers_have_the_described_form(string path, string described)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.004);
        rig.Ammonia(9);
        rig.Scan(TinyPlant.Valve, 0, Runtime.Tags.Quality.BadTimeout);

        var (status, body) = await rig.AnswerAsync(path);

        await AssertDescribedAsync(rig, described, "get", status, body);
    }

    [Theory]
    [InlineData("ack", 200)]
    [InlineData("reset", 409)]
    [InlineData("nothing", 404)]
    [InlineData("shelve", 400)]
    public async Task Outcomes_have_the_described_form(string act, int expected)
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(9);

        var (status, body) = await rig.PostAsync("/api/v1/alarms/AAH-603/" + act, new { user = "olga" });

        Assert.Equal(expected, (int)status);
        await AssertDescribedAsync(rig, "/api/v1/alarms/{id}/{act}", "post", status, body);
    }

    [Fact]
    public async Task Stream_events_have_the_described_form()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { StreamPeriod = TimeSpan.FromMilliseconds(20) });
        rig.Ammonia(9);
        JsonElement document = await DocumentAsync(rig);
        using SseReader stream = await SseReader.OpenAsync(rig.Http, "/api/v1/stream?after=0");
        var seen = new HashSet<string>();
        var schemas = new Dictionary<string, string> { ["heartbeat"] = "Heartbeat", ["tags"] = "TagChanges", ["alarms"] = "AlarmChanges", ["event"] = "Event" };
        while (seen.Count < schemas.Count)
        {
            SseEvent item = (await stream.NextAsync())!;
            seen.Add(item.Name);
            Assert.Empty(SchemaCheck.Faults(document, SchemaCheck.Resolve(document, "#/components/schemas/" + schemas[item.Name]), item.Data));
        }
    }

    [Fact]
    public async Task A_pending_outcome_has_the_described_form()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { OutcomeWait = TimeSpan.FromMilliseconds(1) });
        using HttpResponseMessage answer = await rig.Http.PostAsJsonAsync("/api/v1/outputs/L1_VLV3_SP", new { user = "olga", value = 5 });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await AssertDescribedAsync(rig, "/api/v1/outputs/{tag}", "post", answer.StatusCode, await WebRig.ReadAsync(answer));
    }

    [Fact]
    public void The_check_finds_what_it_should()
    {
        JsonElement document = JsonSerializer.Deserialize<JsonElement>("""{"s":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":["string","null"],"enum":["x",null]}},"required":["a"],"additionalProperties":false}}""");
        string[] Faults(string text) => [.. SchemaCheck.Faults(document, document.GetProperty("s"), JsonSerializer.Deserialize<JsonElement>(text))];

        Assert.Empty(Faults("""{"a":1,"b":null}"""));
        Assert.Single(Faults("""{"b":"x"}"""));
        Assert.Single(Faults("""{"a":1.5}"""));
        Assert.Single(Faults("""{"a":1,"c":2}"""));
        Assert.Single(Faults("""{"a":1,"b":"y"}"""));
        Assert.Single(Faults("[]"));
    }

    private static async Task AssertDescribedAsync(WebRig rig, string path, string method, HttpStatusCode status, JsonElement body)
    {
        JsonElement document = await DocumentAsync(rig);
        JsonElement answer = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty(((int)status).ToString());
        if (answer.TryGetProperty("$ref", out JsonElement reference))
            answer = SchemaCheck.Resolve(document, reference.GetString()!);
        JsonElement schema = answer.GetProperty("content").EnumerateObject().Single().Value.GetProperty("schema");
        Assert.Empty(SchemaCheck.Faults(document, schema, body));
    }

    private static void Collect(JsonElement element, HashSet<string> references)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in element.EnumerateArray())
                Collect(item, references);
        if (element.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty property in element.EnumerateObject())
            if (property.Name == "$ref")
                references.Add(property.Value.GetString()!);
            else
                Collect(property.Value, references);
    }
}
