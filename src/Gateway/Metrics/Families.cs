using Prometheus;

namespace Gateway.Metrics;

/// <summary>How this gateway makes and sets series.</summary>
internal static class Families
{
    /// <summary>A gauge whose series appear with their first value.</summary>
    public static Gauge Gauge(IMetricFactory factory, string name, string help, params string[] labels) =>
        factory.CreateGauge(name, help, new GaugeConfiguration { LabelNames = labels, SuppressInitialValue = true });

    /// <summary>A counter whose series are there from the start, so that the first event is an increase.</summary>
    public static Counter Counter(IMetricFactory factory, string name, string help, params string[] labels) =>
        factory.CreateCounter(name, help, new CounterConfiguration { LabelNames = labels });

    /// <summary>A number that is none is not there: NaN would poison sums, a last value would look alive.</summary>
    public static void SetOrHide(Gauge.Child series, double value)
    {
        if (double.IsFinite(value))
            series.Set(value);
        else
            series.Unpublish();
    }
}
