using System.Text;
using System.Text.Unicode;
using Gateway.Configuration.Diagnostics;

namespace Gateway.Configuration.Text;

/// <summary>The text of one configuration file with its line starts. Immutable.</summary>
internal sealed class SourceText
{
    private readonly int[] _lineStarts;

    /// <summary>Wraps a text; <paramref name="path"/> is printed in diagnostics.</summary>
    public SourceText(string path, string text)
    {
        Path = path;
        Text = text;
        _lineStarts = LineStarts(text);
    }

    /// <summary>Path as it is printed.</summary>
    public string Path { get; }

    /// <summary>The characters, without a byte order mark.</summary>
    public string Text { get; }

    /// <summary>Line and column of a character.</summary>
    public Location At(int offset)
    {
        int line = Array.BinarySearch(_lineStarts, Math.Min(offset, Text.Length));
        if (line < 0)
            line = ~line - 1;
        return new Location(Path, line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>
    /// Reads a file. Whatever the file holds, the answer is a text or null with a diagnostic.
    /// </summary>
    /// <param name="fullPath">Where the file is.</param>
    /// <param name="path">How it is printed.</param>
    /// <param name="limitBytes">Largest size accepted.</param>
    /// <param name="bag">Where problems go.</param>
    /// <param name="bytes">The bytes as read, for the configuration's hash.</param>
    public static SourceText? Read(string fullPath, string path, int limitBytes, DiagnosticBag bag, out byte[] bytes)
    {
        bytes = [];
        try
        {
            // A device or pipe has no length: reading stops at the limit whatever the length said.
            using FileStream stream = new(fullPath, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (ReadAll(stream, limitBytes) is not { } content)
            {
                bag.Report(DiagnosticCodes.FileTooLarge, Location.Of(path), $"the file is larger than {limitBytes} bytes; remove what does not belong there");
                return null;
            }
            bytes = content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            bag.Report(DiagnosticCodes.FileMissing, Location.Of(path), "the file does not exist; create it or correct the path");
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            bag.Report(DiagnosticCodes.FileUnreadable, Location.Of(path), "the file cannot be read, because access is denied or a folder has its name; check its access rights");
            return null;
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException or System.Security.SecurityException)
        {
            bag.Report(DiagnosticCodes.FileUnreadable, Location.Of(path), $"the file cannot be read ({e.Message}); check its name and its access rights");
            return null;
        }
        return Decode(path, bytes, bag);
    }

    /// <summary>Bytes to text, or null with a diagnostic when they are not UTF-8.</summary>
    public static SourceText? Decode(string path, byte[] bytes, DiagnosticBag bag)
    {
        ReadOnlySpan<byte> span = bytes;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            bag.Report(DiagnosticCodes.NotUtf8, new Location(path, 1, 1), "the file is UTF-16 text; save it as UTF-8 (in a spreadsheet: 'CSV UTF-8')");
            return null;
        }
        if (span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            span = span[3..];
        int zero = span.IndexOf((byte)0);
        if (zero >= 0)
        {
            bag.Report(DiagnosticCodes.Binary, PlaceOf(path, span, zero), "the file holds zero bytes, so it is not text; export it as UTF-8 text");
            return null;
        }
        if (!Utf8.IsValid(span))
        {
            int bad = FirstInvalid(span);
            bag.Report(DiagnosticCodes.NotUtf8, PlaceOf(path, span, bad),
                $"byte 0x{span[bad]:X2} is not UTF-8; save the file as UTF-8 (in a spreadsheet: 'CSV UTF-8'), not in a national code page");
            return null;
        }
        return new SourceText(path, Encoding.UTF8.GetString(span));
    }

    private static byte[]? ReadAll(Stream stream, int limitBytes)
    {
        // A length that is known saves growing; a wrong one only costs memory up to the limit.
        using var content = new MemoryStream(stream.CanSeek ? (int)Math.Min(stream.Length, limitBytes) : 0);
        byte[] buffer = new byte[65_536];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (content.Length + read > limitBytes)
                return null;
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
            at += length;
        return Math.Min(at, bytes.Length - 1);
    }

    private static Location PlaceOf(string path, ReadOnlySpan<byte> bytes, int at)
    {
        int line = bytes[..at].Count((byte)'\n') + 1;
        int start = bytes[..at].LastIndexOf((byte)'\n') + 1;
        return new Location(path, line, Encoding.UTF8.GetCharCount(bytes[start..at]) + 1);
    }

    private static int[] LineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; text.AsSpan(i).IndexOfAny('\n', '\r') is >= 0 and var found; i++)
        {
            i += found;
            // CRLF, LF and a lone CR (old spreadsheets) each end a line.
            if (text[i] == '\n' || i + 1 == text.Length || text[i + 1] != '\n')
                starts.Add(i + 1);
        }
        return [.. starts];
    }
}
