using System.Globalization;
using System.Runtime.CompilerServices;

namespace Gateway.Simulation.Tests.Process.Bsm1;

/// <summary>
/// The benchmark's data files where the machine has them: in the folder that GATEWAY_REFERENCE names, or in one beside
/// the checkout. The files are not ours to ship, so every proof also has its own literals.
/// </summary>
internal static class Reference
{
    public static string? Folder { get; } = Find();

    /// <summary>The rows of a file without its head; none where the file is missing.</summary>
    public static IReadOnlyList<string[]> Rows(string file)
    {
        if (Path(file) is not { } path)
            return [];
        return [.. File.ReadLines(path).Skip(1).Select(line => line.Split(','))];
    }

    public static string? Path(string file) =>
        Folder is not null && File.Exists(System.IO.Path.Combine(Folder, file)) ? System.IO.Path.Combine(Folder, file) : null;

    public static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Asserts agreement to a relative tolerance; zero is compared to the tolerance itself.</summary>
    public static void Close(double expected, double actual, double tolerance, string what)
    {
        var difference = Math.Abs(actual - expected) / Math.Max(Math.Abs(expected), 1e-3);
        Assert.True(difference <= tolerance, string.Create(CultureInfo.InvariantCulture, $"{what}: expected {expected:G12}, got {actual:G12}, off by {difference:G3}"));
    }

    /// <summary>
    /// Asserts agreement with all digits that were printed, to one unit of the last: the printed sheets do not always
    /// round to the nearest (5004.6542 stands for 5004.65413674 of the ring test).
    /// </summary>
    public static void Printed(string expected, double actual, string what)
    {
        var digits = expected.Contains('.', StringComparison.Ordinal) ? expected.Length - expected.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var text = actual.ToString("F" + (digits + 5), CultureInfo.InvariantCulture);
        Assert.True(Math.Abs(actual - Number(expected)) <= Math.Pow(10, -digits), $"{what}: printed {expected}, got {text}");
    }

    private static string? Find([CallerFilePath] string here = "")
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_REFERENCE") is { Length: > 0 } named)
            return Directory.Exists(System.IO.Path.Combine(named, "bsm1")) ? System.IO.Path.Combine(named, "bsm1") : named;
        for (var folder = new DirectoryInfo(System.IO.Path.GetDirectoryName(here)!); folder is not null; folder = folder.Parent)
        {
            var place = System.IO.Path.Combine(folder.FullName, "shared", "reference", "bsm1");
            if (Directory.Exists(place))
                return place;
        }

        return null;
    }
}
