using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Web;

/// <summary>The page comes out of the program alone and asks nobody else.</summary>
public sealed partial class PageTests
{
    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/app.js", "text/javascript")]
    [InlineData("/app.css", "text/css")]
    [InlineData("/icon.svg", "image/svg+xml")]
    public async Task Files_are_served_and_kept_by_their_tag(string path, string type)
    {
        await using WebRig rig = await WebRig.ColdAsync();

        using HttpResponseMessage answer = await rig.Http.GetAsync(path);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using HttpResponseMessage kept = await rig.Http.SendAsync(again);

        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Content.Headers.ContentLength > 100);
        Assert.Equal(HttpStatusCode.NotModified, kept.StatusCode);
    }

    [Fact]
    public async Task The_page_needs_nothing_from_outside_and_nothing_inline()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        string page = await rig.Http.GetStringAsync("/"), script = await rig.Http.GetStringAsync("/app.js"), style = await rig.Http.GetStringAsync("/app.css");

        Assert.DoesNotContain("://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("://", script, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", script, StringComparison.Ordinal);
        Assert.DoesNotMatch(InlineCode(), page);
        foreach (Match asked in Reference().Matches(page))
            using (HttpResponseMessage answer = await rig.Http.GetAsync("/" + asked.Groups[1].Value))
                Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable });
    }

    [Fact]
    public async Task The_script_asks_only_for_what_the_program_has_and_shows_only_what_the_page_has()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        string page = await rig.Http.GetStringAsync("/"), script = await rig.Http.GetStringAsync("/app.js");

        string[] paths = [.. ApiPath().Matches(script).Select(m => m.Groups[1].Value).Distinct()];
        Assert.Contains("api/v1/tags", paths);
        foreach (string path in paths.Where(p => !p.EndsWith('/')))
            using (HttpResponseMessage answer = await rig.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead))
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        foreach (Match used in ElementId().Matches(script))
            Assert.Contains($"id=\"{used.Groups[1].Value}\"", page, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"<script(?! src=)|<style|\son\w+=|style=")]
    private static partial Regex InlineCode();

    [GeneratedRegex("(?:href|src)=\"([^#\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("\"(api/v1/[a-z/]+)")]
    private static partial Regex ApiPath();

    [GeneratedRegex("\\$\\(\"([a-z-]+)\"\\)")]
    private static partial Regex ElementId();
}
