using Ouro.Server.Access;
using Ouro.Server.Assets;
using Ouro.Server.Conversations;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Events;
using Ouro.Server.Files;
using Ouro.Server.Organizations;
using Ouro.Server.SocketIo;
using Ouro.Server.Storage;
using Ouro.Server.Teams;
using Ouro.Server.Users;
using Ouro.Server.Web;

namespace Ouro.Server;

/// <summary>A room: what it brings, its REST door, the class of its MCP tools, and what of its web door is no page.</summary>
public sealed record Feature(
    string Room, Action<IServiceCollection> Add, Action<RouteGroupBuilder>? Rest = null, Type? Tools = null, Action<RouteGroupBuilder>? Web = null);

/// <summary>The table of contents: each room once, in floor order. A room uses only rooms above it in this list.</summary>
public static class Features
{
    public static readonly IReadOnlyList<Feature> All =
    [
        new("Kernel", s => s
            .AddSingleton(TimeProvider.System).AddSingleton<Clock>().AddSingleton<WebAddress>().AddSingleton<RequestLimits>()
            .AddSingleton<Jobs>().AddHostedService(p => p.GetRequiredService<Jobs>())),
        new("Storage", s => s
            .AddSingleton<ObjectStorage>(p => new LocalStorage(p.GetRequiredService<Installation>().Directory.File("objects"))).AddSingleton<Blobs>()),
        new("Access", s => s
            .AddSingleton<AccessTokens>().AddSingleton<Actors>().AddSingleton<Identification>()),
        new("Events", s => s
            .AddSingleton<EventLog>().AddSingleton<EventOperations>().AddHostedService<Listener>(),
            EventEndpoints.MapEvents),
        new("Users", UserRoom.Add, UserEndpoints.MapUsers, typeof(UserTools), UserWeb.MapUserWeb),
        new("Organizations", s => s
            .AddSingleton<OrganizationOperations>().AddSingleton<InvitationOperations>().AddSingleton(p => p.GetRequiredService<InvitationOperations>().Ticket)
            .AddSingleton(new JobKind(InvitationOperations.Letter, (s, job, ct) => s.GetRequiredService<InvitationOperations>().Send(job, ct)))
            .AddSingleton(new FrameMenu(typeof(ContextMenu))).AddSingleton(new FrameCreation("/organizations/new", "Organization", "People and agents with rules of their own", "people")),
            OrganizationEndpoints.MapOrganizations, typeof(OrganizationTools)),
        new("Teams", s => s
            .AddSingleton<TeamOperations>().AddSingleton(new FrameCreation("/teams/new", "Team", "A place for work on one thing", "people"))
            .AddSingleton(new OrganizationPart(typeof(TeamsOfOrganization))),
            TeamEndpoints.MapTeams, typeof(TeamTools)),
        new("Assets", s => s
            .AddSingleton(p => FeedOperations.Contents(p.GetRequiredService<Db>()))
            .AddSingleton<AssetOperations>().AddSingleton<AccessOperations>().AddSingleton<SearchOperations>().AddSingleton<FeedOperations>().AddSingleton<ImpactOperations>()
            .AddSingleton<SignedLinks>().AddSingleton<DownloadOperations>()
            .AddSingleton(new FramePlace("/", "Home", "home")).AddSingleton(new FramePlace("/teams", "Teams", "people", typeof(JoinedTeams))),
            AssetEndpoints.MapAssets, typeof(AssetTools)),
        new("Files", FileRoom.Add, FileEndpoints.MapFiles, Web: FileWeb.MapFileWeb),
        new("Datasets", DatasetRoom.Add, DatasetEndpoints.MapDatasets, typeof(DatasetTools), ImportWeb.MapImports),
        new("Conversations", s => s
            .AddSingleton<LiveConversations>().AddSingleton(p => new Hearing(AssetStore.ReachChannel, p.GetRequiredService<LiveConversations>().Hear)).AddSocketIo().AddOptions<SocketIoOptions>().Configure<LiveConversations>((options, live) => live.Open(options))),
    ];
}
