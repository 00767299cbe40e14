namespace Gateway.Web;

/// <summary>JSON has no NaN and no infinity: what is not a number is null.</summary>
internal static class Numbers
{
    public static double? OrNull(double value) => double.IsFinite(value) ? value : null;

    /// <summary>For indexes of tags: the name, null for none.</summary>
    public static string? NameOrNull(Runtime.PlantModel plant, int tag) => tag < 0 ? null : plant.Tags[tag].Name;
}
