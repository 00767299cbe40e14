using Gateway.Runtime.Tags;

namespace Gateway.Runtime.Scan;

/// <summary>The newest image of one read block: raw values, a quality each, the time of the answer.</summary>
public sealed class InputFrame
{
    internal InputFrame(int count, bool hasTimes)
    {
        Times = hasTimes ? new long[count] : [];
        Values = new double[count];
        Qualities = new Quality[count];
    }

    /// <summary>Raw values in the order of the block's points. Meaningless where the quality is bad.</summary>
    public double[] Values { get; }
    /// <summary>A quality for each value.</summary>
    public Quality[] Qualities { get; }
    /// <summary>A source time for each value, UTC ticks of 100 ns; empty where all have <see cref="SourceTime"/>.</summary>
    public long[] Times { get; }
    /// <summary>Time of the answer, UTC ticks of 100 ns.</summary>
    public long SourceTime { get; set; }
}

/// <summary>
/// <see cref="TripleBuffer{T}"/> between one field line (writer) and the scan (reader): the newest image wins and neither side waits.
/// The line fills <see cref="Back"/> and calls <see cref="Publish"/>; the scan calls <see cref="TryLatch"/>.
/// </summary>
public sealed class InputMailbox
{
    private readonly TripleBuffer<InputFrame> _frames;

    /// <summary>Makes a mailbox for <paramref name="count"/> points; nothing is in it yet.</summary>
    /// <param name="count">Number of points.</param>
    /// <param name="hasTimes">True when each value comes with a source time of its own.</param>
    public InputMailbox(int count, bool hasTimes = false)
    {
        Count = count;
        _frames = new TripleBuffer<InputFrame>(() => new InputFrame(count, hasTimes));
    }

    /// <summary>Number of points.</summary>
    public int Count { get; }

    /// <summary>The spare frame. Line only; its content is that of an earlier image.</summary>
    public InputFrame Back => _frames.Back;

    /// <summary>Makes the back frame the newest image. Line only.</summary>
    public void Publish() => _frames.Publish();

    /// <summary>Gives the newest image when there is one that was not latched before. Scan only.</summary>
    public bool TryLatch([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out InputFrame? frame) => _frames.TryTake(out frame);
}

/// <summary>Binds a mailbox to the tags it feeds, with the ages at which silence shows.</summary>
/// <param name="Name">Line, device and block, for diagnosis.</param>
/// <param name="Mailbox">Filled by the field line.</param>
/// <param name="Tags">Index of the tag of each point.</param>
/// <param name="UncertainAfter">Age of the last good image, in ticks of 100 ns, at which a value becomes uncertain.</param>
/// <param name="BadAfter">Age of the last good image, in ticks of 100 ns, at which a value becomes bad.</param>
public sealed record InputBinding(string Name, InputMailbox Mailbox, int[] Tags, long UncertainAfter, long BadAfter);
