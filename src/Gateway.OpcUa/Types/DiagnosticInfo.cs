namespace Gateway.OpcUa.Types;

/// <summary>A vendor's details of an outcome; the numbers index the string table of the response's header (Part 4 §7.12).</summary>
public sealed record DiagnosticInfo
{
    /// <summary>Index of the vendor's name of the outcome; null when not given.</summary>
    public int? SymbolicId { get; init; }

    /// <summary>Index of the namespace of the symbolic id; null when not given.</summary>
    public int? NamespaceUri { get; init; }

    /// <summary>Index of the locale of the localized text; null when not given.</summary>
    public int? Locale { get; init; }

    /// <summary>Index of the text; null when not given.</summary>
    public int? LocalizedText { get; init; }

    /// <summary>Details as free text; null when not given.</summary>
    public string? AdditionalInfo { get; init; }

    /// <summary>The outcome of an inner operation; null when not given.</summary>
    public StatusCode? InnerStatusCode { get; init; }

    /// <summary>Details of the inner operation; null when not given.</summary>
    public DiagnosticInfo? InnerDiagnosticInfo { get; init; }
}
