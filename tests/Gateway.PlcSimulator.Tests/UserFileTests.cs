using Gateway.PlcSimulator.OpcUa;

namespace Gateway.PlcSimulator.Tests;

/// <summary>The file of those who may write over OPC UA.</summary>
public sealed class UserFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"users-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Users_are_found_by_name_and_password()
    {
        var (users, errors) = Load("# who may write\n\nolga:long enough\notto:with:colons\r\n");
        Assert.Empty(errors);
        Assert.Equal(2, users!.Count);
        Assert.Equal("olga", users.Find("olga", "long enough")!.Name);
        Assert.True(users.Find("otto", "with:colons")!.MayWrite);
        Assert.Null(users.Find("olga", "with:colons"));
        Assert.Null(users.Find("nobody", "long enough"));
        Assert.Null(users.Find("nobody", ""));
    }

    [Theory]
    [InlineData("olga", "(1,1): error: the line is not name:password")]
    [InlineData("# x\n:long enough", "(2,1): error: the line is not name:password")]
    [InlineData("olga:short", "(1,6): error: the password has less than 8 characters")]
    [InlineData("olga:long enough\nolga:long enough", "(2,1): error: the user 'olga' stands here for the second time")]
    [InlineData("# nobody\n", ": error: the file names no user")]
    public void A_wrong_line_is_told_with_its_place_and_not_its_password(string text, string error)
    {
        var (users, errors) = Load(text);
        Assert.Null(users);
        Assert.StartsWith(_path + error, Assert.Single(errors), StringComparison.Ordinal);
        Assert.DoesNotContain("long enough", errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(_path, "olga:long enough");
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var (users, errors) = UserFile.Load(_path);
        Assert.Null(users);
        Assert.Contains("chmod 600", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_said() => Assert.StartsWith(_path + ": error: ", Assert.Single(UserFile.Load(_path).Errors), StringComparison.Ordinal);

    private (UserFile? Users, IReadOnlyList<string> Errors) Load(string text)
    {
        File.WriteAllText(_path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return UserFile.Load(_path);
    }
}
