namespace Gateway.Fuzz.Engine;

/// <summary>A parser made wrong by an input: the fuzzer reports the text with the input.</summary>
public sealed class FuzzFailureException(string message) : Exception(message);

/// <summary>One parser that is fed. Made on the thread that runs it, used there only, disposed at the end.</summary>
public abstract class FuzzTarget : IDisposable
{
    /// <summary>Words that are worth putting into an input, such as key words and limits.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Feeds one input.</summary>
    /// <returns>A mark of what it led to; an input with a new mark is kept and changed further.</returns>
    /// <exception cref="FuzzFailureException">The parser broke a promise.</exception>
    public abstract int Feed(byte[] input);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the target holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Fails unless a promise is kept.</summary>
    protected static void Require(bool kept, string promise)
    {
        if (!kept)
            throw new FuzzFailureException(promise);
    }
}
