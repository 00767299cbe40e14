using Microsoft.Extensions.Logging;

namespace Gateway.Drivers.Tests.Support;

/// <summary>Keeps the lines of a log, or throws like a broken one.</summary>
internal sealed class TestLog : ILogger
{
    public List<string> Lines { get; } = [];

    public long Bytes { get; private set; }

    public bool IsBroken { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsBroken)
            throw new InvalidOperationException("The log is broken.");
        string line = formatter(state, exception);
        // A time stamp and a category stand before each line in a file.
        Bytes += line.Length + 60;
        Lines.Add(line);
    }
}
