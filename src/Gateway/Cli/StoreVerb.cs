using System.Text;
using System.Text.Json;
using Gateway.Storage;

namespace Gateway.Cli;

/// <summary>What the verbs that work on a data folder share.</summary>
internal static class StoreVerb
{
    /// <summary>Runs a verb's work; what the store refuses is one line on standard error.</summary>
    /// <returns>The work's exit code, or 1.</returns>
    public static int Run(string folder, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (StoreException e)
        {
            Console.Error.WriteLine($"{folder}: error {e.Code}: {e.Message}");
            return 1;
        }
    }

    /// <summary>Tells what a check of a data folder found.</summary>
    /// <returns>The exit code: 0 when it found nothing.</returns>
    public static int Report(string folder, IReadOnlyList<string> faults)
    {
        foreach (string fault in faults)
            Console.Error.WriteLine($"{folder}: error GW6407: {fault}");
        return faults.Count == 0 ? 0 : 1;
    }

    /// <summary>Prints one JSON document on standard output.</summary>
    public static void PrintJson(Action<Utf8JsonWriter> write)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true }))
            write(json);
        Console.WriteLine(Encoding.UTF8.GetString(memory.ToArray()));
    }
}
