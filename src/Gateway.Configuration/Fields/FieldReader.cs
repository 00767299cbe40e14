using System.Globalization;
using Gateway.Configuration.Diagnostics;

namespace Gateway.Configuration.Fields;

/// <summary>How a value was written.</summary>
internal enum ValueForm : byte
{
    /// <summary>A cell of a table: text that stands for any kind.</summary>
    Cell,
    /// <summary>A JSON text.</summary>
    String,
    /// <summary>A JSON number.</summary>
    Number,
    /// <summary>A JSON true or false.</summary>
    Boolean,
    /// <summary>A JSON null, object or array.</summary>
    Other,
}

/// <summary>
/// Reads the fields of one JSON object or one row of a table against their shape and reports what does not fit. A value
/// that is wrong is reported once, counts as <see cref="Failed"/> and reads as its default. Used by one thread.
/// </summary>
internal abstract class FieldReader(Shape shape, DiagnosticBag bag)
{
    /// <summary>Longest name of a tag, alarm, line or device.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The keys or columns expected.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>Where problems go.</summary>
    public DiagnosticBag Bag { get; } = bag;

    /// <summary>True once a value of the present object or row was reported as wrong, so that checks built on it keep silent.</summary>
    public bool Failed { get; protected set; }

    /// <summary>The object or row itself.</summary>
    public abstract Location Here { get; }

    /// <summary>The value of a field, or <see cref="Here"/> when it is absent.</summary>
    public abstract Location At(Field field, int offset = 0);

    /// <summary>The value as written; false when absent.</summary>
    protected abstract bool TryGet(Field field, out string text, out ValueForm form);

    /// <summary>How the user calls a field: key or column.</summary>
    protected abstract string Word { get; }

    /// <summary>True when a value is given.</summary>
    public bool Has(Field field) => TryGet(field, out _, out _);

    /// <summary>Reports required fields without a value.</summary>
    public void CheckRequired()
    {
        foreach (Field field in Shape.Fields)
            if (field.Required && !Has(field))
                Fail(DiagnosticCodes.ValueMissing, Here, $"{Word} '{field.Name}' needs a value: {Uncapitalized(field.Description)}");
    }

    /// <summary>Reports a problem of the present object or row and marks it failed when it is an error.</summary>
    public void Fail(DiagnosticCode code, Location at, string message)
    {
        Failed |= code.Severity == DiagnosticSeverity.Error;
        Bag.Report(code, at, message);
    }

    /// <summary>Reports a problem at the value of a field.</summary>
    public void Fail(DiagnosticCode code, Field field, string message) => Fail(code, At(field), message);

    /// <summary>Text of a field, or its default.</summary>
    public string Text(Field field)
    {
        if (!TryGet(field, out string text, out ValueForm form))
            return field.Default;
        if (form is not (ValueForm.Cell or ValueForm.String))
            return Wrong(field, "a text in quotes", text, field.Default);
        if (field.Kind == FieldKind.Name && !IsName(text))
        {
            Fail(DiagnosticCodes.BadName, field, $"'{Short(text)}' is not a name; use 1 to {MaxNameLength} letters A-Z, digits, '_', '-' or '.', beginning with a letter or digit");
            return field.Default;
        }
        return text;
    }

    /// <summary>Whole number of a field, or its default, or 0.</summary>
    public int Integer(Field field)
    {
        double value = Number(field);
        if (double.IsNaN(value))
            return 0;
        if (value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue)
            return (int)value;
        TryGet(field, out string text, out _);
        return (int)Wrong(field, "a whole number", text, Standard(field, 0));
    }

    /// <summary>Number of a field, or its default, or NaN.</summary>
    public double Number(Field field)
    {
        double standard = Standard(field, double.NaN);
        if (!TryGet(field, out string text, out ValueForm form))
            return standard;
        if (form is not (ValueForm.Cell or ValueForm.Number))
            return Wrong(field, "a number without quotes", text, standard);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            return IsDecimalComma(text, out string cure)
                ? Report(DiagnosticCodes.DecimalComma, field, $"'{Short(text)}' uses a decimal comma; write {cure}", standard)
                : Wrong(field, "a number", text, standard);
        bool low = value < field.Minimum || (field.ExclusiveMinimum && value == field.Minimum);
        return low || value > field.Maximum
            ? Report(DiagnosticCodes.OutOfRange, field, $"{Word} '{field.Name}' is {Short(text)}, but must be {FieldText.Range(field)}", standard)
            : value;
    }

    /// <summary>True or false of a field, or its default.</summary>
    public bool Boolean(Field field)
    {
        bool standard = field.Default == "true";
        if (!TryGet(field, out string text, out ValueForm form))
            return standard;
        if (form == ValueForm.Boolean)
            return text == "true";
        if (form == ValueForm.Cell)
        {
            if (text == "1" || Is(text, "true") || Is(text, "yes"))
                return true;
            if (text == "0" || Is(text, "false") || Is(text, "no"))
                return false;
        }
        return Wrong(field, form == ValueForm.Cell ? "true, false, yes, no, 1 or 0" : "true or false", text, standard);
    }

    /// <summary>Place of the chosen word in the field's choices, or that of the default, or -1.</summary>
    public int Choice(Field field)
    {
        int standard = Array.IndexOf(field.Choices, field.Default);
        if (!TryGet(field, out string text, out ValueForm form))
            return standard;
        if (form is not (ValueForm.Cell or ValueForm.String))
            return Wrong(field, "a text in quotes", text, standard);
        for (int i = 0; i < field.Choices.Length; i++)
            if (form == ValueForm.Cell ? Is(text, field.Choices[i]) : text == field.Choices[i])
                return i;
        string hint = Suggestion.Nearest(text, field.Choices) is { } nearest ? $"; did you mean '{nearest}'?" : "; it must be " + FieldText.Choices(field);
        return Report(DiagnosticCodes.BadChoice, field, $"'{Short(text)}' is no value of {Word} '{field.Name}'{hint}", standard);
    }

    /// <summary>Date of a field, or null.</summary>
    public DateOnly? Date(Field field)
    {
        if (!TryGet(field, out string text, out ValueForm form))
            return null;
        if (form is ValueForm.Cell or ValueForm.String && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
            return date;
        return Wrong<DateOnly?>(field, "a date like 2008-06-01", text, null);
    }

    /// <summary>A name as tags, lines and devices have it.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > MaxNameLength || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_'))
            return false;
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        return true;
    }

    /// <summary>A text from a file, cut to a length that a message bears.</summary>
    public static string Short(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= 40 ? line : string.Concat(line.AsSpan(0, 37), "...");
    }

    private T Wrong<T>(Field field, string expected, string text, T standard) =>
        Report(DiagnosticCodes.WrongType, field, $"{Word} '{field.Name}' must be {expected}, found '{Short(text)}'", standard);

    private T Report<T>(DiagnosticCode code, Field field, string message, T standard)
    {
        Fail(code, field, message);
        return standard;
    }

    private static double Standard(Field field, double none) =>
        field.Default.Length == 0 ? none : double.Parse(field.Default, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsDecimalComma(string text, out string cure)
    {
        cure = text.Replace(".", "", StringComparison.Ordinal).Replace(',', '.');
        return text.AsSpan().Count(',') == 1 && double.TryParse(cure, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    private static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    private static string Uncapitalized(string text) =>
        text.Length < 2 || char.IsUpper(text[1]) ? text.TrimEnd('.') : char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.');
}
