using System.Text;
using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Tests;

/// <summary>Tables as spreadsheets write them.</summary>
public sealed class CsvTests
{
    private const string Plain = "tag,description,unit,device,address,type,rangeLow,rangeHigh\nA,\"say \"\"hi\"\", twice\",mg/L,plc-03,1,float32,0,12.5\nB,\"two\nlines\",kW,meter-1,3,float32,0,1\n";

    public static TheoryData<string, string> Dialects => new()
    {
        { "comma", Plain },
        { "byte order mark and CRLF", "\uFEFF" + Plain.Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "old line ends", Plain.Replace("\n", "\r", StringComparison.Ordinal) },
        { "semicolon", "tag;description;unit;device;address;type;rangeLow;rangeHigh\r\nA;\"say \"\"hi\"\", twice\";mg/L;plc-03;1;float32;0;12.5\r\nB;\"two\nlines\";kW;meter-1;3;float32;0;1" },
        { "tab", "tag\tdescription\tunit\tdevice\taddress\ttype\trangeLow\trangeHigh\nA\t\"say \"\"hi\"\", twice\"\tmg/L\tplc-03\t1\tfloat32\t0\t12.5\nB\t\"two\nlines\"\tkW\tmeter-1\t3\tfloat32\t0\t1\n" },
        { "separator line", "sep=;\r\ntag;description;unit;device;address;type;rangeLow;rangeHigh\r\nA;\"say \"\"hi\"\", twice\";mg/L;plc-03;1;float32;0;12.5\r\nB;\"two\nlines\";kW;meter-1;3;float32;0;1" },
        { "comments, blank lines and padding", "# tags, all of them\n\n" + Plain.Replace("\nA", "\n\"# quoted, comment\",,,,,,,\n,,,,,,,,,,\n   \n#\nA", StringComparison.Ordinal).Replace("12.5\n", "12.5,,,\n", StringComparison.Ordinal) },
        { "blanks around cells", Plain.Replace("mg/L,plc-03", " mg/L , plc-03 ", StringComparison.Ordinal).Replace(",\"say", ", \"say", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Dialects_of_spreadsheets_are_read(string name, string text)
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.Bare().With("tags.csv", text).Load();
        Assert.Equal(name + ": ", name + ": " + site.Print(result));
        TagDefinition[] tags = result.Site!.Plant.Tags;
        Assert.Equal(["A", "B"], tags.Select(tag => tag.Name));
        Assert.Equal("say \"hi\", twice", tags[0].Description);
        Assert.Equal("two\nlines", tags[1].Description.ReplaceLineEndings("\n"));
        Assert.Equal(("mg/L", 12.5), (tags[0].Unit, tags[0].RangeHigh));
    }

    [Fact]
    public void The_place_in_a_quoted_cell_is_exact()
    {
        using var site = new SiteFolder();
        // The expression begins in line 3 behind a cell of two lines; its error stands in its second line.
        SiteLoadResult result = site.Bare().With("tags.csv", "tag,description,unit,device,address,type,expression\nA,,kW,plc-03,1,float32,\nB,\"x \"\"y\"\"\nz\",kW,,,,\"A +\n  A + Q\"\nM,,kW,meter-1,1,float32,\n").Load();
        Assert.Equal("tags.csv(5,7): error GW2120: tag 'Q' is not defined\n", site.Print(result).Replace("; there are 'A', 'B', 'M'", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_of_a_byte_order_of_the_other_kind_is_refused_with_the_cure()
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.With("tags.csv", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("tag;unit\r\n")]).Load();
        Assert.Contains("tags.csv(1,1): error GW1005: the file is UTF-16 text; save it as UTF-8", site.Print(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_count_characters_not_bytes()
    {
        using var site = new SiteFolder();
        SiteLoadResult result = site.Bare().With("tags.csv", "tag,description,device,address,type\nA,氨氮测量,plc-03,x,float32\nM,,meter-1,1,float32\n").Load();
        Assert.StartsWith("tags.csv(2,15): error GW1302", site.Print(result), StringComparison.Ordinal);
    }
}
