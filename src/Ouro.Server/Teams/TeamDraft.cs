using Ouro.Server.Data;

namespace Ouro.Server.Teams;

/// <summary>What was typed into the form of a team, word for word.</summary>
public sealed class TeamDraft
{
    const string Inherit = "inherit";

    public string? Org { get; set; }

    public string? Name { get; set; }

    public string? Mission { get; set; }

    public string? Visible { get; set; }

    public string? DefaultRole { get; set; } = "write";

    public string? JoinPolicy { get; set; } = "open";

    public string? ActorTypePolicy { get; set; } = Inherit;

    public string? SourcePolicy { get; set; } = Inherit;

    /// <summary>The form of a team as it is.</summary>
    public static TeamDraft Of(Team team) => new()
    {
        Name = team.Name, Mission = team.Description.Text, DefaultRole = Wire.Name(team.DefaultRole), JoinPolicy = Wire.Name(team.JoinPolicy),
        ActorTypePolicy = team.InheritsActorTypePolicy ? Inherit : Wire.Name(team.ActorTypePolicy), SourcePolicy = team.InheritsSourcePolicy ? Inherit : Wire.Name(team.SourcePolicy),
    };

    public CreateTeam ToCreate() => new(Bare, Guid.TryParse(Org, out var org) ? org : null)
    {
        Description = Text.Length == 0 ? null : Content.Of(Text), Visibility = Contract.One<Visibility>(Visible ?? "", "visibility"),
        DefaultRole = Contract.One<Role>(DefaultRole ?? "", "default_role"), JoinPolicy = Contract.One<JoinPolicy>(JoinPolicy ?? "", "join_policy"),
        ActorTypePolicy = Policy<ActorTypePolicy>(ActorTypePolicy, "actor_type_policy"), SourcePolicy = Policy<SourcePolicy>(SourcePolicy, "source_policy"),
    };

    /// <summary>Only what is different, so that nothing is undone that somebody else changed meanwhile.</summary>
    public ChangeTeam Since(Team team)
    {
        var before = Of(team);
        return new()
        {
            Name = Bare == before.Name ? null : Bare, Description = Text == before.Mission ? default : new(Text.Length == 0 ? null : Content.Of(Text)),
            DefaultRole = DefaultRole == before.DefaultRole ? null : Contract.One<Role>(DefaultRole ?? "", "default_role"),
            JoinPolicy = JoinPolicy == before.JoinPolicy ? null : Contract.One<JoinPolicy>(JoinPolicy ?? "", "join_policy"),
            ActorTypePolicy = ActorTypePolicy == before.ActorTypePolicy ? default : new(Policy<ActorTypePolicy>(ActorTypePolicy, "actor_type_policy")),
            SourcePolicy = SourcePolicy == before.SourcePolicy ? default : new(Policy<SourcePolicy>(SourcePolicy, "source_policy")),
        };
    }

    /// <summary>A refusal that one field is to blame for, as one of that field.</summary>
    public static Refusal AtField(Refusal refusal)
    {
        var field = refusal.Code switch
        {
            "team_name_taken" => "name",
            "external_team_creation" or "public_publishing_off" or "public_publishing_admins" => "visibility",
            "not_a_member" or "read_only_role" => "org_id",
            _ => null,
        };
        return field is null ? refusal : Refusal.Fields((field, $"{refusal.Message} {refusal.Hint}".TrimEnd()));
    }

    // People write the sign as they say it.
    string Bare => (Name ?? "").Trim().TrimStart('#').Trim();

    string Text => (Mission ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Trim();

    static T? Policy<T>(string? word, string field) where T : struct, Enum => word == Inherit ? null : Contract.One<T>(word ?? "", field);
}
