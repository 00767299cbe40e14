namespace Gateway.Storage.Tests;

public sealed class SqliteVersionTests
{
    [Theory]
    [InlineData("3.44.5", false)]
    [InlineData("3.44.6", true)]
    [InlineData("3.45.0", false)]
    [InlineData("3.50.6", false)]
    [InlineData("3.50.7", true)]
    [InlineData("3.51.2", false)]
    [InlineData("3.51.3", true)]
    [InlineData("3.52.0", false)]
    [InlineData("3.53.0", true)]
    [InlineData("3.100.0", true)]
    [InlineData("4.0.0", false)]
    [InlineData("3.53", false)]
    [InlineData("", false)]
    public void Versions_that_can_lose_committed_writes_are_refused(string version, bool isSafe) => Assert.Equal(isSafe, SqliteVersion.IsSafe(version));

    [Fact]
    public void The_library_that_comes_with_the_program_is_safe() => Assert.True(SqliteVersion.IsSafe(SqliteVersion.Current), SqliteVersion.Current);
}
