using Gateway.Runtime;
using Gateway.Runtime.Alarms;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Events;
using Gateway.Runtime.Outputs;
using Gateway.Runtime.Scan;
using Gateway.Runtime.Tags;
using Gateway.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>5,000 alarms in 10 s: every one is in the journal, once, with the state it led to.</summary>
public sealed class FloodTests
{
    private const int Alarms = 5000, Scans = 100;

    [Fact]
    public void A_flood_is_complete_in_the_journal_and_over_a_kill()
    {
        using var folder = new TempFolder();
        var plant = new PlantModel
        {
            SiteId = "flood",
            Calendar = new SiteCalendar(TimeSpan.Zero),
            BasePeriodMs = 100,
            RateGroups = [new RateGroup("base", 1, 0)],
            Tags = [.. Enumerable.Range(0, Alarms).Select(i => new TagDefinition { Index = i, Name = "B" + i, Unit = "" })],
            Alarms = [.. Enumerable.Range(0, Alarms).Select(i => new AlarmDefinition { Id = "A" + i, Index = i, Tag = i, Type = AlarmType.State })],
        };
        var inputs = new InputMailbox(Alarms);
        // As large as the gateway makes it: GatewayHost.
        var scan = new ScanCycle(plant, [new InputBinding("all", inputs, [.. Enumerable.Range(0, Alarms)], long.MaxValue, long.MaxValue)], new OutputMailbox(0), 16_384);
        CheckpointMailbox checkpoints = scan.CreateCheckpoints();
        var pending = new PendingRows(65_536);
        using (Journal journal = Journal.Open(folder.Path, plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance))
        {
            for (int n = 1; n <= Scans; n++)
            {
                for (int i = 0; i < Alarms; i++)
                    inputs.Back.Values[i] = i < n * Alarms / Scans ? 1 : 0;
                var now = new ScanTime(n, TinyPlant.Start + n * ScanTime.TicksPerSecond / 10, n * ScanTime.TicksPerSecond / 10);
                inputs.Back.SourceTime = now.Utc;
                inputs.Publish();
                scan.Execute(now);
                scan.Save(checkpoints, now);
                while (scan.Events.TryTake(out ScanEvent item))
                    pending.Add(in item);
                checkpoints.TryTake(out ScanCheckpoint? checkpoint);
                Assert.True(journal.TryCommit(pending, checkpoint, whole: false));
            }
            Assert.Equal(0, scan.Events.Lost);
        }
        var raised = new HashSet<string>();
        foreach (JournalRow row in JournalReader.Alarms(folder.Path))
            Assert.True(row.Item.Code == (int)AlarmEventCode.On && raised.Add(row.Subject.Id!));
        Assert.Equal(Alarms, raised.Count);
        Assert.Empty(JournalCheck.Run(folder.Path).Faults);
        using Journal again = Journal.Open(folder.Path, plant, "test", new JournalOptions { ReserveBytes = 0 }, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(Alarms, again.Saved.Alarms.Count(alarm => alarm.Base == AlarmState.Unacknowledged && alarm.Occurrence == 1));
    }
}
