using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Configuration.Samples;
using Gateway.Reports;
using Gateway.Runtime.Compliance;
using Gateway.Storage;

namespace Gateway.Cli;

/// <summary>
/// <c>report</c>: the compliance report of a day or a month, from the journal of a site or from samples of a file. Exit
/// code 0, or 1 when an input is wrong.
/// </summary>
internal static class ReportVerb
{
    /// <summary>Time after the end of a period in which the gateway stores its last windows.</summary>
    private static readonly TimeSpan StoringTime = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var site = new Option<string?>("--site") { Description = "Folder of the site; with --data" };
        var data = new Option<string?>("--data") { Description = "Data folder; the gateway may be running on it" };
        var permit = new Option<string?>("--permit") { Description = "Permits, as compliance.json; with --samples, instead of --site and --data" };
        var samples = new Option<string?>("--samples") { Description = "Samples, as for evaluate" };
        var period = new Option<string>("--period") { Description = "day or month", Required = true };
        period.AcceptOnlyFromAmong("day", "month");
        var date = new Option<string>("--date") { Description = "The day, or a day or the name of the month: 2026-03-01, 2026-03", Required = true };
        var format = new Option<string>("--format") { Description = "html, csv or json", DefaultValueFactory = _ => "html" };
        format.AcceptOnlyFromAmong("html", "csv", "json");
        var revise = new Option<string?>("--revise") { Description = "Freeze a new revision for this reason; with --user" };
        var user = new Option<string?>("--user") { Description = "Who asks for the revision" };
        var command = new Command("report", "Writes the compliance report of a day or a month.") { site, data, permit, samples, period, date, format, revise, user };
        command.SetAction(parsed => Run(
            new Wanted(parsed.GetValue(site), parsed.GetValue(data), parsed.GetValue(permit), parsed.GetValue(samples), parsed.GetValue(period) == "month", parsed.GetValue(date)!, parsed.GetValue(format)!, parsed.GetValue(revise), parsed.GetValue(user)),
            TimeProvider.System.GetUtcNow()));
        return command;
    }

    /// <summary>Runs the verb at a given present; tests choose it.</summary>
    internal static int Run(Wanted wanted, DateTimeOffset now)
    {
        bool fromJournal = wanted.Site is not null && wanted.Data is not null && wanted.Permit is null && wanted.Samples is null;
        bool fromSamples = wanted.Permit is not null && wanted.Samples is not null && wanted.Site is null && wanted.Data is null;
        if (!fromJournal && !fromSamples)
            return Fail("GW6701", "give --site and --data, or --permit and --samples");
        if (!DateOnly.TryParseExact(wanted.Date, ["yyyy-MM-dd", "yyyy-MM"], CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) || (wanted.Date.Length == 7 && !wanted.IsMonth))
            return Fail("GW6701", $"--date '{wanted.Date}' is no {(wanted.IsMonth ? "month; write it like 2026-03" : "day; write it like 2026-03-01")}");
        if (wanted.Revise is not null && (fromSamples || string.IsNullOrWhiteSpace(wanted.Revise) || string.IsNullOrWhiteSpace(wanted.User)))
            return Fail("GW6701", "--revise needs a reason, --user NAME, and a report of a data folder");
        try
        {
            if ((fromJournal ? FromJournal(wanted, date, now) : FromSamples(wanted, date, now)) is not { } report)
                return 1;
            Write(report, wanted.Format);
            return 0;
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{wanted.Data}: error {e.Code}: {e.Message}");
        }
        catch (ReportArchiveException e)
        {
            Console.Error.WriteLine(e.Message);
        }
        return 1;
    }

    private static FrozenReport? FromJournal(Wanted wanted, DateOnly date, DateTimeOffset now)
    {
        if (SiteOption.Load(wanted.Site!) is not { } site)
            return null;
        (long from, long to) = ReportBuilder.PeriodOf(site.Plant.Calendar, wanted.IsMonth, date);
        ReportDocument document = new ReportBuilder(site.Plant.Calendar, from, to).Build(
            site.Plant.SiteId, wanted.IsMonth, site.Plant.ConfigurationHash, Limits(site.Plant.Permits, JournalReader.ReadWindows(wanted.Data!, from, to)), now.UtcTicks);
        var archive = new ReportArchive(wanted.Data!);
        FrozenReport? frozen = archive.Newest(document.Period, document.Date);
        if (to + StoringTime.Ticks > now.UtcTicks)
        {
            if (wanted.Revise is null)
                return new FrozenReport(document, "");
            Fail("GW6701", "the period is not over, so there is nothing to revise");
            return null;
        }
        if (wanted.Revise is not null)
            return archive.Freeze(document, frozen, frozen is null ? "" : wanted.Revise, frozen is null ? "" : wanted.User!);
        if (frozen is null)
            return archive.Freeze(document, null, "", "");
        if (JsonSerializer.Serialize(document.Limits, ReportJson.Default.LimitEntryArray) != JsonSerializer.Serialize(frozen.Document.Limits, ReportJson.Default.LimitEntryArray))
            Console.Error.WriteLine($"report: warning GW6704: journal and configuration say otherwise today than the frozen revision {frozen.Document.Revision}; --revise REASON --user NAME freezes a new one");
        return frozen;
    }

    /// <summary>Limits in the order of the configuration, then those that only the journal knows.</summary>
    private static IEnumerable<ReportedLimit> Limits(PermitLimit[] permits, IReadOnlyList<StoredWindow> windows)
    {
        ILookup<(string, string, string, string), StoredWindow> stored = windows.ToLookup(window => (window.Permit, window.Parameter, window.Statistic, window.Rule));
        HashSet<(string, string, string, string)> known = [];
        foreach (PermitLimit limit in permits)
        {
            string statistic = ComplianceNames.Of(limit.Statistic);
            var key = (limit.PermitId, limit.Parameter, statistic, limit.RuleId);
            if (known.Add(key))
                yield return new ReportedLimit(limit.PermitId, limit.Parameter, statistic, limit.RuleId, limit.Unit, limit, "", [.. stored[key].Select(one => one.Window)]);
        }
        foreach (IGrouping<(string, string, string, string), StoredWindow> group in stored)
            if (known.Add(group.Key))
                yield return new ReportedLimit(group.First().Permit, group.First().Parameter, group.First().Statistic, group.First().Rule, group.First().Unit, null, "", [.. group.Select(one => one.Window)]);
    }

    private static FrozenReport? FromSamples(Wanted wanted, DateOnly date, DateTimeOffset now)
    {
        EvaluationLoadResult result = EvaluationLoader.Load(wanted.Permit!, wanted.Samples!, now);
        foreach (Diagnostic diagnostic in result.Diagnostics)
            Console.Error.WriteLine(diagnostic);
        if (result.Input is not { } input)
            return null;
        (long from, long to) = ReportBuilder.PeriodOf(input.Calendar, wanted.IsMonth, date);
        IEnumerable<ReportedLimit> limits = JudgedLimit.Judge(input, "auto").Select(one => new ReportedLimit(
            one.Limit.PermitId, one.Limit.Parameter, ComplianceNames.Of(one.Limit.Statistic), one.Limit.RuleId, one.Limit.Unit, one.Limit, one.Parts,
            [.. one.Windows.Where(window => window.IsClosed && window.Window.To > from && window.Window.To <= to).Select(window => window.Window)])
        { CountsMissing = one.IsOnline });
        return new FrozenReport(new ReportBuilder(input.Calendar, from, to).Build(Path.GetFileName(wanted.Permit!), wanted.IsMonth, "", limits, now.UtcTicks), "");
    }

    private static void Write(FrozenReport report, string format)
    {
        var text = new StringWriter { NewLine = "\n" };
        if (format == "json")
            text.WriteLine($"{{\"sha256\": \"{report.Hash}\", \"report\": {JsonSerializer.Serialize(report.Document, ReportJson.Default.ReportDocument)}}}");
        else if (format == "csv")
            ReportCsv.Write(text, report);
        else
            ReportHtml.Write(text, report);
        Console.Out.Write(text.ToString());
    }

    private static int Fail(string code, string message)
    {
        Console.Error.WriteLine($"report: error {code}: {message}");
        return 1;
    }

    /// <summary>What the command line asks for.</summary>
    internal sealed record Wanted(string? Site, string? Data, string? Permit, string? Samples, bool IsMonth, string Date, string Format, string? Revise = null, string? User = null);
}
