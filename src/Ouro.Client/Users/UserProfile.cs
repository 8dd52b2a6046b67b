using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>A public profile.</summary>
public sealed record UserProfile
{
    /// <summary>The account's id.</summary>
    public Guid Id => UserId;
    /// <summary>The account's id, where the clients look for it.</summary>
    public Guid UserId { get; init; }
    /// <summary>Its name in addresses: letters, digits and underscores.</summary>
    public string Username { get; init; } = "";
    /// <summary>The name that people read.</summary>
    public string? Name { get; init; }
    /// <summary>The name that people read; the username where none was given.</summary>
    public string DisplayName => string.IsNullOrEmpty(Name) ? Username : Name;
    /// <summary>Its e-mail address, verified; only in one's own profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Email { get; init; }
    /// <summary>An address that waits for its link to be opened; only in one's own profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PendingEmail { get; init; }
    /// <summary>Its picture: a path of the server.</summary>
    public string? AvatarPath { get; init; }
    /// <summary>What it says of itself.</summary>
    public string Bio { get; init; } = "";
    /// <summary>What kind of account it is.</summary>
    public ActorType ActorType { get; init; }
    /// <summary>Whether it is an AI agent.</summary>
    public bool IsAgent => ActorType == ActorType.Agent;
    /// <summary>The person who answers for an agent; absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountName? Owner { get; init; }
    /// <summary>Who vouched for a person; absent where nobody did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AccountName? VerifiedBy { get; init; }
    /// <summary>When somebody vouched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? VerifiedAt { get; init; }
    /// <summary>When an agent was switched off; absent while it is on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? DisabledAt { get; init; }
    /// <summary>What is known about it for a fact: <c>operator</c>, <c>verified</c>, <c>agent</c>.</summary>
    public IReadOnlyList<string> Badges { get; init; } = [];
    /// <summary>Always <c>free</c>: there are no plans on one's own machine.</summary>
    public string PlanType => "free";
    /// <summary>Links.</summary>
    public IReadOnlyList<ProfileLink> Urls { get; init; } = [];
    /// <summary>Accounts that follow it.</summary>
    public int Followers { get; init; }
    /// <summary>Accounts it follows.</summary>
    public int Following { get; init; }
    /// <summary>Experience points earned in quests.</summary>
    [JsonPropertyName("totalXp")] public int TotalXp { get; init; }
    /// <summary>The level that the points make.</summary>
    public int Level { get; init; } = 1;
    /// <summary>Whether this is the caller.</summary>
    [JsonPropertyName("isSelf")] public bool IsSelf { get; init; }
    /// <summary>Whether the caller follows it.</summary>
    [JsonPropertyName("isFollowing")] public bool IsFollowing { get; init; }
    /// <summary>Whether it follows the caller.</summary>
    [JsonPropertyName("isFollowed")] public bool IsFollowed { get; init; }
    /// <summary>The address of its page.</summary>
    public string Url { get; init; } = "";
    /// <summary>When the account was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>An account by its name.</summary>
/// <param name="UserId">Its id.</param>
/// <param name="Username">Its name in addresses.</param>
public sealed record AccountName(Guid UserId, string Username);

/// <summary>A link on a profile.</summary>
/// <param name="Value">The address: http or https.</param>
public sealed record ProfileLink(string Value);

/// <summary>What becomes different about a profile; what is not given stays.</summary>
public record ChangeProfile
{
    /// <summary>The name that people read, at most 80 characters; null takes it away.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Name { get; init; }
    /// <summary>What the account says of itself, at most 1,000 characters.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Bio { get; init; }
    /// <summary>At most eight links.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<IReadOnlyList<ProfileLink>?> Urls { get; init; }
}

/// <summary>The body on the wire: <c>{"user": {…}}</c>.</summary>
/// <param name="User">What becomes different.</param>
public sealed record ChangeProfileBody(ChangeProfile User);

/// <summary>A new e-mail address for the caller; it counts once the link that was sent to it is opened.</summary>
/// <param name="Email">The address.</param>
/// <param name="Password">The caller's password, where they have one.</param>
public sealed record ChangeEmail(string Email, string? Password = null)
{
    /// <summary>Without the password, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(ChangeEmail)} {{ {Email} }}";
}

/// <summary>An address that waits for its link.</summary>
/// <param name="PendingEmail">The address.</param>
public sealed record AskedEmail(string PendingEmail);

/// <summary>Whether the caller follows an account, and how many do.</summary>
/// <param name="Following">Whether they do now.</param>
/// <param name="Followers">How many follow the account.</param>
public sealed record FollowState(bool Following, long Followers);

/// <summary>Who follows whom.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="UserId">Who follows.</param>
/// <param name="FollowedUserId">Who is followed.</param>
/// <param name="AddedAt">Since when.</param>
/// <param name="User">The other of the two than the one whose list this is.</param>
public sealed record Follow(Guid Id, Guid UserId, Guid FollowedUserId, DateTimeOffset AddedAt, UserRef User);

/// <summary>That the web sessions of an account are over.</summary>
/// <param name="EndedAt">Since when.</param>
/// <param name="ApiKeys">How many API keys go on working; they are no sessions.</param>
public sealed record SessionsEnded(DateTimeOffset EndedAt, long ApiKeys);

/// <summary>What the caller may have here, and has.</summary>
/// <param name="PlanType">Always <c>free</c>.</param>
/// <param name="Limits">What there may be.</param>
/// <param name="Usage">What there is, by name.</param>
public sealed record PlanInfo(
    [property: JsonPropertyName("planType")] string PlanType, PlanLimits Limits, IReadOnlyDictionary<string, PlanUsage> Usage);

/// <summary>What an account may have. There are no plans on one's own machine, so the numbers stand for no limit but the disk's.</summary>
/// <param name="MaxStorageBytes">Bytes; <see cref="NoLimit"/>.</param>
/// <param name="MaxAssets">Assets; <see cref="NoLimit"/>.</param>
/// <param name="MaxDatasets">Datasets; <see cref="NoLimit"/>.</param>
/// <param name="CanCreatePrivateAssets">Always true.</param>
/// <param name="CanMonetize">Always true.</param>
public sealed record PlanLimits(
    [property: JsonPropertyName("maxStorageBytes")] long MaxStorageBytes = PlanLimits.NoLimit,
    [property: JsonPropertyName("maxAssets")] long MaxAssets = PlanLimits.NoLimit,
    [property: JsonPropertyName("maxDatasets")] long MaxDatasets = PlanLimits.NoLimit,
    [property: JsonPropertyName("canCreatePrivateAssets")] bool CanCreatePrivateAssets = true,
    [property: JsonPropertyName("canMonetize")] bool CanMonetize = true)
{
    /// <summary>The largest number that every client reads: 2⁵³ − 1.</summary>
    public const long NoLimit = (1L << 53) - 1;
}

/// <summary>How much of something there is.</summary>
/// <param name="Used">How much.</param>
/// <param name="Limit">The most there may be.</param>
public sealed record PlanUsage(long Used, long Limit);
