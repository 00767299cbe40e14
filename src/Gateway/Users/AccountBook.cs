using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Users;

/// <summary>
/// All accounts and tokens: users.json of the data folder. It is replaced as a whole, readable by the service's user
/// only. Immutable.
/// </summary>
public sealed record AccountBook
{
    /// <summary>Accounts at most.</summary>
    public const int MaxAccounts = 500;
    /// <summary>Tokens at most.</summary>
    public const int MaxTokens = 500;

    private const int MaxFileBytes = 1 << 20;

    /// <summary>Format of the file.</summary>
    public int Version { get; init; } = 1;
    /// <summary>Accounts by name.</summary>
    public IReadOnlyList<Account> Accounts { get; init; } = [];
    /// <summary>Tokens in the order they were made.</summary>
    public IReadOnlyList<ApiToken> Tokens { get; init; } = [];

    /// <summary>Name of the file in a data folder.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "users.json");

    /// <summary>The account of that name, null for none.</summary>
    public Account? Find(string name) => Accounts.FirstOrDefault(account => account.Name == name);

    /// <summary>Reads the file of a data folder; no file means no accounts.</summary>
    /// <exception cref="AccountException">It cannot be read, or is not such a file.</exception>
    public static AccountBook Load(string folder)
    {
        string file = FileIn(folder);
        try
        {
            if (!File.Exists(file))
                return new AccountBook();
            if (new FileInfo(file).Length > MaxFileBytes)
                throw new AccountException("GW6501", $"{file} is larger than {MaxFileBytes} bytes; it is no file of this program");
            using FileStream stream = File.OpenRead(file);
            AccountBook book = JsonSerializer.Deserialize(stream, AccountJson.Default.AccountBook) ?? throw new JsonException("it is null");
            return book.Version == 1 ? book : throw new AccountException("GW6501", $"{file} has format {book.Version}, this program knows 1; use the program that wrote it");
        }
        catch (JsonException e)
        {
            throw new AccountException("GW6501", $"{file} cannot be understood: {e.Message}; restore it from a backup, or remove it and make the accounts anew", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AccountException("GW6501", $"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Replaces the file of a data folder; a crash leaves the old one or the new one.</summary>
    /// <exception cref="AccountException">It cannot be written.</exception>
    public void Save(string folder)
    {
        string file = FileIn(folder);
        try
        {
            Directory.CreateDirectory(folder);
            DurableFile.Replace(file, JsonSerializer.SerializeToUtf8Bytes(this, AccountJson.Default.AccountBook), isPrivate: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AccountException("GW6502", $"{file} cannot be written: {e.Message}", e);
        }
    }
}

/// <summary>The file of accounts cannot be used, or an order about accounts cannot be carried out.</summary>
/// <param name="code">GW65xx, for people and scripts.</param>
/// <param name="message">What is wrong and how to cure it.</param>
/// <param name="inner">What the system said.</param>
public sealed class AccountException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>GW65xx.</summary>
    public string Code { get; } = code;
}

/// <summary>Generated reading and writing of users.json.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AccountBook))]
internal sealed partial class AccountJson : JsonSerializerContext;
