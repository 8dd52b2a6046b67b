using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro.Server.Data.Embedded;

/// <summary>What a process does with a data directory.</summary>
public enum HolderKind
{
    /// <summary>It serves: it stays, and there is only one.</summary>
    Server,

    /// <summary>It does one thing and ends.</summary>
    Command,
}

/// <summary>Who holds the lock, for those who find it taken. The lock itself is the kernel's; this is only what it cannot say.</summary>
sealed record LockHolder(int Pid, long Started, HolderKind Kind, string? Address)
{
    static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>False for what a killed holder left behind, and for a holder in another container.</summary>
    [JsonIgnore]
    public bool Alive => new LiveProcess(Pid, Started).Alive;

    public static LockHolder? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LockHolder>(File.ReadAllBytes(path), Json);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    public void Write(string path) =>
        Posix.WriteWhole(path, JsonSerializer.SerializeToUtf8Bytes(this, Json), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public override string ToString() =>
        $"{Kind.ToString().ToLowerInvariant()} (process {Pid}{(Address is null ? "" : $", {Address}")})";
}
