using System.Globalization;
using Gateway.Runtime.Commands;
using Gateway.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>
/// The power goes at every sync of the journal: what was not forced to the disk before is lost, kept, kept in part or torn,
/// and the next start must find every row it had promised. GATEWAY_POWER_LIVES makes the recorded run longer.
/// </summary>
[Collection("disk")]
public sealed class PowerCutTests(ITestOutputHelper output)
{
    private const int Sector = 512;

    private static readonly int s_lives = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_POWER_LIVES") ?? "3", CultureInfo.InvariantCulture);

    /// <summary>What happens to what was written since the last sync of its file.</summary>
    private enum Unsynced
    {
        Lost,
        Kept,
        Torn,
    }

    [Fact]
    public void At_every_sync_everything_promised_is_there()
    {
        FileOperation[] operations = Record();
        var random = new Random(7);
        int cuts = 0;
        long promised = 0;
        for (int at = 0; at < operations.Length; at++)
        {
            if (operations[at].Act == FileAct.Promise)
                promised = operations[at].Offset;
            if (operations[at].Act != FileAct.Sync)
                continue;
            // Just before the sync, when what it should force is at stake; the next one's "lost" is just after it.
            foreach (Unsynced fate in Enum.GetValues<Unsynced>())
            {
                AssertGoesOn(operations.AsSpan(0, at), fate, random, promised, $"sync {at}, unsynced {fate}");
                cuts++;
            }
        }
        Assert.True(cuts >= 100, $"{cuts} cuts");
        output.WriteLine($"{operations.Length} operations, {cuts} cuts of the power, {promised} events");
    }

    [Fact]
    public void A_journal_that_did_not_sync_would_be_noticed()
    {
        // The same run without its syncs of the log: then what was promised is gone.
        FileOperation[] operations = [.. Record().Where(one => one.Act != FileAct.Sync || one.File != "journal.db-wal")];
        long promised = operations.Where(one => one.Act == FileAct.Promise).Take(5).Last().Offset;
        int at = Array.FindIndex(operations, one => one.Act == FileAct.Promise && one.Offset == promised);
        using var folder = new TempFolder();
        Build(operations.AsSpan(0, at), Unsynced.Lost, new Random(1), folder);
        using Journal journal = Open(folder);
        Assert.True(journal.Saved.LastSequence < promised, "the layer loses nothing, so the test above proves nothing");
    }

    private static FileOperation[] Record()
    {
        using var folder = new TempFolder();
        RecordingVfs.Begin(folder.Path);
        var clock = new StationClock();
        for (int life = 0; life < s_lives; life++)
        {
            // The end of each life empties the log into the file.
            using var station = new Station(folder.Path, clock);
            for (int i = 0; i < 14; i++)
            {
                OperatorCommand? act = i % 5 == 3 ? new OperatorCommand { Verb = CommandVerb.Ack, Target = 0, User = "olga", Reason = "seen", CorrelationId = 100 * life + i + 1 } : null;
                Assert.True(station.Step(i % 4 < 2 ? 55 : 20, 50, i % 5 == 0, act));
                RecordingVfs.Promise(station.Journal!.Status.DurableSequence);
            }
        }
        return RecordingVfs.End();
    }

    private static void AssertGoesOn(ReadOnlySpan<FileOperation> done, Unsynced fate, Random random, long promised, string where)
    {
        using var folder = new TempFolder();
        Build(done, fate, random, folder);
        using (Journal journal = Open(folder))
        {
            Assert.True(journal.Saved.LastSequence >= promised, $"{where}: {journal.Saved.LastSequence} of {promised} events");
            Assert.True(journal.Status.State == StoreState.Durable, $"{where}: {journal.Status.Reason}");
        }
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
    }

    private static Journal Open(TempFolder folder) => Journal.Open(folder.Path, TinyPlant.Plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance);

    /// <summary>Makes the files as the disk holds them after the cut.</summary>
    private static void Build(ReadOnlySpan<FileOperation> done, Unsynced fate, Random random, TempFolder folder)
    {
        var files = new Dictionary<string, MemoryStream>(StringComparer.Ordinal);
        var lastSync = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < done.Length; i++)
            if (done[i].Act == FileAct.Sync)
                lastSync[done[i].File] = i;
        for (int i = 0; i < done.Length; i++)
        {
            FileOperation one = done[i];
            if (one.Act is FileAct.Sync or FileAct.Promise)
                continue;
            bool isSafe = (lastSync.TryGetValue(one.File, out int sync) && i < sync) || (one.Act == FileAct.Delete && one.Offset == 1);
            if (!isSafe && (fate == Unsynced.Lost || (fate == Unsynced.Torn && random.Next(2) == 0)))
                continue;
            Apply(files, one, tear: !isSafe && fate == Unsynced.Torn, random);
        }
        foreach (var (name, content) in files)
            // The index of the log is memory shared by processes; after a cut there is none.
            if (!name.EndsWith("-shm", StringComparison.Ordinal))
                File.WriteAllBytes(folder.File(name), content.ToArray());
    }

    private static void Apply(Dictionary<string, MemoryStream> files, in FileOperation one, bool tear, Random random)
    {
        if (one.Act == FileAct.Delete)
        {
            files.Remove(one.File);
            return;
        }
        if (!files.TryGetValue(one.File, out MemoryStream? file))
            files.Add(one.File, file = new MemoryStream());
        if (one.Act == FileAct.Truncate)
        {
            file.SetLength(one.Offset);
            return;
        }
        int from = 0, to = one.Data.Length;
        if (tear && to > Sector)
        {
            // A disk writes sectors: some of the page are the new ones, the others what they were.
            int cut = random.Next(1, (to + Sector - 1) / Sector) * Sector;
            (from, to) = random.Next(2) == 0 ? (0, cut) : (cut, to);
        }
        file.Position = one.Offset + from;
        file.Write(one.Data, from, to - from);
    }
}
