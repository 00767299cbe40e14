namespace Gateway.Storage.Tests.Support;

/// <summary>Tests that share the layer below SQLite run one after the other.</summary>
[CollectionDefinition("disk", DisableParallelization = true)]
public sealed class DiskCollection;
