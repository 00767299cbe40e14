using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Reports;

/// <summary>A frozen document and the hash of its file.</summary>
/// <param name="Document">The document.</param>
/// <param name="Hash">SHA-256 of the file, lower case hexadecimal; empty when it is not frozen.</param>
internal sealed record FrozenReport(ReportDocument Document, string Hash);

/// <summary>A frozen report cannot be used, or not be written.</summary>
internal sealed class ReportArchiveException(string code, string file, string message) : Exception($"{file}: error {code}: {message}");

/// <summary>
/// The frozen reports of a data folder: <c>reports/PERIOD-DATE-rN.json</c>, each with its line in
/// <c>reports/SHA256SUMS</c>, which <c>sha256sum -c</c> reads. A file is written once; a correction is a new revision
/// that names the hash of the one before. The gateway itself does not write here, so it may run meanwhile.
/// </summary>
internal sealed class ReportArchive(string dataFolder)
{
    private const int MaxRevisions = 1000;
    private const string Sums = "SHA256SUMS";
    private readonly string _folder = Path.Combine(dataFolder, "reports");

    /// <summary>The newest revision; null when none is frozen.</summary>
    /// <exception cref="ReportArchiveException">A file was changed, or has no hash.</exception>
    public FrozenReport? Newest(string period, string date)
    {
        FrozenReport? newest = null;
        for (int revision = 1; revision <= MaxRevisions && File.Exists(Path.Combine(_folder, NameOf(period, date, revision))); revision++)
        {
            FrozenReport next = Read(NameOf(period, date, revision));
            if (next.Document.Supersedes != (newest?.Hash ?? ""))
                throw Damaged(NameOf(period, date, revision), "it does not follow the revision before it");
            newest = next;
        }
        return newest;
    }

    /// <summary>Freezes a document as the revision after <paramref name="former"/>.</summary>
    /// <exception cref="ReportArchiveException">It cannot be written.</exception>
    public FrozenReport Freeze(ReportDocument document, FrozenReport? former, string reason, string user)
    {
        ReportDocument next = document with { Revision = (former?.Document.Revision ?? 0) + 1, Supersedes = former?.Hash ?? "", Reason = reason, User = user };
        string name = NameOf(next.Period, next.Date, next.Revision), file = Path.Combine(_folder, name);
        if (next.Revision > MaxRevisions)
            throw new ReportArchiveException("GW6702", file, $"there are {MaxRevisions} revisions already");
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(next, ReportJson.Default.ReportDocument);
        string hash = HashOf(bytes);
        try
        {
            Directory.CreateDirectory(_folder);
            string draft = file + ".tmp";
            DurableFile.Write(draft, bytes, isPrivate: false);
            // The line comes first: a file without one would look changed, a line without a file means nothing.
            using (var sums = new FileStream(Path.Combine(_folder, Sums), FileMode.Append, FileAccess.Write, FileShare.None))
            {
                sums.Write(Encoding.UTF8.GetBytes($"{hash}  {name}\n"));
                sums.Flush(flushToDisk: true);
            }
            File.Move(draft, file, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportArchiveException("GW6703", file, $"the report cannot be written ({e.Message}); free space, or correct the rights of the folder");
        }
        return new FrozenReport(next, hash);
    }

    private FrozenReport Read(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder, name));
        string hash = HashOf(bytes);
        string sums = Path.Combine(_folder, Sums);
        // A line may be there twice when writing was cut short; the last one counts.
        string? line = File.Exists(sums) ? File.ReadLines(sums).LastOrDefault(text => text.EndsWith("  " + name, StringComparison.Ordinal)) : null;
        if (line is null)
            throw Damaged(name, $"it has no line in {Sums}");
        if (!line.StartsWith(hash, StringComparison.Ordinal))
            throw Damaged(name, "it was changed after it was frozen");
        try
        {
            return new FrozenReport(JsonSerializer.Deserialize(bytes, ReportJson.Default.ReportDocument) ?? throw Damaged(name, "it is empty"), hash);
        }
        catch (JsonException e)
        {
            throw Damaged(name, $"it is no report of this program ({e.Message})");
        }
    }

    private ReportArchiveException Damaged(string name, string what) =>
        new("GW6702", Path.Combine(_folder, name), what + "; put the file back from a backup, or move it away with its later revisions and make the report anew");

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string NameOf(string period, string date, int revision) => string.Create(CultureInfo.InvariantCulture, $"{period}-{date}-r{revision}.json");
}
