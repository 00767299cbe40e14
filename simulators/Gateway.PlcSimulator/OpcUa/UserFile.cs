using System.Security.Cryptography;
using System.Text;
using Gateway.OpcUa.Server;

namespace Gateway.PlcSimulator.OpcUa;

/// <summary>
/// The users who may write over OPC UA, from a file with <c>name:password</c> in each line. The passwords stand there as
/// they are, so nobody but its owner may read the file. Immutable; any thread may ask.
/// </summary>
internal sealed class UserFile
{
    private const int ShortestPassword = 8;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly Dictionary<string, byte[]> _passwords;

    private UserFile(Dictionary<string, byte[]> passwords) => _passwords = passwords;

    /// <summary>Number of users.</summary>
    public int Count => _passwords.Count;

    /// <summary>Reads the file.</summary>
    /// <returns>The users, and all that is wrong with its place; without users when anything is.</returns>
    public static (UserFile? Users, IReadOnlyList<string> Errors) Load(string path)
    {
        string[] lines;
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
                return (null, [$"{path}: error: others than its owner can read or change the file, which holds passwords; chmod 600 {path}"]);
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{path}: error: {e.Message}"]);
        }

        var errors = new List<string>();
        var passwords = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
                continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
                errors.Add($"{path}({number},1): error: the line is not name:password");
            else if (line.Length - colon - 1 < ShortestPassword)
                errors.Add($"{path}({number},{colon + 2}): error: the password has less than {ShortestPassword} characters; choose a longer one");
            else if (!passwords.TryAdd(line[..colon], Hash(line[(colon + 1)..])))
                errors.Add($"{path}({number},1): error: the user '{line[..colon]}' stands here for the second time; remove one of the lines");
        }

        if (errors.Count == 0 && passwords.Count == 0)
            errors.Add($"{path}: error: the file names no user; write name:password");
        return errors.Count > 0 ? (null, errors) : (new UserFile(passwords), []);
    }

    /// <summary>The user with this name and password; null for a wrong one.</summary>
    public ServerUser? Find(string name, string password)
    {
        var isKnown = _passwords.TryGetValue(name, out var wanted);
        // The same work for a name that nobody has, so that the time tells nothing.
        var isRight = CryptographicOperations.FixedTimeEquals(Hash(password), wanted ?? Hash(""));
        return isKnown && isRight ? new ServerUser(name, true) : null;
    }

    private static byte[] Hash(string password) => SHA256.HashData(Encoding.UTF8.GetBytes(password));
}
