namespace Gateway.Configuration.Fields;

/// <summary>What a key or column holds.</summary>
internal enum FieldKind : byte
{
    /// <summary>Free text.</summary>
    Text,
    /// <summary>A name: letters, digits, '_', '-' and '.', at most 64.</summary>
    Name,
    /// <summary>A whole number.</summary>
    Integer,
    /// <summary>A finite number.</summary>
    Number,
    /// <summary>true or false; in a table also yes, no, 1, 0.</summary>
    Boolean,
    /// <summary>One of a few words.</summary>
    Choice,
    /// <summary>A list of words of a choice, without repetition.</summary>
    ChoiceList,
    /// <summary>A civil date like 2008-06-01.</summary>
    Date,
    /// <summary>A nested object.</summary>
    Object,
    /// <summary>A list of objects.</summary>
    Objects,
    /// <summary>An object whose keys are free, each with an object of one shape.</summary>
    Map,
}

/// <summary>
/// One key of a JSON object or one column of a table. Parser, schema and documentation read the same description, so
/// they cannot differ. Immutable once its shape is made.
/// </summary>
internal sealed class Field
{
    private Field(string name, FieldKind kind, string description)
    {
        Name = name;
        Kind = kind;
        Description = description;
    }

    /// <summary>Key or column name as written in the file.</summary>
    public string Name { get; }
    /// <summary>What it holds.</summary>
    public FieldKind Kind { get; }
    /// <summary>One sentence for people.</summary>
    public string Description { get; }
    /// <summary>True when a value must be given.</summary>
    public bool Required { get; init; }
    /// <summary>Value where none is given; empty for none.</summary>
    public string Default { get; init; } = "";
    /// <summary>Smallest number.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;
    /// <summary>Largest number.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;
    /// <summary>True when the smallest number itself is not allowed.</summary>
    public bool ExclusiveMinimum { get; init; }
    /// <summary>The words of a choice.</summary>
    public string[] Choices { get; init; } = [];
    /// <summary>Shape of the nested object or objects.</summary>
    public Shape? Item { get; init; }
    /// <summary>A good value, for the documentation.</summary>
    public string Example { get; init; } = "";
    /// <summary>True when null may stand for "not known" and reads like an absent key.</summary>
    public bool Nullable { get; init; }
    /// <summary>Place in its shape.</summary>
    public int Index { get; internal set; } = -1;

    /// <summary>Another way to read a field of a shape.</summary>
    public Field At(Field place)
    {
        Index = place.Index;
        return this;
    }

    public static Field Text(string name, string description, string standard = "", bool required = false, string example = "") =>
        new(name, FieldKind.Text, description) { Default = standard, Required = required, Example = example };

    public static Field Named(string name, string description, bool required = false, string example = "") =>
        new(name, FieldKind.Name, description) { Required = required, Example = example };

    public static Field Integer(string name, int minimum, int maximum, string standard, string description, bool required = false, string example = "") =>
        new(name, FieldKind.Integer, description) { Minimum = minimum, Maximum = maximum, Default = standard, Required = required, Example = example };

    public static Field Number(string name, string description, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity, string standard = "", bool required = false, bool above = false, string example = "") =>
        new(name, FieldKind.Number, description) { Minimum = minimum, Maximum = maximum, Default = standard, Required = required, ExclusiveMinimum = above, Example = example };

    public static Field Boolean(string name, bool standard, string description) =>
        new(name, FieldKind.Boolean, description) { Default = standard ? "true" : "false" };

    public static Field Choice(string name, string[] choices, string standard, string description, bool required = false, string example = "") =>
        new(name, FieldKind.Choice, description) { Choices = choices, Default = standard, Required = required, Example = example };

    public static Field ChoiceList(string name, string[] choices, string standard, string description) =>
        new(name, FieldKind.ChoiceList, description) { Choices = choices, Default = standard };

    /// <summary>A number that may be null: known to exist, value not known.</summary>
    public static Field NullableNumber(string name, string description, string example = "") =>
        new(name, FieldKind.Number, description) { Nullable = true, Example = example };

    public static Field Map(string name, Shape item, string description, bool required = false) =>
        new(name, FieldKind.Map, description) { Item = item, Required = required };

    public static Field Date(string name, string description, string example = "") =>
        new(name, FieldKind.Date, description) { Example = example };

    public static Field Object(string name, Shape item, string description, bool required = false) =>
        new(name, FieldKind.Object, description) { Item = item, Required = required };

    public static Field Objects(string name, Shape item, string description, bool required = false) =>
        new(name, FieldKind.Objects, description) { Item = item, Required = required };
}

/// <summary>The keys of a JSON object or the columns of a table. Immutable.</summary>
internal sealed class Shape
{
    private readonly Dictionary<string, Field> _byName = new(StringComparer.Ordinal);

    public Shape(string name, string description, Field[] fields)
    {
        Name = name;
        Description = description;
        Fields = fields;
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].Index = i;
            _byName.Add(fields[i].Name, fields[i]);
        }
    }

    /// <summary>Name in the documentation and schema.</summary>
    public string Name { get; }
    /// <summary>One sentence for people.</summary>
    public string Description { get; }
    /// <summary>All fields in the order of the documentation.</summary>
    public Field[] Fields { get; }
    /// <summary>All names, for suggestions.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The field of that name, or null.</summary>
    public Field? Find(string name) => _byName.GetValueOrDefault(name);
}
