using Gateway.Runtime.Events;
using Gateway.Storage.Tests.Support;

namespace Gateway.Storage.Tests;

/// <summary>Faults of the disk below SQLite: the scan goes on, what waited is stored in its order, no restart is needed.</summary>
[Collection("disk")]
public sealed class DiskFaultTests
{
    public static TheoryData<string> Faults => ["Full", "WriteError", "SyncError", "ReadOnly"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_happens_while_the_disk_fails_is_stored_when_it_is_back(string name)
    {
        using var folder = new TempFolder();
        var (clock, twinClock) = (new StationClock(), new StationClock());
        using var twin = new Station(null, twinClock);
        RecordingVfs.Begin(folder.Path);
        using (var station = new Station(folder.Path, clock))
        {
            int refused = 0;
            for (int i = 0; i < 90; i++)
            {
                if (i == 20)
                    RecordingVfs.Fail(Enum.Parse<DiskFault>(name));
                if (i == 50)
                {
                    Assert.Equal(StoreState.Failed, station.Journal!.Status.State);
                    Assert.True(station.Journal.Status.LagAt(clock.Now.Utc) > 20);
                    RecordingVfs.Fail(DiskFault.None);
                }
                bool stored = station.Step(i % 9 < 5 ? 55 : 20, 50, i % 11 == 0);
                refused += stored ? 0 : 1;
                twin.Step(i % 9 < 5 ? 55 : 20, 50, i % 11 == 0);
                Assert.Equal(twin.Told.Count, station.Told.Count); // the scan knows nothing of the disk
            }
            Assert.InRange(refused, 25, 45); // and up to 10 s until it is tried again
            Assert.Equal(StoreState.Durable, station.Journal!.Status.State);
            Assert.Equal(0, station.Journal.Status.NotStored);
            Assert.Equal(0, station.Journal.Status.LagAt(clock.Now.Utc));
            IReadOnlyList<JournalRow> rows = JournalReader.ReadAfter(folder.Path, 0, long.MaxValue, JournalReader.MaxRows);
            Assert.Equal(station.Told.Select(item => (item.Sequence, item.Utc, item.Kind)), rows.Select(row => (row.Item.Sequence, row.Item.Utc, row.Item.Kind)));
            Assert.Contains(rows, row => row.Item.Kind == EventKind.Alarm && row.Item.Scan is > 20 and < 50);
        }
        RecordingVfs.End();
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
    }

    [Fact]
    public void What_finds_no_room_in_memory_is_counted_and_the_audit_says_how_much()
    {
        using var folder = new TempFolder();
        RecordingVfs.Begin(folder.Path);
        using (var station = new Station(folder.Path, new StationClock(), options: new JournalOptions { ReserveBytes = 0, MaxWaiting = 6 }))
        {
            station.Step(20, 50);
            RecordingVfs.Fail(DiskFault.Full);
            for (int i = 0; i < 40; i++)
                station.Step(i % 4 < 2 ? 55 : 20, 50);
            RecordingVfs.Fail(DiskFault.None);
            for (int i = 0; i < 12; i++)
                station.Step(20, 50);
            Assert.True(station.Journal!.Status.NotStored > 0);
            Assert.Equal(StoreState.Durable, station.Journal.Status.State);
        }
        RecordingVfs.End();
        using var connection = SqliteVersion.Open(folder.File("journal.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadOnly);
        Assert.Equal(1, connection.Number("SELECT count(*) FROM audit WHERE act = 'notStored'"));
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
    }
}
