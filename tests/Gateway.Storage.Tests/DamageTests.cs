using System.Text;
using Gateway.Runtime.Commands;
using Gateway.Runtime.Events;
using Gateway.Storage.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Tests;

/// <summary>Files that are torn, cut, changed, held or of somebody else.</summary>
public sealed class DamageTests
{
    private static readonly OperatorCommand s_ack = new() { Verb = CommandVerb.Ack, Target = 0, User = "olga-acknowledges", Reason = "seen-in-the-field", CorrelationId = 7 };

    /// <summary>Alarms, an acknowledgment, quality and windows; the sequence number after each commit.</summary>
    private static List<long> Fill(Station station)
    {
        var commits = new List<long>();
        for (int i = 0; i < 70; i++)
        {
            Assert.True(station.Step(i % 9 < 5 ? 55 : 20, 50, i % 11 == 0, i % 9 == 3 ? s_ack : null));
            commits.Add(station.Journal!.Status.DurableSequence);
        }
        return commits;
    }

    private static int Execute(TempFolder folder, string sql)
    {
        using SqliteConnection connection = SqliteVersion.Open(folder.File("journal.db"), SqliteOpenMode.ReadWriteCreate);
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }

    [Fact]
    public void A_log_cut_anywhere_gives_a_state_that_once_was()
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        using var station = new Station(folder.Path, clock);
        List<long> commits = Fill(station);
        var random = new Random(5);
        var seen = new HashSet<long>();
        for (int i = 0; i < 60; i++)
        {
            using TempFolder copy = folder.CopyJournal();
            using (FileStream log = File.OpenWrite(copy.File("journal.db-wal")))
            {
                long at = random.NextInt64(log.Length + 1);
                if (i % 2 == 0)
                {
                    log.SetLength(at);
                }
                else
                {
                    // A torn page: the rest of the sector is whatever was there.
                    log.Position = at;
                    log.Write(new byte[Math.Min(512, log.Length - at)]);
                }
            }
            long last;
            using (var opened = new Station(copy.Path, clock))
            {
                Assert.Null(opened.Journal!.Status.Reason);
                last = opened.Journal.Saved.LastSequence;
            }
            Assert.True(last == 0 || commits.Contains(last), $"{last} is in the middle of a commit");
            Assert.Empty(JournalCheck.Run(copy.Path).Faults);
            seen.Add(last);
        }
        Assert.True(seen.Count > 20);
    }

    /// <summary>Everything a reader can see, but the two facts that are not proof of anything: how the last run ended and when.</summary>
    private static string Dump(TempFolder folder)
    {
        var text = new StringBuilder();
        try
        {
            using SqliteConnection connection = SqliteVersion.Open(folder.File("journal.db"), SqliteOpenMode.ReadOnly);
            foreach (string table in new[] { "event", "quality", "audit", "window", "alarm", "saved", "chain" })
            {
                using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The tables above.
                command.CommandText = "SELECT * FROM " + table + " ORDER BY 1";
#pragma warning restore CA2100
                using SqliteDataReader row = command.ExecuteReader();
                while (row.Read())
                    for (int i = 0; i < row.FieldCount; i++)
                        text.Append(row.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : row.GetValue(i)).Append('|');
            }
        }
        catch (SqliteException e)
        {
            text.Append(e.SqliteErrorCode);
        }
        return text.ToString();
    }

    [Fact]
    public void A_changed_byte_is_found_whenever_a_reader_could_see_it()
    {
        using var folder = new TempFolder();
        using (var station = new Station(folder.Path, new StationClock()))
            Fill(station);
        string whole = Dump(folder);
        byte[] file = File.ReadAllBytes(folder.File("journal.db"));
        var random = new Random(3);
        int seen = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] changed = [.. file];
            int at = random.Next(file.Length);
            changed[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder.File("journal.db"), changed);
            // Unused parts of pages may hold anything: there a change changes nothing.
            if (Dump(folder) == whole)
                continue;
            seen++;
            Assert.True(IsFound(folder), $"byte {at} was changed and not found");
        }
        Assert.True(seen > 50, $"only {seen} changes could be seen");
    }

    private static bool IsFound(TempFolder folder)
    {
        try
        {
            return JournalCheck.Run(folder.Path).Faults.Count > 0;
        }
        catch (StoreException)
        {
            return true;
        }
    }

    [Theory]
    [InlineData("DELETE FROM event WHERE sequence = (SELECT sequence FROM event ORDER BY sequence DESC LIMIT 1 OFFSET 5)", "changed")]
    [InlineData("DELETE FROM event WHERE sequence > (SELECT max(sequence) FROM event) - 3", "was written")]
    [InlineData("DELETE FROM audit WHERE number = 3", "missing")]
    [InlineData("UPDATE event SET value = value + 1 WHERE sequence = (SELECT max(sequence) FROM event WHERE value IS NOT NULL)", "changed")]
    [InlineData("UPDATE audit SET user = 'somebody' WHERE number = 4", "audit 4")]
    [InlineData("UPDATE window SET state = 'complies' WHERE number = 1", "window 1")]
    [InlineData("UPDATE quality SET quality = 1 WHERE sequence = (SELECT min(sequence) FROM quality)", "quality")]
    [InlineData("UPDATE alarm SET body = zeroblob(length(body)) WHERE id = 'COD_H'", "COD_H")]
    [InlineData("UPDATE saved SET body = zeroblob(length(body))", "saved compliance")]
    public void A_row_that_was_changed_or_removed_is_found(string sql, string expected)
    {
        using var folder = new TempFolder();
        using (var station = new Station(folder.Path, new StationClock()))
            Fill(station);
        Assert.NotEqual(0, Execute(folder, sql));
        Assert.Contains(JournalCheck.Run(folder.Path).Faults, f => f.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8192)]
    public void A_damaged_journal_is_set_aside_and_said(int keep)
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        using (var station = new Station(folder.Path, clock))
            Fill(station);
        byte[] file = File.ReadAllBytes(folder.File("journal.db"));
        byte[] noise = new byte[file.Length - keep];
        new Random(1).NextBytes(noise);
        noise.CopyTo(file, keep);
        File.WriteAllBytes(folder.File("journal.db"), file);

        using var again = new Station(folder.Path, clock);

        Assert.Equal(StoreState.Degraded, again.Journal!.Status.State);
        Assert.Contains("set aside as journal-damaged-", again.Journal.Status.Reason, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path, "journal-damaged-*.db"));
        Assert.True(again.Step(60, 50));
        Assert.NotEqual(0, again.Journal.Status.DurableSequence);
    }

    [Fact]
    public void A_foreign_file_and_a_newer_format_are_refused()
    {
        using var folder = new TempFolder();
        Execute(folder, "CREATE TABLE theirs (x)");
        Assert.Equal("GW6405", Assert.Throws<StoreException>(() => new Station(folder.Path, new StationClock())).Code);
        File.Delete(folder.File("journal.db"));
        using (var station = new Station(folder.Path, new StationClock()))
            station.Step(60, 50);
        Execute(folder, "PRAGMA user_version = 99");
        Assert.Contains("format 99", Assert.Throws<StoreException>(() => new Station(folder.Path, new StationClock())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_use_or_impossible_is_refused_with_the_reason()
    {
        using var folder = new TempFolder();
        using var station = new Station(folder.Path, new StationClock());
        Assert.Equal("GW6403", Assert.Throws<StoreException>(() => new Station(folder.Path, new StationClock())).Code);
        // A file in the place of the folder stops every user, the administrator too.
        File.WriteAllText(folder.File("file"), "");
        Assert.Equal("GW6401", Assert.Throws<StoreException>(() => new Station(folder.File("file"), new StationClock())).Code);
    }

    [Fact]
    public void While_the_store_fails_events_wait_and_nothing_is_lost_or_twice()
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        using var station = new Station(folder.Path, clock);
        Assert.True(station.Step(30, 50));
        long durable = station.Journal!.Status.DurableSequence;
        using (SqliteConnection other = SqliteVersion.Open(folder.File("journal.db"), SqliteOpenMode.ReadWrite))
        {
            using SqliteTransaction held = other.BeginTransaction(deferred: false);
            Assert.False(station.Step(60, 50));
            Assert.Equal(StoreState.Failed, station.Journal.Status.State);
            Assert.NotNull(station.Journal.Status.Reason);
            Assert.Equal(durable, station.Journal.Status.DurableSequence);
            Assert.False(station.Step(60, 50, command: s_ack));
            Assert.True(station.Journal.Status.LagAt(clock.Now.Utc) >= 1);
        }
        clock.Pass(20);
        Assert.True(station.Step(60, 50));
        Assert.Equal(StoreState.Durable, station.Journal.Status.State);
        Assert.Equal(0, station.Journal.Status.LagAt(clock.Now.Utc));
        IReadOnlyList<JournalRow> rows = JournalReader.ReadAfter(folder.Path, 0, long.MaxValue, 1000);
        Assert.Equal(station.Told.Select(e => (e.Sequence, e.Kind, e.Code, e.User)), rows.Select(r => (r.Item.Sequence, r.Item.Kind, r.Item.Code, r.Item.User)));
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
    }

    [Fact]
    public void Events_that_find_no_room_while_the_store_fails_are_counted_and_accounted_for()
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        using var station = new Station(folder.Path, clock, options: new JournalOptions { ReserveBytes = 0, MaxWaiting = 4 });
        station.Step(30, 50);
        using (SqliteConnection other = SqliteVersion.Open(folder.File("journal.db"), SqliteOpenMode.ReadWrite))
        {
            using SqliteTransaction held = other.BeginTransaction(deferred: false);
            for (int i = 0; i < 10; i++)
                Assert.False(station.Step(i % 2 == 0 ? 60 : 20, 50));
        }
        clock.Pass(20);
        Assert.True(station.Step(20, 50));
        Assert.True(station.Journal!.Status.NotStored > 0);
        using SqliteConnection read = SqliteVersion.Open(folder.File("journal.db"), SqliteOpenMode.ReadOnly);
        using SqliteCommand command = read.CreateCommand();
        command.CommandText = "SELECT argument FROM audit WHERE act = 'notStored'";
        Assert.Equal((double)station.Journal.Status.NotStored, command.ExecuteScalar());
    }

    [Fact]
    public void A_full_file_frees_the_reserve_and_goes_on()
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        using var station = new Station(folder.Path, clock, options: new JournalOptions { ReserveBytes = 64 * 1024 });
        station.Step(30, 50);
        Assert.True(File.Exists(folder.File("reserve.bin")));
        station.Journal!.Writer!.Sqlite.Execute("PRAGMA max_page_count = 1");
        for (int i = 0; i < 60; i++)
            Assert.True(station.Step(i % 2 == 0 ? 60 : 20, 50));
        Assert.False(File.Exists(folder.File("reserve.bin")));
        Assert.Equal(StoreState.Degraded, station.Journal.Status.State);
        station.Journal.Trim();
        Assert.True(File.Exists(folder.File("reserve.bin")));
        Assert.Equal(StoreState.Durable, station.Journal.Status.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Retention_removes_from_the_front_and_the_chain_still_holds(bool byAge)
    {
        using var folder = new TempFolder();
        var clock = new StationClock();
        JournalOptions options = new() { ReserveBytes = 0, MaxBytes = byAge ? long.MaxValue : 110_000, TrimRows = 50, KeepFor = byAge ? TimeSpan.FromSeconds(300) : TimeSpan.FromDays(400), KeepQualityFor = TimeSpan.FromSeconds(300) };
        using var station = new Station(folder.Path, clock, options: options);
        for (int i = 0; i < 900; i++)
            station.Step(i % 9 < 5 ? 55 : 20, 50, i % 11 == 0, i % 9 == 3 ? s_ack : null);
        for (int i = 0; i < 50 && station.Journal!.Trim(); i++)
            station.Step(30, 50);
        IReadOnlyList<JournalRow> rows = JournalReader.ReadNewest(folder.Path, 1000);

        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
        Assert.Equal(station.Told[^1].Sequence, rows[^1].Item.Sequence);
        Assert.True(JournalReader.ReadAfter(folder.Path, 0, long.MaxValue, 1)[0].Item.Sequence > 100);
        if (byAge)
            Assert.All(rows.Where(r => r.Item.Kind != EventKind.Quality), r => Assert.True(r.Item.Utc >= clock.Now.Utc - TimeSpan.FromSeconds(302).Ticks));
    }
}
