using System.Globalization;
using Sylvan.Data.Csv;

namespace Gateway.Replay;

/// <summary>What the recorded files have in common: opening, columns and times.</summary>
internal static class ReplayCsv
{
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
    ];

    public static CsvDataReader Open(string file)
    {
        try
        {
            return CsvDataReader.Create(file, new CsvDataReaderOptions { HasHeaders = true, BufferSize = 1 << 16, MaxBufferSize = 1 << 20 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            throw new ReplayInputException(file, 1, e.Message);
        }
    }

    public static int Column(CsvDataReader reader, string file, string name, bool required)
    {
        for (int i = 0; i < reader.FieldCount; i++)
            if (string.Equals(reader.GetName(i).Trim('\uFEFF', ' '), name, StringComparison.Ordinal))
                return i;
        return required ? throw new ReplayInputException(file, 1, $"column '{name}' is missing in the header") : -1;
    }

    /// <summary>UTC ticks of an ISO 8601 time; null when it cannot be read or has no offset.</summary>
    public static long? Time(string text)
    {
        // A time without an offset would silently be local or UTC: it is refused.
        bool hasOffset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        return hasOffset && DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time) ? time.UtcTicks : null;
    }
}
