using System.Text.RegularExpressions;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Schema;

namespace Gateway.Configuration.Tests;

/// <summary>
/// What is written from the parser's tables is as committed. GATEWAY_UPDATE_EXPECTED=1 renews it in place.
/// </summary>
public sealed partial class GeneratedFileTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("GATEWAY_UPDATE_EXPECTED") == "1";

    [Fact]
    public void Schemas_are_fresh()
    {
        string folder = SiteFolder.Find("config/schema");
        IReadOnlyList<SchemaFile> schemas = SchemaExporter.Export();
        foreach (SchemaFile schema in schemas)
        {
            string path = Path.Combine(folder, schema.FileName);
            if (Update)
                File.WriteAllText(path, schema.Content);
            Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), schema.Content);
        }
        Assert.Equal(schemas.Select(schema => schema.FileName).Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Tables_of_the_documentation_are_those_of_the_parser()
    {
        Dictionary<string, string> tables = SiteFormats.All.SelectMany(SiteFormats.WithNested).ToDictionary(shape => shape.Name, FormatTable.Of);
        tables.Add("codes", FormatTable.OfCodes());
        var seen = new List<string>();
        foreach (string path in Directory.GetFiles(SiteFolder.Find("docs/formats"), "*.md"))
        {
            string text = File.ReadAllText(path).ReplaceLineEndings("\n");
            string renewed = TableMark().Replace(text, match =>
            {
                seen.Add(match.Groups[1].Value);
                return $"<!-- table {match.Groups[1].Value} -->\n\n{tables[match.Groups[1].Value]}\n<!-- end -->";
            });
            if (Update)
                File.WriteAllText(path, renewed);
            else
                Assert.Equal(renewed, text);
        }
        Assert.Equal(tables.Keys.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Examples_of_the_documentation_are_a_site_without_diagnostics()
    {
        using var site = new SiteFolder();
        foreach (string file in Directory.GetFiles(site.Path))
            File.Delete(file);
        File.Copy(Path.Combine(SiteFolder.Find("config/standards"), "gb-18918-2002.json"), Path.Combine(site.Path, "gb-18918-2002.json"));
        int examples = 0;
        foreach (string path in Directory.GetFiles(SiteFolder.Find("docs/formats"), "*.md"))
            foreach (Match match in ExampleMark().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")))
            {
                site.With(match.Groups[1].Value, match.Groups[2].Value);
                examples++;
            }
        Assert.Equal(SiteFormats.All.Count, examples);
        Assert.Equal("", site.Print(site.Load()));
    }

    [Fact]
    public void Defaults_examples_and_choices_of_the_tables_are_valid()
    {
        foreach (Shape shape in SiteFormats.All.SelectMany(SiteFormats.WithNested))
            foreach (Field field in shape.Fields)
            {
                string at = shape.Name + "." + field.Name;
                Assert.True(field.Description.EndsWith('.'), at);
                Assert.False(field.Required && field.Default.Length > 0, at);
                foreach (string value in (string[])[field.Default, field.Example])
                {
                    if (value.Length == 0)
                        continue;
                    if (field.Choices.Length > 0)
                        Assert.Contains(value, field.Choices);
                    if (field.Kind is FieldKind.Integer or FieldKind.Number)
                        Assert.InRange(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture), field.Minimum, field.Maximum);
                }
            }
    }

    [GeneratedRegex("<!-- table ([^>]+) -->\n.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex TableMark();

    [GeneratedRegex("<!-- example ([^ ]+) -->\n+```[a-z]*\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExampleMark();
}
