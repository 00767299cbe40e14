using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage.History;
using Gateway.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>Copies of a folder that is being written to, and what may not be put back.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly HistoryTag[] s_tags = [new("COD", HistoryMode.Deadband, 0, 1000), new("FLOW", HistoryMode.Deadband, 0, 1000)];

    private readonly TempFolder _folder = new();
    private readonly TempFolder _elsewhere = new();
    private readonly StationClock _clock = new();

    private string Copy => _elsewhere.File("copy");
    private string Target => _elsewhere.File("target");

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    private HistoryStore NewHistory(string folder) => new(folder, s_tags, new HistoryOptions { MinFreeBytes = 0 }, _clock, NullLogger.Instance);

    private void Run(Station station, HistoryStore history, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            Assert.True(station.Step(i % 9 < 5 ? 55 : 20, 50, i % 11 == 0));
            Assert.True(history.TryAdd([new HistorySample { Tag = i % 2, Utc = _clock.Now.Utc, Value = i }], _clock.Now.Utc));
        }
    }

    [Fact]
    public void A_copy_of_a_running_folder_goes_on_from_the_moment_it_was_made()
    {
        File.WriteAllText(_folder.File("users.json"), "{}");
        Directory.CreateDirectory(_folder.File("reports"));
        File.WriteAllText(_folder.File("reports/day.json"), "frozen");
        long sequence;
        IReadOnlyList<StoredSample> samples;
        using (HistoryStore history = NewHistory(_folder.Path))
        using (var station = new Station(_folder.Path, _clock))
        {
            Run(station, history, 4000); // past the end of an hour: closed chunks and an open log
            (sequence, samples) = (station.Journal!.Status.DurableSequence, history.ReadSamples("COD", 0, long.MaxValue, int.MaxValue - 1).Samples);
            (int files, long bytes) = DataBackup.Write(_folder.Path, Copy);
            Assert.True(files >= 6 && bytes > 10_000, $"{files} files, {bytes} bytes");
            Run(station, history, 600);
        }
        Assert.Empty(DataBackup.Check(Copy));
        Assert.Empty(JournalCheck.Run(Copy).Faults);
        HistoryCheckResult found = HistoryCheck.Run(Copy);
        Assert.Empty(found.Faults);
        Assert.True(found.OpenSamples > 0);

        DataBackup.Restore(Copy, Target);
        Assert.Equal("frozen", File.ReadAllText(Path.Combine(Target, "reports", "day.json")));
        Assert.False(File.Exists(Path.Combine(Target, DataBackup.Sums)));
        using var again = new Station(Target, _clock);
        Assert.False(again.Journal!.Saved.WasClean); // it was running
        Assert.Equal(sequence, again.Journal.Saved.LastSequence);
        Assert.Equal(TinyPlant.Plant.Alarms.Length, again.Journal.Saved.Alarms.Length);
        using HistoryStore kept = NewHistory(Target);
        Assert.True(kept.TryAdd([], _clock.Now.Utc));
        Assert.Equal(samples.Select(one => (one.UtcMs, one.Value)), kept.ReadSamples("COD", 0, samples[^1].UtcMs, int.MaxValue - 1).Samples.Select(one => (one.UtcMs, one.Value)));
    }

    [Fact]
    public void A_log_whose_hour_is_closed_meanwhile_does_not_replace_it()
    {
        string stale;
        using (HistoryStore history = NewHistory(_folder.Path))
        using (var station = new Station(_folder.Path, _clock))
        {
            Run(station, history, 100);
            // What a copy has read of the log before its hour was closed.
            string log = Assert.Single(Directory.GetFiles(_folder.Path, "history-open-*.log"));
            stale = Path.GetFileName(log);
            File.Copy(log, _elsewhere.File(stale));
            Run(station, history, 3900);
        }
        File.Copy(_elsewhere.File(stale), _folder.File(stale), overwrite: true);
        DataBackup.Write(_folder.Path, Copy);
        Assert.False(File.Exists(Path.Combine(Copy, stale)));
        Assert.Equal(2000, HistoryReader.Samples(Copy, "COD", 0, long.MaxValue, int.MaxValue - 1).Samples.Count(one => one.Quality == 0));
    }

    [Fact]
    public void A_running_gateway_keeps_its_folder()
    {
        using var station = new Station(_folder.Path, _clock);
        station.Step(55, 50);
        DataBackup.Write(_folder.Path, Copy);
        using var other = new Station(Target, new StationClock());
        Assert.Equal("GW6403", Assert.Throws<StoreException>(() => DataBackup.Restore(Copy, Target)).Code);
    }

    [Fact]
    public void Data_is_not_overwritten()
    {
        using (var station = new Station(_folder.Path, _clock))
            station.Step(55, 50);
        DataBackup.Write(_folder.Path, Copy);
        Assert.Equal("GW6415", Assert.Throws<StoreException>(() => DataBackup.Restore(Copy, _folder.Path)).Code);
        Assert.Equal("GW6413", Assert.Throws<StoreException>(() => DataBackup.Write(_folder.Path, Copy)).Code);
        Assert.Equal("GW6406", Assert.Throws<StoreException>(() => DataBackup.Write(_elsewhere.Path, Target)).Code);
    }

    [Theory]
    [InlineData("byte", "journal.db was changed")]
    [InlineData("missing", "journal.db is missing")]
    [InlineData("foreign", "stranger.txt does not belong to the copy")]
    [InlineData("unfinished", "it is no copy, or one that was not finished")]
    [InlineData("outside", "has a line that is none")]
    public void A_copy_that_is_not_as_it_was_made_is_not_put_back(string what, string said)
    {
        using (var station = new Station(_folder.Path, _clock))
            station.Step(55, 50);
        DataBackup.Write(_folder.Path, Copy);
        string journal = Path.Combine(Copy, "journal.db"), sums = Path.Combine(Copy, DataBackup.Sums);
        switch (what)
        {
            case "byte":
                byte[] bytes = File.ReadAllBytes(journal);
                bytes[5000] ^= 1;
                File.WriteAllBytes(journal, bytes);
                break;
            case "missing":
                File.Delete(journal);
                break;
            case "foreign":
                File.WriteAllText(Path.Combine(Copy, "stranger.txt"), "");
                break;
            case "unfinished":
                File.Delete(sums);
                break;
            default:
                File.AppendAllText(sums, new string('0', 64) + "  ../escaped.txt\n");
                break;
        }
        StoreException refused = Assert.Throws<StoreException>(() => DataBackup.Restore(Copy, Target));
        Assert.Equal("GW6414", refused.Code);
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Target, "journal.db")));
    }
}
