using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Gateway.Cli;
using Gateway.Configuration;
using Gateway.Runtime.Compliance;
using Gateway.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests;

/// <summary>The verb report: one set of numbers in three formats, frozen once, corrected only by a new revision.</summary>
[Collection("console")]
public sealed class ReportVerbTests : IDisposable
{
    private static readonly DateTimeOffset Later = new(2026, 4, 2, 0, 0, 0, TimeSpan.FromHours(8));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-report-");
    private readonly string _site = Find("config/tangjiatuo");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Html_csv_and_json_tell_the_numbers_of_evaluate()
    {
        string permit = Path.Combine(_folder.FullName, "p<1>.json"), samples = Path.Combine(_folder.FullName, "s.csv");
        File.Copy(Path.Combine(Path.GetDirectoryName(_site)!, "standards", "gb-18918-2002.json"), Path.Combine(_folder.FullName, "gb-18918-2002.json"));
        File.WriteAllText(permit, """{ "timeZone": "Asia/Shanghai", "permits": [ { "id": "lab", "standard": "gb-18918-2002.json", "class": "1A", "parameters": [ { "parameter": "COD", "flowWeighted": false } ] } ] }""");
        File.WriteAllText(samples, "time,COD (mg/L)\n2026-02-28,99\n2026-03-01 08:00,40.25\n2026-03-01 20:00,40.5\n2026-03-07,52.5\n2026-04-01,99\n");
        ReportVerb.Wanted wanted = new(null, null, permit, samples, true, "2026-03", "json");
        JsonElement limit = Json(wanted).GetProperty("limits")[0];
        Assert.Equal((2, 1, 0, "exceeds"), (limit.GetProperty("windows").GetInt32(), limit.GetProperty("exceeds").GetInt32(), limit.GetProperty("missing").GetInt32(), limit.GetProperty("state").GetString()));
        Assert.Equal([40.375, 52.5], limit.GetProperty("listed").EnumerateArray().Select(window => window.GetProperty("value").GetDouble()));
        Assert.Equal([9.625, -2.5], limit.GetProperty("listed").EnumerateArray().Select(window => window.GetProperty("margin").GetDouble()));

        (int code, string html, _) = Run(wanted with { Format = "html" });
        Assert.Equal(0, code);
        XElement page = XDocument.Parse(html).Root!;
        string[][] rows = [.. Elements(page, "table").Single(table => (string?)table.Attribute("class") == "windows").Descendants().Where(e => e.Name.LocalName == "tr").Skip(1).Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.Equal(["2026-03-01 00:00", "2026-03-02 00:00", "40.375", "50", "9.625", "100 %, 2 of 2", "warning"], rows[0][..7]);
        Assert.Equal(["2026-03-07 00:00", "2026-03-08 00:00", "52.5", "50", "-2.5", "100 %, 1 of 1", "exceeds"], rows[1][..7]);
        Assert.Contains("dailyMean 52.5 mg/L > limit 50 mg/L (GB 18918-2002 1A, table 1, item 1)", rows[1][7], StringComparison.Ordinal);
        Assert.Contains("p<1>.json", page.Value, StringComparison.Ordinal);

        string[] lines = Run(wanted with { Format = "csv" }).Printed.Split('\n');
        Assert.Equal("# verdict: exceeds", lines[1]);
        Assert.StartsWith("lab,COD,dailyMean,mg/L,,exceeds,2,1,0,0,2026-03-07T00:00:00+08:00,2026-03-08T00:00:00+08:00,exceeds,52.5,50,-2.5,", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_frozen_once_and_a_correction_is_a_revision_with_its_reason()
    {
        PermitLimit limit = Store(1, 48.125);
        ReportVerb.Wanted wanted = new(_site, Data, null, null, false, "2026-03-01", "json");
        (int code, string first, _) = Run(wanted);
        Assert.Equal(0, code);
        string file = Path.Combine(Data, "reports", "day-2026-03-01-r1.json");
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        Assert.Equal($"{hash}  day-2026-03-01-r1.json\n", File.ReadAllText(Path.Combine(Data, "reports", "SHA256SUMS")));
        Assert.Equal(hash, JsonDocument.Parse(first).RootElement.GetProperty("sha256").GetString());
        JsonElement shown = Limit(Json(wanted), limit);
        Assert.Equal((48.125, 50 - 48.125, "warning"), (shown.GetProperty("listed")[0].GetProperty("value").GetDouble(), shown.GetProperty("listed")[0].GetProperty("margin").GetDouble(), shown.GetProperty("state").GetString()));
        Assert.DoesNotContain("NaN", first, StringComparison.Ordinal);

        // What was frozen stays as it is, byte for byte, whenever it is asked for again.
        Assert.Equal((0, first, ""), Run(wanted));
        Assert.Equal(1, Run(wanted with { Revise = "probe was fouled" }).Code);
        (code, string second, _) = Run(wanted with { Revise = "probe was fouled", User = "li" });
        Assert.Equal(0, code);
        JsonElement revised = JsonDocument.Parse(second).RootElement.GetProperty("report");
        Assert.Equal((2, "probe was fouled", "li", hash), (revised.GetProperty("revision").GetInt32(), revised.GetProperty("reason").GetString(), revised.GetProperty("user").GetString(), revised.GetProperty("supersedes").GetString()));
        Assert.Equal(second, Run(wanted).Printed);
        Assert.Contains("probe was fouled", Run(wanted with { Format = "html" }).Printed, StringComparison.Ordinal);

        File.WriteAllText(file, File.ReadAllText(file).Replace("48.125", "38.125", StringComparison.Ordinal));
        (code, _, string error) = Run(wanted);
        Assert.Equal(1, code);
        Assert.Contains("error GW6702: it was changed after it was frozen", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_that_nobody_judged_is_missing_and_never_complies()
    {
        PermitLimit limit = Store(1, 20);
        JsonElement month = Limit(Json(new(_site, Data, null, null, true, "2026-03", "json")), limit);
        Assert.Equal((1, 30, "undetermined"), (month.GetProperty("windows").GetInt32(), month.GetProperty("missing").GetInt32(), month.GetProperty("state").GetString()));
    }

    [Fact]
    public void Later_windows_are_a_warning_and_change_no_frozen_report()
    {
        Store(1, 20);
        ReportVerb.Wanted wanted = new(_site, Data, null, null, true, "2026-03", "json");
        string first = Run(wanted).Printed;
        Store(2, 60);
        (int code, string again, string error) = Run(wanted);
        Assert.Equal((0, first), (code, again));
        Assert.Contains("warning GW6704", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_day_that_is_not_over_is_not_frozen()
    {
        Store(1, 20);
        (int code, string printed, _) = Run(new(_site, Data, null, null, false, "2026-03-01", "json"), new DateTimeOffset(2026, 3, 2, 0, 1, 0, TimeSpan.FromHours(8)));
        Assert.Equal((0, ""), (code, JsonDocument.Parse(printed).RootElement.GetProperty("sha256").GetString()));
        Assert.False(Directory.Exists(Path.Combine(Data, "reports")));
    }

    [Theory]
    [InlineData("2026-02-30", false)]
    [InlineData("2026-03", false)]
    [InlineData("01.03.2026", true)]
    public void A_date_that_is_none_is_an_error(string date, bool isMonth)
    {
        (int code, string printed, string error) = Run(new(_site, Data, null, null, isMonth, date, "json"));
        Assert.Equal((1, ""), (code, printed));
        Assert.Contains("GW6701", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_journal_is_an_error() =>
        Assert.Contains("GW6406", Run(new(_site, _folder.FullName, null, null, false, "2026-03-01", "json")).Error, StringComparison.Ordinal);

    /// <summary>Stores the daily mean of COD of a day of March 2026, as the recorder does.</summary>
    private PermitLimit Store(int day, double value)
    {
        SiteConfiguration site = SiteLoader.Load(_site).Site!;
        PermitLimit limit = site.Plant.Permits.Single(one => one.Parameter == "COD" && one.Statistic == Statistic.DailyMean);
        long from = site.Plant.Calendar.StartOf(new DateOnly(2026, 3, day));
        var window = new ComplianceWindow
        {
            From = from, To = from + TimeSpan.TicksPerDay, Value = value, Minimum = 10, Maximum = 70, Limit = 50, Temperature = double.NaN, Coverage = 1, Valid = 24, Due = 24,
            State = value > 50 ? ComplianceState.Exceeds : value > 40 ? ComplianceState.Warning : ComplianceState.Complies,
            Reason = value > 50 ? ComplianceReason.AboveLimit : value > 40 ? ComplianceReason.NearLimit : ComplianceReason.None,
        };
        using Journal journal = Journal.Open(Data, site.Plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance);
        var pending = new PendingRows(16);
        pending.Add(new ClosedWindow { LimitIndex = limit.Index, IsClosed = true, Window = window, Utc = window.To, Scan = 1 });
        Assert.True(journal.TryCommit(pending, null, false));
        return limit;
    }

    private static JsonElement Limit(JsonElement document, PermitLimit limit) =>
        document.GetProperty("limits").EnumerateArray().Single(one => one.GetProperty("parameter").GetString() == limit.Parameter && one.GetProperty("statistic").GetString() == "dailyMean");

    private static JsonElement Json(ReportVerb.Wanted wanted)
    {
        (int code, string printed, string error) = Run(wanted);
        Assert.Equal((0, ""), (code, error));
        return JsonDocument.Parse(printed).RootElement.GetProperty("report");
    }

    private static IEnumerable<XElement> Elements(XElement page, string name) => page.Descendants().Where(e => e.Name.LocalName == name);

    private static (int Code, string Printed, string Error) Run(ReportVerb.Wanted wanted, DateTimeOffset? now = null)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter printed = new(CultureInfo.InvariantCulture), said = new(CultureInfo.InvariantCulture);
        try
        {
            Console.SetOut(printed);
            Console.SetError(said);
            return (ReportVerb.Run(wanted, now ?? Later), printed.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    private static string Find(string folder)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, folder)))
                return Path.Combine(at.FullName, folder);
        throw new DirectoryNotFoundException(folder);
    }
}
