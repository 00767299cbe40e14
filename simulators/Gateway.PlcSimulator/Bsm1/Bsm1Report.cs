using System.Globalization;
using System.Text.Json;
using Gateway.Simulation.Process.Bsm1;

namespace Gateway.PlcSimulator.Bsm1;

/// <summary>The result of a run, as JSON for programs and as a short table for people. Immutable.</summary>
/// <param name="Influent">What was asked for.</param>
/// <param name="Procedure">The run; its plant stands at the end.</param>
/// <param name="Figures">The figures.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record Bsm1Report(string Influent, Bsm1Procedure Procedure, Bsm1Figures Figures, TimeSpan Elapsed)
{
    private Bsm1Plant Plant => Procedure.Plant;

    /// <summary>Writes the document; docs/bsm1.md lists its members.</summary>
    public void WriteJson(Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteProcedure(json);
        json.WriteStartObject("figures");
        foreach (var (name, value) in Figures.Values)
            WriteNumber(json, name, value);
        json.WriteEndObject();
        WritePlaces(json);
        json.WriteEndObject();
    }

    /// <summary>Writes the table.</summary>
    public void WriteTable(TextWriter output)
    {
        string[][] rows =
        [
            ["EQI", "kg/d", "OCI", "", "IQI", "kg/d"],
            ["AE", "kWh/d", "PE", "kWh/d", "ME", "kWh/d"],
            ["SP", "kg/d", "EC", "kg/d", "Qe", "m3/d"],
            ["SNH", "g/m3", "SNO", "g/m3", "TN", "g/m3"],
            ["COD", "g/m3", "BOD", "g/m3", "TSS", "g/m3"],
            ["SNH95", "g/m3", "TN95", "g/m3", "TSS95", "g/m3"],
            ["viol_SNH_d", "d", "viol_TN_d", "d", "viol_TSS_d", "d"],
        ];
        output.WriteLine($"{Influent}, {(Plant.IsControlled ? "default control" : "open loop")}, last {(Figures.Samples / InfluentSeries.RowsPerDay).ToString(CultureInfo.InvariantCulture)} of {Procedure.TestedDays.ToString(CultureInfo.InvariantCulture)} days:");
        foreach (var row in rows)
        {
            for (var cell = 0; cell < row.Length; cell += 2)
                output.Write(string.Create(CultureInfo.InvariantCulture, $"  {row[cell],-11}{Figures[row[cell]],12:F3} {row[cell + 1],-6}"));
            output.WriteLine();
        }

        if (Plant.IsControlled)
        {
            foreach (var (loop, what) in new[] { ("NO", "nitrate"), ("O", "oxygen") })
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what} loop: IAE {Figures["IAE_" + loop]:F4}, ISE {Figures["ISE_" + loop]:F4}, largest error {Figures["max_" + loop]:F3} g/m3"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Procedure.Days} days in {Elapsed.TotalSeconds:F2} s"));
    }

    private void WriteProcedure(Utf8JsonWriter json)
    {
        json.WriteStartObject("procedure");
        json.WriteString("model", "BSM1");
        json.WriteString("influent", Influent);
        json.WriteString("control", Plant.IsControlled ? "default" : "open");
        json.WriteBoolean("idealDevices", Procedure.Dry is null);
        json.WriteBoolean("noise", Procedure.Dry is not null && Procedure.Noise is not null);
        json.WriteNumber("settlingDays", Bsm1Procedure.SettlingDays);
        json.WriteNumber("dryDays", Procedure.Dry is null ? 0 : Bsm1Procedure.DryDays);
        json.WriteNumber("testedDays", Procedure.TestedDays);
        json.WriteNumber("samples", Figures.Samples);
        json.WriteNumber("stepSeconds", 60.0 / Procedure.StepsPerMinute);
        json.WriteString("integrator", "Runge-Kutta 4");
        json.WriteEndObject();
    }

    private void WritePlaces(Utf8JsonWriter json)
    {
        json.WriteStartArray("tanks");
        for (var tank = 1; tank <= Bsm1Dimensions.Tanks; tank++)
        {
            json.WriteStartObject();
            json.WriteNumber("tank", tank);
            WriteComponents(json, Plant.Tank(tank));
            json.WriteNumber("KLa", Plant.Aeration(tank));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("settler");
        for (var fromTop = 1; fromTop <= TakacsSettler.Layers; fromTop++)
        {
            var layer = Plant.Layer(TakacsSettler.Layers - fromTop);
            json.WriteStartObject();
            json.WriteNumber("layerFromTop", fromTop);
            WriteNumber(json, "TSS", layer[TakacsSettler.X]);
            for (var index = 0; index < TakacsSettler.Dissolved.Length; index++)
                WriteNumber(json, Asm1.Symbols[TakacsSettler.Dissolved[index]], layer[index + 1]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var row = new double[Asm1.Row];
        Plant.Effluent(row);
        WriteOutlet(json, "effluent", row, Plant.EffluentFlow);
        Plant.Underflow(row);
        WriteOutlet(json, "underflow", row, Plant.Handles.ReturnSludge + Plant.Handles.WasteSludge);
        json.WriteNumber("Qint", Plant.InternalRecycle);
    }

    private static void WriteOutlet(Utf8JsonWriter json, string name, double[] row, double flow)
    {
        json.WriteStartObject(name);
        json.WriteNumber("Q", flow);
        WriteComponents(json, row);
        json.WriteEndObject();
    }

    private static void WriteComponents(Utf8JsonWriter json, ReadOnlySpan<double> row)
    {
        for (var component = 0; component < Asm1.Count; component++)
            WriteNumber(json, Asm1.Symbols[component], row[component]);
        WriteNumber(json, "TSS", Asm1.Solids(row));
    }

    // A plant without inflow has figures that are not numbers, and JSON has no word for them.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
