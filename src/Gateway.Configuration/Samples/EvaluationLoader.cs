using Gateway.Configuration.Compliance;
using Gateway.Configuration.Csv;
using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Json;
using Gateway.Configuration.Site;
using Gateway.Configuration.Tags;
using Gateway.Configuration.Text;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Tags;

namespace Gateway.Configuration.Samples;

/// <summary>
/// Turns a permit file (as compliance.json) and a table of samples into an <see cref="EvaluationInput"/>, or into all
/// that is wrong with them. No site is needed. Each call stands alone, so any thread may make one.
/// </summary>
public static class EvaluationLoader
{
    private const int MaxBytes = 512 << 20;
    private const int MaxRows = 5_000_000;

    /// <summary>Loads permits and samples.</summary>
    /// <param name="permitFile">File like compliance.json; standards are found relative to its folder.</param>
    /// <param name="sampleFile">Table of samples, long or wide.</param>
    /// <param name="now">The present: later samples are reported.</param>
    public static EvaluationLoadResult Load(string permitFile, string sampleFile, DateTimeOffset now)
    {
        var bag = new DiagnosticBag();
        JsonFieldReader? permits = ReadJson(permitFile, bag);
        CsvTable? table = SourceText.Read(sampleFile, sampleFile, MaxBytes, bag, out _) is { } text ? CsvTableReader.Read(text, bag, MaxRows) : null;
        if (permits is null || table is null)
            return new EvaluationLoadResult(null, bag.ToList());
        SiteCalendar? calendar = null;
        if (permits.Has(ComplianceShapes.TimeZone) && (calendar = CalendarText.Parse(permits.Text(ComplianceShapes.TimeZone), out string problem)) is null)
            permits.Fail(DiagnosticCodes.TimeZone, ComplianceShapes.TimeZone, problem);
        SampleTable samples = SampleTable.Read(table, calendar, now.UtcTicks, bag);
        var tags = new TagSet { IsOpen = true };
        foreach (SampleTable.Draft draft in samples.Series)
            tags.Open(draft.Name, draft.Unit);
        string folder = Path.GetDirectoryName(Path.GetFullPath(permitFile))!;
        List<PermitLimit> limits = ComplianceReader.Read(permits, tags, Standard);
        ReportUnused(limits, samples, table, tags, bag);
        IReadOnlyList<Diagnostic> diagnostics = bag.ToList();
        if (bag.ErrorCount > 0)
            return new EvaluationLoadResult(null, diagnostics);
        return new EvaluationLoadResult(new EvaluationInput
        {
            Limits = [.. limits],
            Series = [.. tags.Definitions.Select(tag => Make(tag, tags, samples))],
            Calendar = samples.Calendar,
            TimeZone = calendar is null ? samples.FirstOffset : permits.Text(ComplianceShapes.TimeZone),
        }, diagnostics);

        StandardFile? Standard(string path)
        {
            string full = Path.Combine(folder, path);
            return SourceText.Read(full, full, 4 << 20, bag, out _) is { } source ? StandardFile.Read(source, bag) : null;
        }
    }

    private static JsonFieldReader? ReadJson(string file, DiagnosticBag bag) =>
        SourceText.Read(file, file, 4 << 20, bag, out _) is { } source && JsonTreeReader.Read(source, bag) is { } node ? JsonFieldReader.Root(ComplianceShapes.Root, source, node, bag) : null;

    /// <summary>A series as read, or in the unit that a limit asks for.</summary>
    private static SampleSeries Make(TagDefinition tag, TagSet tags, SampleTable samples)
    {
        (int source, double factor) = tags.SourceOf(tag.Index);
        SampleTable.Draft? draft = samples.Series.Find(series => series.Name == tags.Definitions[source].Name);
        IReadOnlyList<LaboratorySample> list = draft?.Samples ?? [];
        return new SampleSeries { Name = tag.Name, Unit = tag.Unit, Samples = factor == 1 ? list : [.. list.Select(sample => sample with { Value = sample.Value * factor })] };
    }

    private static void ReportUnused(List<PermitLimit> limits, SampleTable samples, CsvTable table, TagSet tags, DiagnosticBag bag)
    {
        if (bag.ErrorCount > 0)
            return;
        HashSet<int> used = [];
        foreach (PermitLimit limit in limits)
            foreach (int tag in (int[])[limit.ValueTag, limit.FlowTag, limit.TemperatureTag, limit.InfluentTag, limit.InfluentFlowTag])
                if (tag >= 0)
                    used.Add(tags.SourceOf(tag).Source);
        for (int i = 0; i < samples.Series.Count; i++)
            if (!used.Contains(i))
                bag.Report(DiagnosticCodes.SampleUnused, table.HeaderAt(0), $"no permit judges '{FieldReader.Short(samples.Series[i].Name)}'");
    }
}
