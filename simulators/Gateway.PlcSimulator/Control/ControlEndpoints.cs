using System.Globalization;
using Gateway.Simulation.Instruments;
using Gateway.Simulation.Plc;
using Gateway.Simulation.Process;
using static Microsoft.AspNetCore.Http.StatusCodes;

namespace Gateway.PlcSimulator.Control;

/// <summary>What the control API does to a plant.</summary>
internal sealed class ControlEndpoints(PlantServer server)
{
    // A PLC is switched by one request at a time: its port must not be opened twice.
    private readonly Lock _switching = new();
    private readonly SimulatedPlcStation _station = server.Station;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/plant", ReadPlant);
        routes.MapPost("/plant", WritePlant);
        routes.MapGet("/signals", ReadSignals);
        routes.MapGet("/signals/{name}", ReadSignal);
        routes.MapPost("/signals/{name}", WriteSignal);
        routes.MapGet("/instruments/{name}", ReadInstrument);
        routes.MapPost("/instruments/{name}", WriteInstrument);
        routes.MapGet("/plcs", ReadPlcs);
        routes.MapPost("/plcs/{device}/{action}", SwitchPlc);
        routes.MapGet("/faults", ReadFaults);
        routes.MapPost("/faults", AddFault);
        routes.MapDelete("/faults", RemoveFaults);
        routes.MapDelete("/faults/{id}", RemoveFault);
        routes.MapGet("/disturbances", ReadDisturbances);
        routes.MapPost("/disturbances", AddDisturbance);
        routes.MapDelete("/disturbances", RemoveDisturbances);
        routes.MapDelete("/disturbances/{id}", RemoveDisturbance);
    }

    private Task ReadPlant(HttpContext http) => ControlGuard.WriteAsync(http, DescribePlant(), ControlJson.Default.PlantMessage);

    private async Task WritePlant(HttpContext http)
    {
        var wanted = await ControlGuard.ReadAsync(http, ControlJson.Default.PlantWrite);
        var weather = Weather.Dry;
        var isWeather = wanted.Weather is { Length: > 0 } word && word.All(char.IsAsciiLetter)
            && Enum.TryParse(word, ignoreCase: true, out weather);
        if (wanted.Weather is not null && !isWeather)
            throw new RefusedException(Status400BadRequest, $"The weather '{wanted.Weather}' is not one of dry, rain, storm.");
        _station.Use(plant =>
        {
            if (isWeather)
                plant.Weather = weather;
            return plant.IsRemoteEnabled = wanted.RemoteEnabled ?? plant.IsRemoteEnabled;
        });
        await ReadPlant(http);
    }

    private PlantMessage DescribePlant() => _station.Use(plant => new PlantMessage(
        plant.Now, plant.Weather.ToString().ToLowerInvariant(), server.Speed, plant.IsRemoteEnabled, plant.IsRemoteActive));

    private Task ReadSignals(HttpContext http)
    {
        string prefix = http.Request.Query["prefix"].ToString();
        var message = _station.Use(plant => new SignalsMessage(plant.Now, [.. plant.Signals
            .Where(signal => signal.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(Describe)]));
        return ControlGuard.WriteAsync(http, message, ControlJson.Default.SignalsMessage);
    }

    private Task ReadSignal(HttpContext http) =>
        ControlGuard.WriteAsync(http, Describe(FindSignal(http)), ControlJson.Default.SignalMessage);

    private async Task WriteSignal(HttpContext http)
    {
        var signal = FindSignal(http);
        var wanted = await ControlGuard.ReadAsync(http, ControlJson.Default.SignalWrite);
        if (!signal.IsWritable)
            throw new RefusedException(Status409Conflict, $"The signal '{signal.Name}' is {KindOf(signal)}: only set-points and commands can be written; /instruments/{signal.Name} makes a measured value wrong.");
        if (wanted.Value is not { } value)
            throw new RefusedException(Status400BadRequest, "The body needs a number: {\"value\": 1.5}.");
        if (!(value >= signal.Low && value <= signal.High))
            throw new RefusedException(Status400BadRequest, string.Create(CultureInfo.InvariantCulture, $"The value {value} is outside the range {signal.Low} to {signal.High} of '{signal.Name}'."));
        _station.Use(plant => plant.Set(signal.Name, value));
        await ControlGuard.WriteAsync(http, Describe(signal), ControlJson.Default.SignalMessage);
    }

    private Task ReadInstrument(HttpContext http) =>
        ControlGuard.WriteAsync(http, DescribeInstrument(FindMeasured(http)), ControlJson.Default.InstrumentMessage);

    private async Task WriteInstrument(HttpContext http)
    {
        var signal = FindMeasured(http);
        var wanted = await ControlGuard.ReadAsync(http, ControlJson.Default.InstrumentMessage);
        _station.UseInstrument(signal, instrument => Spoil(instrument, wanted));
        if (wanted.Nan is { } isNotANumber)
            _station.SetNotANumber(signal, isNotANumber);
        await ControlGuard.WriteAsync(http, DescribeInstrument(signal), ControlJson.Default.InstrumentMessage);
    }

    private static bool Spoil(Instrument instrument, InstrumentMessage wanted)
    {
        // Setting the offset anew is a calibration: a drift starts from it.
        if (wanted.Bias is { } bias)
        {
            instrument.Calibrate();
            instrument.Offset = bias;
        }

        instrument.DriftPerHour = wanted.Drift ?? instrument.DriftPerHour;
        instrument.IsFailed = wanted.Failed ?? instrument.IsFailed;
        return instrument.IsStuck = wanted.Stuck ?? instrument.IsStuck;
    }

    private InstrumentMessage DescribeInstrument(string signal)
    {
        var isNotANumber = _station.IsNotANumber(signal);
        return _station.UseInstrument(signal, instrument => new InstrumentMessage
        {
            Drift = instrument.DriftPerHour,
            Bias = instrument.Offset,
            Stuck = instrument.IsStuck,
            Failed = instrument.IsFailed,
            Nan = isNotANumber,
        });
    }

    private Task ReadPlcs(HttpContext http)
    {
        var plcs = _station.Lines.SelectMany(line => line.Plcs.Select(plc => Describe(line, plc)));
        return ControlGuard.WriteAsync(http, new PlcsMessage([.. plcs]), ControlJson.Default.PlcsMessage);
    }

    private Task SwitchPlc(HttpContext http)
    {
        string device = (string)http.Request.RouteValues["device"]!;
        if (_station.FindPlc(device) is not { } plc)
            throw new RefusedException(Status404NotFound, $"The site has no device '{device}'; GET /plcs lists them.");
        lock (_switching)
        {
            Switch((string)http.Request.RouteValues["action"]!, device);
        }

        return ControlGuard.WriteAsync(http, Describe(_station.Lines.First(line => line.Plcs.Contains(plc)), plc), ControlJson.Default.PlcMessage);
    }

    private void Switch(string action, string device)
    {
        try
        {
            switch (action)
            {
                case "stop":
                    _station.Stop(device, true);
                    break;
                case "start":
                    _station.Stop(device, false);
                    break;
                case "freeze":
                    _station.Freeze(device, true);
                    break;
                default:
                    throw new RefusedException(Status404NotFound, $"A PLC cannot be told to '{action}', only to stop, start or freeze.");
            }
        }
        catch (PlantServerException e)
        {
            throw new RefusedException(Status409Conflict, e.Message);
        }
    }

    private PlcMessage Describe(SimulatedPlcLine line, SimulatedPlc plc) => new(
        plc.Name, plc.Unit, line.Definition.Name, server.Endpoints[line.Definition.Index].ToString(),
        plc.IsStopped ? "stopped" : plc.IsFrozen ? "frozen" : "running");

    private Task ReadFaults(HttpContext http) => ControlGuard.WriteAsync(
        http, new FaultsMessage([.. _station.Faults.List().Select(FaultRuleText.Describe)]), ControlJson.Default.FaultsMessage);

    private async Task AddFault(HttpContext http)
    {
        var rule = FaultRuleText.Read(await ControlGuard.ReadAsync(http, ControlJson.Default.FaultMessage));
        if (rule.Device is { } device && _station.FindPlc(device) is null)
            throw new RefusedException(Status400BadRequest, $"The site has no device '{device}'; GET /plcs lists them.");
        long id;
        try
        {
            id = _station.Faults.Add(rule);
        }
        catch (InvalidOperationException e)
        {
            throw new RefusedException(Status409Conflict, e.Message);
        }

        http.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"/faults/{id}");
        await ControlGuard.WriteAsync(http, FaultRuleText.Describe(new FaultState(id, rule, 0, true)), ControlJson.Default.FaultMessage, Status201Created);
    }

    private Task RemoveFaults(HttpContext http)
    {
        _station.Faults.Clear();
        http.Response.StatusCode = Status204NoContent;
        return Task.CompletedTask;
    }

    private Task RemoveFault(HttpContext http)
    {
        string text = (string)http.Request.RouteValues["id"]!;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !_station.Faults.Remove(id))
            throw new RefusedException(Status404NotFound, $"There is no fault rule {text}; GET /faults lists them.");
        http.Response.StatusCode = Status204NoContent;
        return Task.CompletedTask;
    }

    private Task ReadDisturbances(HttpContext http) => ControlGuard.WriteAsync(
        http, new DisturbancesMessage([.. _station.Disturbances.List().Select(DisturbanceText.Describe)]), ControlJson.Default.DisturbancesMessage);

    private async Task AddDisturbance(HttpContext http)
    {
        var added = DisturbanceText.Add(_station, await ControlGuard.ReadAsync(http, ControlJson.Default.DisturbanceMessage));
        http.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"/disturbances/{added.Id}");
        await ControlGuard.WriteAsync(http, added, ControlJson.Default.DisturbanceMessage, Status201Created);
    }

    private Task RemoveDisturbances(HttpContext http)
    {
        _station.Disturbances.Clear();
        http.Response.StatusCode = Status204NoContent;
        return Task.CompletedTask;
    }

    private Task RemoveDisturbance(HttpContext http)
    {
        string text = (string)http.Request.RouteValues["id"]!;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || !_station.Disturbances.Remove(id))
            throw new RefusedException(Status404NotFound, $"There is no disturbance {text}; GET /disturbances lists them.");
        http.Response.StatusCode = Status204NoContent;
        return Task.CompletedTask;
    }

    private SignalMessage Describe(PlantSignal signal)
    {
        var value = _station.Value(signal.Name);
        return new SignalMessage(signal.Name, double.IsFinite(value) ? value : null, signal.Unit, KindOf(signal), signal.Low, signal.High, signal.IsWritable);
    }

    private static string KindOf(PlantSignal signal) => signal.Kind.ToString().ToLowerInvariant();

    private PlantSignal FindSignal(HttpContext http)
    {
        string name = (string)http.Request.RouteValues["name"]!;
        return _station.Plant.Signals.FirstOrDefault(signal => signal.Name == name)
            ?? throw new RefusedException(Status404NotFound, $"The plant has no signal '{name}'; GET /signals lists them.");
    }

    private string FindMeasured(HttpContext http)
    {
        var signal = FindSignal(http);
        if (signal.Kind != SignalKind.Measured)
            throw new RefusedException(Status409Conflict, $"The signal '{signal.Name}' is {KindOf(signal)} and has no instrument.");
        return signal.Name;
    }
}
