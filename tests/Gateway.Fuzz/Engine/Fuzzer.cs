using System.Diagnostics;
using System.Globalization;
using Gateway.Simulation;

namespace Gateway.Fuzz.Engine;

/// <summary>How the fuzzing of one target ended.</summary>
/// <param name="Target">Name of the target.</param>
/// <param name="Executions">Inputs fed.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="Kept">Inputs that led to something new.</param>
/// <param name="Failure">What went wrong; null when nothing did.</param>
/// <param name="Input">The input that showed it; empty when nothing went wrong.</param>
public sealed record FuzzResult(string Target, long Executions, double Seconds, int Kept, string? Failure, byte[] Input)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Target,-20} {Executions,10:N0} inputs {Executions / Math.Max(Seconds, 1e-9),12:N0}/s {Kept,5} kept  {(Failure is null ? "ok" : "FAILED: " + Failure)}");
}

/// <summary>
/// A small mutational fuzzer: changes inputs of a corpus, keeps those that lead to something new, and stops at the
/// first exception, hang or growth of memory. Execution runs on a thread of its own, so that a hang can be told.
/// </summary>
public sealed class Fuzzer
{
    private const int MostKept = 512;
    private const long MostAllocated = 64L << 20;
    private const long MostGrowth = 64L << 20;
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(20);

    private readonly string _name;
    private readonly Func<FuzzTarget> _make;
    private readonly TimeSpan _span;
    private readonly SeededRandom _random;
    private readonly List<byte[]> _corpus;
    private readonly HashSet<int> _marks = [];
    private byte[] _input = [];
    private long _startedAt;
    private long _executions;
    private int _kept;
    private string? _failure;

    /// <summary>Prepares a run.</summary>
    /// <param name="name">Name of the target.</param>
    /// <param name="make">Makes the target.</param>
    /// <param name="corpus">Inputs to begin with.</param>
    /// <param name="span">How long to feed.</param>
    /// <param name="seed">Decides every input.</param>
    public Fuzzer(string name, Func<FuzzTarget> make, IEnumerable<byte[]> corpus, TimeSpan span, ulong seed)
    {
        _name = name;
        _make = make;
        _span = span;
        _random = new SeededRandom(seed, name);
        _corpus = [.. corpus];
        if (_corpus.Count == 0)
            _corpus.Add([]);
    }

    /// <summary>Feeds the target until the time is over or something is wrong.</summary>
    public FuzzResult Run()
    {
        var clock = Stopwatch.StartNew();
        var worker = new Thread(Work) { Name = "fuzz " + _name, IsBackground = true };
        worker.Start();
        while (!worker.Join(TimeSpan.FromMilliseconds(100)))
        {
            long started = Volatile.Read(ref _startedAt);
            if (started == 0 || Stopwatch.GetElapsedTime(started) < s_hang)
                continue;
            // The thread is left behind: nothing can end it from outside.
            _failure = $"hangs: no end after {s_hang.TotalSeconds:F0} s";
            break;
        }
        return new FuzzResult(_name, _executions, clock.Elapsed.TotalSeconds, _kept, _failure, _failure is null ? [] : _input);
    }

    private void Work()
    {
        try
        {
            using FuzzTarget target = _make();
            Feed(target);
        }
        catch (Exception failure)
        {
            _failure ??= failure is FuzzFailureException ? failure.Message : failure.ToString();
        }
    }

    private void Feed(FuzzTarget target)
    {
        var mutator = new Mutator(_random, target.Words);
        foreach (byte[] known in _corpus.ToArray())
            _marks.Add(FeedOne(target, known));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long until = Stopwatch.GetTimestamp() + (long)(_span.TotalSeconds * Stopwatch.Frequency);
        while (_failure is null && Stopwatch.GetTimestamp() < until)
        {
            byte[] input = mutator.Mutate(Any(), Any());
            if (!_marks.Add(FeedOne(target, input)) || _corpus.Count >= MostKept)
                continue;
            _corpus.Add(input);
            _kept++;
        }
        Volatile.Write(ref _startedAt, 0);
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        if (growth > MostGrowth)
            _failure ??= $"memory grew by {growth >> 20} MiB over {_executions} inputs";
    }

    private byte[] Any() => _corpus[_random.Next(0, _corpus.Count)];

    private int FeedOne(FuzzTarget target, byte[] input)
    {
        _input = input;
        _executions++;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan took = Time(target, input, out int mark);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > MostAllocated)
            throw new FuzzFailureException($"{input.Length} bytes of input cost {allocated >> 20} MiB");
        // Once may be the machine's fault, twice is the input's.
        if (took > s_slow && Time(target, input, out _) > s_slow)
            throw new FuzzFailureException($"{input.Length} bytes of input take {took.TotalSeconds:F1} s");
        return mark;
    }

    private TimeSpan Time(FuzzTarget target, byte[] input, out int mark)
    {
        long started = Stopwatch.GetTimestamp();
        Volatile.Write(ref _startedAt, started);
        mark = target.Feed(input);
        return Stopwatch.GetElapsedTime(started);
    }
}
