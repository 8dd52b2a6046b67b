using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using Ouro.Server;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>One thing, one name: each spelling is derived from the operation and compared.</summary>
public sealed partial class OneNameTests(TestServer server) : IClassFixture<TestServer>
{
    // Verbs that have no REST call of their own, each with the reason.
    static readonly Dictionary<string, string> NotByRest = new()
    {
        ["UserOperations.Create"] = "accounts are made at the machine, or by signing up",
        ["UserOperations.Add"] = "a part of every way to make an account",
        ["UserOperations.Describe"] = "a part of update",
        ["UserOperations.Whole"] = "a part of set_avatar",
        ["UserOperations.Avatar"] = "the address that a profile names",
        ["UserOperations.MayVouch"] = "whether the page offers it",
        ["AgentOperations.Get"] = "users.get tells the same",
        ["EmailOperations.Waiting"] = "what a link's page asks", ["EmailOperations.VerifyEmail"] = "a link's page", ["EmailOperations.ForgotPassword"] = "a way into the web",
        ["EmailOperations.ResetPassword"] = "a way into the web", ["EmailOperations.Open"] = "shown to operators, and printed at the machine",
        ["SignUpOperations.Look"] = "a way into the web", ["SignUpOperations.SignUp"] = "a way into the web",
        ["PasskeyOperations.List"] = "passkeys live in browsers", ["PasskeyOperations.Add"] = "passkeys live in browsers", ["PasskeyOperations.Rename"] = "passkeys live in browsers",
        ["PasskeyOperations.Remove"] = "passkeys live in browsers", ["PasskeyOperations.SignIn"] = "a way into the web",
        ["SignInOperations.Whose"] = "what a link's page asks",
        ["SignInOperations.Account"] = "a part of every way into the web",
        ["SignInOperations.MustKnowPassword"] = "a part of every change of what signs in",
        ["SignInOperations.Hash"] = "a part of every new password",
        ["OrganizationOperations.IdOf"] = "the command line's look-up of a name",
        ["OrganizationOperations.SetMember"] = "the command line's; an admin invites",
        ["InvitationOperations.Look"] = "the page of an invitation's link",
        ["SignInOperations.CreateLink"] = "printed at the machine",
        ["SignInOperations.UseLink"] = "a way into the web",
        ["SignInOperations.WithPassword"] = "a way into the web",
        ["SignInOperations.HasPassword"] = "a way into the web",
        ["SignInOperations.SetPassword"] = "a way into the web",
        ["TeamOperations.Standing"] = "a part of everything that is done in a team",
        ["TeamOperations.StandingIn"] = "a part of every create",
        ["TeamOperations.WhyNot"] = "tells on a page what join and create would answer",
        ["TeamOperations.Administered"] = "get_by_name, for pages that are for admins",
        ["TeamOperations.CountPublic"] = "a page's question before update; REST is told by the refusal",
        ["FeedOperations.UnreadAmong"] = "a mark on a page; REST has teams.unreads",
        ["FeedOperations.Joined"] = "the sidebar's one call for teams.list and teams.unreads",
        ["FeedOperations.Newest"] = "the page's one call for several of teams.activity",
        ["FeedOperations.UnreadPreview"] = "teams.unreads with view_mode=preview",
        ["AssetOperations.GetByAddress"] = "addresses are the web's; the API has ids",
        ["AssetOperations.Lookup"] = "a part of the search",
        ["AssetOperations.Open"] = "MCP's one call for what REST has three",
        ["AssetOperations.PlaceFor"] = "a part of every create",
        ["AssetOperations.Add"] = "a part of every create",
        ["AssetOperations.RightsOn"] = "a part of every change",
        ["AssetOperations.MustOpen"] = "a part of everything that reads content",
        ["AssetOperations.MustShare"] = "a part of sharing",
        ["AssetOperations.MustWrite"] = "a part of every change",
        ["AssetOperations.Change"] = "a part of every update",
        ["AssetOperations.Connect"] = "a part of what connects assets",
        ["DownloadOperations.ByLink"] = "the link that download_url hands out",
        ["UploadOperations.Begin"] = "a part of every way in", ["UploadOperations.Keep"] = "files.upload", ["UploadOperations.Own"] = "a part of what is made of uploads",
        ["UploadOperations.Put"] = "the link that create_url hands out", ["UploadOperations.Read"] = "the link that complete hands out",
        ["FileOperations.ReplaceWith"] = "update_file of MCP", ["FileOperations.MustWrite"] = "a part of every change of a file", ["FileOperations.Moved"] = "a part of every move", ["UploadOperations.MayBegin"] = "a part of every way in",
        ["FileOperations.Thumbnail"] = "pictures of lists are the web's", ["FileOperations.Head"] = "the page's one call for several", ["FileOperations.Details"] = "MCP's one call for metadata, preview and data",
        ["FileOperations.Contents"] = "what the page of a deletion says",
        ["FileOperations.Bytes"] = "a part of what is made of files", ["ImportOperations.ImportStored"] = "datasets.import of a file that is here",
        ["UploadOperations.Standing"] = "tus", ["UploadOperations.Append"] = "tus", ["UploadOperations.Terminate"] = "tus; discard does the same",
        ["UploadOperations.Settle"] = "a part of what is made of uploads",
        ["FileOperations.Download"] = "assets.download of a file",
        ["DatasetOperations.Publish"] = "a part of create and import",
        ["DatasetOperations.Remove"] = "a part of delete",
        ["DatasetOperations.EditColumns"] = "MCP's one call for what REST has three",
        ["DatasetOperations.Head"] = "the page's one call for what REST has four",
        ["DatasetOperations.Browse"] = "rows, with what only a page says of them",
        ["DatasetOperations.SummaryBy"] = "summary, for a page that does not wait",
        ["DatasetOperations.History"] = "the page's; events get a door of their own",
        ["DatasetOperations.Page"] = "MCP's one call for rows and query",
        ["DatasetOperations.Details"] = "MCP's one call for schema, stats and preview",
        ["ImportOperations.ImportLocal"] = "the command line's import of a file of the machine",
        ["ImportOperations.Created"] = "the answer of import",
        ["ImportOperations.Run"] = "the job itself",
        ["ImportOperations.Recover"] = "a part of the start",
    };

    // What agents have no reason to call; tools cost every agent context.
    static readonly Dictionary<string, string> NotByMcp = new()
    {
        ["api_keys"] = "an agent does not make or revoke the keys it is held by",
        ["imports"] = "follow what a person uploads in the browser or with the SDK",
        ["organizations"] = "people decide who is in their organizations; an agent finds them with get_organizations",
        ["invitations"] = "people invite and are invited",
        ["events"] = "people look into logs",
        ["teams.get_by_name"] = "get_teams; agents go by ids", ["teams.members"] = "get_teams with include_members", ["teams.leave"] = "set_team_membership",
        ["teams.list"] = "get_teams", ["teams.unreads"] = "get_team_feed with unread_only", ["teams.read"] = "get_asset marks what it reads",
        ["teams.feed"] = "get_team_feed of each", ["teams.delete"] = "a person decides that", ["teams.add_member"] = "a person decides that",
        ["teams.change_member"] = "a person decides that", ["teams.remove_member"] = "a person decides that", ["teams.join_requests"] = "a person decides them",
        ["teams.approve"] = "a person decides that", ["teams.reject"] = "a person decides that", ["teams.bans"] = "a person decides them",
        ["teams.ban"] = "a person decides that", ["teams.unban"] = "a person decides that",
        ["access"] = "what an agent may do it sees by trying; people ask about others where they share",
        ["agents"] = "people make agents and answer for them", ["server_invitations"] = "people invite people",
        ["users.current"] = "get_me tells more", ["users.get"] = "search_users tells who it is", ["users.update"] = "its owner says what an agent is",
        ["users.set_avatar"] = "files do not travel over MCP", ["users.remove_avatar"] = "its owner says what an agent is", ["users.change_email"] = "agents have no address",
        ["users.sign_out_everywhere"] = "agents have no sessions", ["users.plan_info"] = "there are no plans here", ["users.follow"] = "the public server has no tool for it",
        ["users.follows"] = "the public server has no tool for it", ["users.followers"] = "the public server has no tool for it",
        ["users.verify"] = "agents do not vouch", ["users.unverify"] = "agents do not vouch",
        ["assets.type"] = "get_asset tells it", ["assets.view"] = "get_asset counts it", ["assets.counts"] = "get_asset tells them", ["assets.permissions"] = "people look at it where they share",
        ["assets.update"] = "each type has its own tool", ["assets.download_url"] = "download_asset", ["assets.children"] = "comes with services and comments",
        ["assets.connections"] = "comes with what connects assets", ["assets.actions"] = "comes with services", ["assets.tags"] = "there are none",
        ["assets.compatible_routes"] = "comes with services", ["assets.impact"] = "comes with the tools of people", ["users.impact"] = "comes with the tools of people",
        ["files.create_from_file"] = "create_file", ["files.upload"] = "create_file", ["files.get"] = "get_asset", ["files.metadata"] = "get_asset with detail full",
        ["files.data"] = "get_asset with detail full", ["files.content"] = "download_asset", ["files.replace"] = "update_file", ["files.usage"] = "people look at it",
        ["files.permissions"] = "people look at it where they share", ["files.delete"] = "delete_asset", ["uploads.complete"] = "create_file with upload_id",
        ["uploads.discard"] = "uploads go by themselves", ["uploads.list"] = "people look at what is on its way", ["uploads.get"] = "create_file tells whether it is here",
        ["datasets.get"] = "get_asset", ["datasets.schema"] = "get_asset with detail full", ["datasets.stats"] = "get_asset with detail full", ["datasets.lineage"] = "get_asset with detail full", ["datasets.summary"] = "query_dataset with aggregates",
        ["datasets.cancel_query"] = "an agent stops its call", ["datasets.create_from_query"] = "create_dataset of what query_dataset yields",
        ["datasets.query_across"] = "query_dataset of any of them", ["datasets.plan"] = "query_dataset; agents read rows, not plans", ["views.run"] = "query_dataset with its sql_query",
        ["datasets.permissions"] = "people look at it where they share", ["datasets.rows"] = "query_dataset without sql", ["datasets.write_rows"] = "update_dataset with data",
        ["datasets.import"] = "files do not travel over MCP", ["datasets.delete"] = "delete_asset", ["datasets.export"] = "download_asset",
        ["datasets.update_column"] = "edit_dataset_columns", ["datasets.drop_column"] = "edit_dataset_columns",
    };

    // The public names win where they differ.
    static readonly Dictionary<string, string> PublicTools = new()
    {
        ["users.profile"] = "get_me", ["users.search"] = "search_users", ["organizations.list"] = "get_organizations", ["assets.search"] = "search_assets", ["assets.get"] = "get_asset", ["assets.share"] = "share_asset",
        ["assets.delete"] = "delete_asset", ["assets.download"] = "download_asset", ["datasets.create"] = "create_dataset", ["datasets.query"] = "query_dataset",
        ["teams.get"] = "get_teams", ["teams.create"] = "create_team", ["teams.update"] = "update_team", ["teams.activity"] = "get_team_feed",
        ["teams.join"] = "set_team_membership", ["views.list"] = "list_dataset_views", ["views.create"] = "write_dataset_view", ["views.update"] = "write_dataset_view", ["views.delete"] = "delete_dataset_view",
        ["files.create"] = "create_file", ["files.update"] = "update_file", ["uploads.create_url"] = "create_upload_url",
        ["datasets.update"] = "update_dataset", ["datasets.add_column"] = "edit_dataset_columns",
    };

    List<string> Calls => [.. server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints)
        .Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).OfType<string>().Where(n => n.Contains('.')).Distinct()];

    [Fact]
    public void Every_operation_has_its_call_or_a_reason_why_not()
    {
        var operations = from type in typeof(OuroServer).Assembly.GetTypes()
                         where type.Name.EndsWith("Operations", StringComparison.Ordinal)
                         from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                         where typeof(Task).IsAssignableFrom(method.ReturnType)
                         select (Name: $"{type.Name}.{method.Name}", Call: $"{Room(type.Name, method.Name)}.{Snake(method.Name)}");
        var missing = operations.Where(o => !NotByRest.ContainsKey(o.Name) && !Calls.Contains(o.Call)).Select(o => $"{o.Name} → {o.Call}").Distinct();
        missing.ShouldBeEmpty();
        NotByRest.Keys.Except(operations.Select(o => o.Name)).ShouldBeEmpty("these reasons are for nothing");
    }

    [Fact]
    public void Every_call_has_its_method_in_the_SDK()
    {
        var missing = from call in Calls
                      let parts = call.Split('.')
                      let room = typeof(OuroClient).GetProperty(Pascal(parts[0]))?.PropertyType
                      where room is null || !room.GetMethods().Any(m => m.Name == Pascal(parts[1]) + "Async")
                      select $"{call} → ouro.{Pascal(parts[0])}.{Pascal(parts[1])}Async";
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_call_has_its_tool_or_a_reason_why_not()
    {
        var tools = Features.All.Where(f => f.Tools is not null).SelectMany(f => f.Tools!.GetMethods())
            .Select(m => m.GetCustomAttribute<McpServerToolAttribute>()?.Name).OfType<string>().ToList();
        var missing = Calls.Where(call => !(PublicTools.TryGetValue(call, out var tool) && tools.Contains(tool)) && !NotByMcp.ContainsKey(call) && !NotByMcp.ContainsKey(call.Split('.')[0]));
        missing.ShouldBeEmpty();
        tools.Except(PublicTools.Values).ShouldBeEmpty("a tool needs its call");
    }

    static string Room(string operations, string verb) => (operations, verb) switch
    {
        ("SearchOperations" or "DownloadOperations" or "ImpactOperations", _) => "assets",
        // What goes on in teams needs assets, and is asked of teams.
        ("FeedOperations", _) => "teams",
        ("AccessOperations", _) => "access",
        ("EmailOperations" or "SignUpOperations", _) => "users",
        // A file becomes a dataset; an import is what can be followed meanwhile.
        ("ImportOperations", "Import") => "datasets",
        _ => Snake(operations[..^"Operations".Length]) + "s",
    };

    static string Snake(string name) => Capital().Replace(name, m => (m.Index == 0 ? "" : "_") + m.Value.ToLowerInvariant());

    static string Pascal(string name) => string.Concat(name.Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
