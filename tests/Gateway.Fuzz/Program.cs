using System.Globalization;
using Gateway.Fuzz;
using Gateway.Fuzz.Engine;

// gateway-fuzz TARGET|all|smoke [--seconds N] [--seed S] [--corpus DIR] [--save DIR]
string target = args.Length > 0 ? args[0] : "";
double seconds = double.Parse(Option("--seconds") ?? "60", CultureInfo.InvariantCulture);
ulong seed = ulong.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
string[] names = target is "all" or "smoke" ? [.. FuzzTargets.Names] : [target];
if (!names.All(FuzzTargets.Exists))
{
    Console.Error.WriteLine($"usage: gateway-fuzz TARGET|all|smoke [--seconds N] [--seed S] [--corpus DIR] [--save DIR]\ntargets: {string.Join(' ', FuzzTargets.Names)}");
    return 2;
}
// The smoke run has a time for all targets together, the others for each.
TimeSpan span = TimeSpan.FromSeconds(target == "smoke" ? seconds / names.Length : seconds);
int failures = 0;
foreach (string name in names)
{
    FuzzResult result = FuzzTargets.Run(name, span, seed, Option("--corpus"));
    Console.WriteLine(result);
    if (result.Failure is null)
        continue;
    failures++;
    string file = Path.Combine(Option("--save") ?? ".", $"failed-{name}-{seed}.bin");
    File.WriteAllBytes(file, result.Input);
    Console.WriteLine($"  the input is in {file}; put it into a folder of its own and give that as --corpus to see it again");
}
return failures == 0 ? 0 : 1;

string? Option(string name)
{
    int at = Array.IndexOf(args, name);
    return at > 0 && at + 1 < args.Length ? args[at + 1] : null;
}
