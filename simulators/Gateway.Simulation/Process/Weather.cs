namespace Gateway.Simulation.Process;

/// <summary>Weather over the catchment.</summary>
public enum Weather
{
    /// <summary>No rain.</summary>
    Dry,

    /// <summary>Long rain: nearly twice the mean flow, diluted.</summary>
    Rain,

    /// <summary>Short and heavy: up to two and a half times the mean flow, with a first flush of solids.</summary>
    Storm,
}
