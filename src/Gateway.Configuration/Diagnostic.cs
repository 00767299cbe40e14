using System.Globalization;

namespace Gateway.Configuration;

/// <summary>How bad a diagnostic is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The site is not started.</summary>
    Error,
    /// <summary>The site may be started; somebody should look.</summary>
    Warning,
}

/// <summary>
/// One thing that is wrong in the configuration, with its place, its cause and its cure, in the form compilers use, so
/// that editors can jump to it. Immutable.
/// </summary>
/// <param name="Code">GW and four digits: 1 files and syntax, 2 gateway.json and tags.csv, 3 alarms.csv, 4 compliance.json, 5 outputs.csv.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="File">Path of the file, as the site folder was given.</param>
/// <param name="Line">Line from 1; 0 when the whole file is meant.</param>
/// <param name="Column">Column in characters from 1; 0 when the whole file is meant.</param>
/// <param name="Message">Cause and cure.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string File, int Line, int Column, string Message)
{
    /// <summary><c>path(line,column): error GW2104: message</c>.</summary>
    public override string ToString()
    {
        string severity = Severity == DiagnosticSeverity.Error ? "error" : "warning";
        return Line == 0
            ? $"{File}: {severity} {Code}: {Message}"
            : string.Create(CultureInfo.InvariantCulture, $"{File}({Line},{Column}): {severity} {Code}: {Message}");
    }
}
