using Gateway.Users;

namespace Gateway.Tests.Users;

/// <summary>A data folder with accounts; their passwords are hashed with few rounds so that tests are quick.</summary>
internal sealed class AccountRig : IDisposable
{
    public const string Password = "correct horse battery";

    private static readonly PasswordHash s_hash = PasswordHash.Of(Password, 1000);

    public AccountRig(params Account[] accounts)
    {
        Folder = Directory.CreateTempSubdirectory("gateway-users-").FullName;
        new AccountBook { Accounts = accounts }.Save(Folder);
    }

    public string Folder { get; }

    public static Account Make(string name, Role role, params string[] areas) => new() { Name = name, Role = role, Areas = areas, Password = s_hash };

    public void Save(Func<AccountBook, AccountBook> change) => change(AccountBook.Load(Folder)).Save(Folder);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Time that passes when the test says so.</summary>
    public sealed class Clock : TimeProvider
    {
        private long _ticks = new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => new(_ticks, TimeSpan.Zero);

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
