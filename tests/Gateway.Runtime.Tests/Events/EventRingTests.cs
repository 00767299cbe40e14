using Gateway.Runtime.Events;
using Gateway.Runtime.Scan;

namespace Gateway.Runtime.Tests.Events;

public sealed class EventRingTests
{
    [Fact]
    public void A_full_ring_refuses_counts_and_then_reports_the_loss()
    {
        var ring = new EventRing(8);
        var now = new ScanTime(1, 1000, 0);
        int accepted = 0;
        for (int i = 0; i < 20; i++)
        {
            var item = new ScanEvent { Kind = EventKind.Alarm, Subject = i };
            if (ring.Add(now, ref item))
                accepted++;
        }
        Assert.Equal(7, accepted);
        Assert.Equal(13, ring.Lost);
        for (int i = 0; i < 7; i++)
        {
            Assert.True(ring.TryTake(out var taken));
            Assert.Equal(i, taken.Subject);
        }
        Assert.False(ring.TryTake(out _));
        var next = new ScanEvent { Kind = EventKind.Alarm, Subject = 99 };
        Assert.True(ring.Add(now, ref next));
        Assert.True(ring.TryTake(out var lost));
        Assert.Equal(EventKind.System, lost.Kind);
        Assert.Equal((int)SystemEvent.EventsLost, lost.Code);
        Assert.Equal(13, lost.Value);
        Assert.True(ring.TryTake(out var after));
        Assert.Equal(99, after.Subject);
        Assert.Equal(lost.Sequence + 1, after.Sequence);
    }
}
