using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gateway.Drivers;
using Gateway.Runtime.Tags;
using Gateway.Tests.Web;

namespace Gateway.Tests.Metrics;

/// <summary>What /metrics says, read as a scraper reads it.</summary>
public sealed class MetricsTests
{
    private static async Task<Dictionary<string, double>> ScrapeAsync(WebRig rig)
    {
        var series = new Dictionary<string, double>();
        foreach (string line in (await rig.Http.GetStringAsync("/metrics")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#'))
        {
            int space = line.LastIndexOf(' ');
            series.Add(line[..space], double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture));
        }
        return series;
    }

    [Fact]
    public async Task Tags_have_value_quality_and_age()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Pass(TimeSpan.FromSeconds(2));

        var series = await ScrapeAsync(rig);

        Assert.Equal(2, series["gateway_tag_value{tag=\"EFF_AIT_603\",area=\"effluent\",unit=\"mg/L\"}"]);
        Assert.Equal(2, series["gateway_tag_quality{tag=\"EFF_AIT_603\"}"]);
        Assert.Equal(2, series["gateway_tag_age_seconds{tag=\"EFF_AIT_603\"}"], 6);
        Assert.Equal(0.2, series["gateway_tag_value{tag=\"EFF_NH3_LOAD\",area=\"effluent\",unit=\"kg/h\"}"], 12);
    }

    [Fact]
    public async Task A_tag_that_is_not_exported_has_no_series()
    {
        await using WebRig rig = await WebRig.RunningAsync();

        Assert.DoesNotContain((await ScrapeAsync(rig)).Keys, k => k.Contains("L1_HIDDEN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_value_of_a_bad_tag_is_absent_and_comes_back()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        const string value = "gateway_tag_value{tag=\"EFF_AIT_603\",area=\"effluent\",unit=\"mg/L\"}";
        Assert.True((await ScrapeAsync(rig)).ContainsKey(value));

        rig.Scan(TinyPlant.Ammonia, 0, Quality.BadTimeout);
        var bad = await ScrapeAsync(rig);
        rig.Scan(TinyPlant.Ammonia, 300, Quality.UncertainSensorNotAccurate);
        var uncertain = await ScrapeAsync(rig);

        Assert.False(bad.ContainsKey(value));
        Assert.False(bad.ContainsKey("gateway_tag_value{tag=\"EFF_NH3_LOAD\",area=\"effluent\",unit=\"kg/h\"}"));
        Assert.Equal(0, bad["gateway_tag_quality{tag=\"EFF_AIT_603\"}"]);
        Assert.Equal(3, uncertain[value]);
        Assert.Equal(1, uncertain["gateway_tag_quality{tag=\"EFF_AIT_603\"}"]);
    }

    [Fact]
    public async Task Before_the_first_scan_nothing_is_invented()
    {
        await using WebRig rig = await WebRig.ColdAsync();

        var series = await ScrapeAsync(rig);

        Assert.DoesNotContain(series.Keys, k => k.StartsWith("gateway_tag_", StringComparison.Ordinal) || k.StartsWith("gateway_compliance_", StringComparison.Ordinal));
        Assert.False(series.ContainsKey("gateway_scan_number"));
        Assert.Equal(1, series[$"gateway_build_info{{version=\"{Gateway.Web.ApiEndpoints.Version}\",site=\"tiny\",config_hash=\"{new string('a', 64)}\"}}"]);
        Assert.Equal(0, series["gateway_requests_total{line=\"ring\",device=\"plc-01\",result=\"bad_frame\"}"]);
        Assert.Equal(0, series["gateway_output_writes_total{output=\"L1_VLV3_SP\",result=\"failed_verify\"}"]);
        Assert.Equal(0, series["gateway_alarm_annunciations_total{alarm=\"AAH-603\",priority=\"high\"}"]);
    }

    [Fact]
    public async Task No_number_is_ever_NaN()
    {
        await using WebRig rig = await WebRig.ColdAsync();
        rig.ScanSilent();
        string cold = await rig.Http.GetStringAsync("/metrics");
        rig.Scan(TinyPlant.Ammonia, double.NaN);

        Assert.DoesNotContain("NaN", cold, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", await rig.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_and_devices_are_up_by_their_answers()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.004);
        rig.Line.Fail(1, RequestResult.Timeout);
        rig.Line.Fail(1, RequestResult.Stale);

        var series = await ScrapeAsync(rig);

        Assert.Equal(1, series["gateway_line_up{line=\"ring\"}"]);
        Assert.Equal(1, series["gateway_device_up{line=\"ring\",device=\"plc-01\"}"]);
        Assert.Equal(0, series["gateway_device_up{line=\"ring\",device=\"plc-02\"}"]);
        Assert.Equal(1, series["gateway_requests_total{line=\"ring\",device=\"plc-01\",result=\"ok\"}"]);
        Assert.Equal(1, series["gateway_requests_total{line=\"ring\",device=\"plc-02\",result=\"timeout\"}"]);
        Assert.Equal(1, series["gateway_requests_total{line=\"ring\",device=\"plc-02\",result=\"stale\"}"]);
    }

    [Fact]
    public async Task Histograms_have_true_sums_and_cumulative_buckets()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.004);
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.004);
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 20);

        var series = await ScrapeAsync(rig);

        Assert.Equal(0, series["gateway_request_duration_seconds_bucket{line=\"ring\",le=\"0.002\"}"]);
        Assert.Equal(2, series["gateway_request_duration_seconds_bucket{line=\"ring\",le=\"0.005\"}"]);
        Assert.Equal(2, series["gateway_request_duration_seconds_bucket{line=\"ring\",le=\"10\"}"]);
        Assert.Equal(3, series["gateway_request_duration_seconds_bucket{line=\"ring\",le=\"+Inf\"}"]);
        Assert.Equal(3, series["gateway_request_duration_seconds_count{line=\"ring\"}"]);
        Assert.Equal(20.008, series["gateway_request_duration_seconds_sum{line=\"ring\"}"], 9);
        // One scan of 0.3 ms, 40 µs late.
        Assert.Equal(0, series["gateway_scan_duration_seconds_bucket{le=\"0.0002\"}"]);
        Assert.Equal(1, series["gateway_scan_duration_seconds_bucket{le=\"0.0005\"}"]);
        Assert.Equal(0.0003, series["gateway_scan_duration_seconds_sum"], 12);
        Assert.Equal(0, series["gateway_scan_lateness_seconds_bucket{le=\"0.00001\"}"]);
        Assert.Equal(1, series["gateway_scan_lateness_seconds_bucket{le=\"0.00005\"}"]);
        Assert.Equal(1, series["gateway_scan_number"]);
    }

    [Fact]
    public async Task Alarms_tell_state_counts_and_annunciations()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(6);
        rig.Ammonia(1);
        rig.Ammonia(6);

        var series = await ScrapeAsync(rig);

        Assert.Equal(1, series["gateway_alarm_state{alarm=\"AAH-603\",priority=\"high\",area=\"effluent\"}"]);
        Assert.Equal(2, series["gateway_alarm_annunciations_total{alarm=\"AAH-603\",priority=\"high\"}"]);
        Assert.Equal(1, series["gateway_alarms{state=\"B\",priority=\"high\"}"]);
        Assert.Equal(1, series["gateway_alarms{state=\"A\",priority=\"diagnostic\"}"]);
        Assert.Equal(36, series.Keys.Count(k => k.StartsWith("gateway_alarms{", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Compliance_tells_what_is_known_and_leaves_out_the_rest()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Ammonia(9);

        var series = await ScrapeAsync(rig);

        const string single = "{permit=\"outfall-1\",parameter=\"NH3-N\",statistic=\"oneOff\"}", day = "{permit=\"outfall-1\",parameter=\"NH3-N\",statistic=\"dailyMean\"}";
        Assert.Equal(9, series["gateway_compliance_value" + single]);
        Assert.Equal(8, series["gateway_compliance_limit" + single]);
        Assert.Equal(-0.125, series["gateway_compliance_headroom_ratio" + single], 12);
        Assert.Equal(2, series["gateway_compliance_state" + single]);
        Assert.Equal(3, series["gateway_compliance_state" + day]);
        Assert.False(series.ContainsKey("gateway_compliance_value" + day));
        Assert.Equal(5, series["gateway_compliance_limit" + day]);
    }

    [Fact]
    public async Task Refused_writes_are_counted_by_result()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        await rig.PostAsync("/api/v1/outputs/SPARE_SP", new { user = "olga", value = 1 });

        Assert.Equal(1, (await ScrapeAsync(rig))["gateway_output_writes_total{output=\"SPARE_SP\",result=\"interlocked\"}"]);
    }

    [Fact]
    public async Task Scrapes_at_the_same_time_all_get_a_whole_page()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        string one = await rig.Http.GetStringAsync("/metrics");

        string[] pages = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => rig.Http.GetStringAsync("/metrics")));

        Assert.All(pages, p => Assert.Equal(one.Split('\n').Length, p.Split('\n').Length));
    }

    [Fact]
    public async Task Metrics_can_be_left_out()
    {
        await using WebRig rig = await WebRig.RunningAsync(o => o with { Metrics = false });

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await rig.AnswerAsync("/metrics")).Status);
    }

    [PromtoolFact]
    public async Task Promtool_finds_nothing_to_say()
    {
        await using WebRig rig = await WebRig.RunningAsync();
        rig.Line.Answer(0, rig.Now.Utc, rig.Now.Elapsed, 0.004);
        rig.Ammonia(9);
        using HttpResponseMessage answer = await rig.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());

        var start = new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using Process promtool = Process.Start(start)!;
        Task<string> said = promtool.StandardError.ReadToEndAsync(), output = promtool.StandardOutput.ReadToEndAsync();
        await promtool.StandardInput.BaseStream.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
        promtool.StandardInput.Close();
        await promtool.WaitForExitAsync();

        Assert.Equal("", await said + await output);
        Assert.Equal(0, promtool.ExitCode);
    }
}

/// <summary>A test that needs Prometheus's own tool.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(f => File.Exists(Path.Combine(f, "promtool"))))
            Skip = "promtool is not installed (Debian package prometheus)";
    }
}
