using System.Globalization;
using System.Net;

namespace Gateway.PlcSimulator.Cli;

/// <summary>The value of an option HOST:PORT; IPv6 addresses stand in brackets. Immutable.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">Port, 0 to 65535.</param>
internal readonly record struct HostPort(string Host, int Port)
{
    /// <summary>Reads a text; false when it is not HOST:PORT.</summary>
    public static bool TryParse(string text, out HostPort value)
    {
        var colon = text.LastIndexOf(':');
        value = default;
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        var host = text[..colon];
        if (host is ['[', .. var inner, ']'])
            host = inner;
        else if (host.Contains(':', StringComparison.Ordinal))
            return false;
        if (host.Length == 0)
            return false;
        value = new HostPort(host, port);
        return true;
    }

    /// <summary>The address when the host is one of this machine's own loop, else null.</summary>
    public IPAddress? Loopback => Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address) ? address : null;
}
