using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Runtime;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;

namespace Gateway.Replay;

/// <summary>Writes the output folder of a replay and hashes what it writes. One thread.</summary>
internal sealed class ReplayOutput : IDisposable
{
    private readonly PlantModel _plant;
    private readonly string _folder;
    private readonly HashedFile _events;
    private readonly HashedFile _tags;
    private readonly HashedFile _compliance;
    private readonly MemoryStream _line = new();
    private readonly Utf8JsonWriter _json;
    private readonly uint[] _versions;
    private readonly long[] _counts = new long[Enum.GetValues<EventKind>().Length];

    public ReplayOutput(string folder, PlantModel plant)
    {
        Directory.CreateDirectory(folder);
        _folder = folder;
        _plant = plant;
        _events = new HashedFile(Path.Combine(folder, "events.jsonl"));
        _tags = new HashedFile(Path.Combine(folder, "tags.csv"));
        _compliance = new HashedFile(Path.Combine(folder, "compliance.jsonl"));
        _json = new Utf8JsonWriter(_line);
        _versions = new uint[plant.Tags.Length];
        _tags.Write("time,tag,value,quality\n"u8);
    }

    public void Add(in ScanEvent item)
    {
        _counts[(int)item.Kind]++;
        StartLine();
        EventJson.Write(_json, in item, _plant);
        EndLine(_events);
    }

    /// <summary>Writes the tags that changed since the last call; versions start at 0 again after a restart.</summary>
    public void AddChanges(TagTable table, long utc)
    {
        ReadOnlySpan<TagValue> values = table.Values;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Version == _versions[i])
                continue;
            _versions[i] = values[i].Version;
            AddRow(utc, _plant.Tags[i].Name, values[i].Value, values[i].Quality);
        }
    }

    public void AddRow(long utc, string name, double value, Quality quality)
    {
        string number = double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";
        _tags.Write(Encoding.UTF8.GetBytes($"{EventJson.FormatTime(utc)},{name},{number},{quality}\n"));
    }

    public void ForgetVersions() => Array.Clear(_versions);

    public void Add(in ClosedWindow item)
    {
        PermitLimit limit = _plant.Permits[item.LimitIndex];
        StartLine();
        _json.WriteStartObject();
        ComplianceJson.WriteMembers(_json, limit, item.Window, item.IsClosed);
        _json.WriteEndObject();
        EndLine(_compliance);
    }

    /// <summary>Closes the files and writes summary.json.</summary>
    /// <returns>The hash over events, tags and compliance windows.</returns>
    public string Finish(long scans, long from, long to, long rows, long ignored)
    {
        string hash = Hash();
        using FileStream file = File.Create(Path.Combine(_folder, "summary.json"));
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("site", _plant.SiteId);
        json.WriteString("from", EventJson.FormatTime(from));
        json.WriteString("to", EventJson.FormatTime(to));
        json.WriteNumber("scans", scans);
        json.WriteNumber("rows", rows);
        json.WriteNumber("ignoredRows", ignored);
        json.WriteStartObject("events");
        foreach (EventKind kind in Enum.GetValues<EventKind>())
            json.WriteNumber(EventJson.KindOf(kind), _counts[(int)kind]);
        json.WriteEndObject();
        json.WriteString("hash", hash);
        json.WriteEndObject();
        json.Flush();
        file.WriteByte((byte)'\n');
        return hash;
    }

    public void Dispose()
    {
        _events.Dispose();
        _tags.Dispose();
        _compliance.Dispose();
        _json.Dispose();
        _line.Dispose();
    }

    private string Hash()
    {
        byte[] all = [.. _events.Close(), .. _tags.Close(), .. _compliance.Close()];
        return Convert.ToHexStringLower(SHA256.HashData(all));
    }

    private void StartLine()
    {
        _line.SetLength(0);
        _json.Reset();
    }

    private void EndLine(HashedFile file)
    {
        _json.Flush();
        _line.WriteByte((byte)'\n');
        file.Write(_line.GetBuffer().AsSpan(0, (int)_line.Length));
    }

    /// <summary>A file that is hashed while it is written.</summary>
    private sealed class HashedFile(string path) : IDisposable
    {
        private readonly FileStream _stream = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public void Write(ReadOnlySpan<byte> bytes)
        {
            _stream.Write(bytes);
            _hash.AppendData(bytes);
        }

        public byte[] Close()
        {
            _stream.Dispose();
            return _hash.GetHashAndReset();
        }

        public void Dispose()
        {
            _stream.Dispose();
            _hash.Dispose();
        }
    }
}
