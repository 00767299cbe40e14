namespace Gateway.Storage;

/// <summary>The data folder cannot be used; the message says why and what to do, for the person who started the program.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">GW64xx, as in the messages of the program.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="cause">What was thrown beneath; null for nothing.</param>
    public StoreException(string code, string message, Exception? cause = null)
        : base(message, cause) => Code = code;

    /// <summary>GW64xx.</summary>
    public string Code { get; }
}
