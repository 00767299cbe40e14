using System.Globalization;

namespace Gateway.Storage.History;

/// <summary>The files of the history in a data folder.</summary>
internal static class HistoryFolder
{
    /// <summary>Hours of all years.</summary>
    public static string Hours(string folder) => Path.Combine(folder, "history-hours.db");

    /// <summary>Samples and minutes of the month of a time.</summary>
    public static string Month(string folder, long utcMs) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"history-{DateTimeOffset.FromUnixTimeMilliseconds(utcMs):yyyy-MM}.db"));

    /// <summary>The log of the open chunks with a number.</summary>
    public static string Log(string folder, long number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"history-open-{number}.log"));

    /// <summary>Logs that are there, oldest first.</summary>
    public static IEnumerable<string> Logs(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "history-open-*.log").Order(StringComparer.Ordinal) : [];

    /// <summary>Months that are there, oldest first, with the first ms of each and the first after it.</summary>
    public static IEnumerable<(string File, long FromMs, long ToMs)> Months(string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        foreach (string file in Directory.EnumerateFiles(folder, "history-????-??.db").Order(StringComparer.Ordinal))
        {
            if (!DateTimeOffset.TryParseExact(Path.GetFileName(file), "'history-'yyyy'-'MM'.db'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset month))
                continue;
            yield return (file, month.ToUnixTimeMilliseconds(), month.AddMonths(1).ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Bytes of all files.</summary>
    public static long Bytes(string folder) => Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("history-*").Sum(f => f.Length) : 0;

    /// <summary>Removes a database with what stands beside it.</summary>
    public static void Delete(string file)
    {
        foreach (string suffix in new[] { "", "-wal", "-shm" })
            File.Delete(file + suffix);
    }
}
