using System.CommandLine;
using Ouro.Server.Data.Embedded;
using Ouro.Server.Files;

namespace Ouro.Server.Commands;

/// <summary>What <c>./ouro</c> can do. Standard output holds only what is promised there; everything else goes to standard error.</summary>
public static class CommandLine
{
    static readonly Option<string?> Data = new("--data") { Description = "The data directory (OURO_DATA, ./data)." };
    static readonly Option<string?> Database = new("--database") { Description = "A PostgreSQL connection string instead of the embedded database (OURO_DATABASE)." };

    public static RootCommand Root()
    {
        Data.Recursive = Database.Recursive = true;
        var root = new RootCommand("Ouro: people and agents solving problems together, on your own machine.") { Data, Database };
        root.Subcommands.Add(Up());
        root.Subcommands.Add(new Command("user", "Accounts.") { UserAdd(), UserInvite(), UserLinks() });
        root.Subcommands.Add(new Command("key", "API keys.") { KeyAdd() });
        root.Subcommands.Add(new Command("org", "Organizations.") { OrgAdd(), OrgMember() });
        root.Subcommands.Add(SignIn());
        root.Subcommands.Add(Import());
        root.Subcommands.Add(new Command("storage", "The content of files.") { StorageVerify() });
        root.Subcommands.Add(Upload());
        root.Subcommands.Add(Demo());
        root.Subcommands.Add(InspectWorker());
        return root;
    }

    static Command Up()
    {
        var port = new Option<int?>("--port") { Description = "The port to listen on (OURO_PORT, 8003)." };
        var command = new Command("up", "Start the server and keep it running until SIGTERM.") { port };
        command.SetAction((parsed, ct) => Told(() => UpCommand.Run(Settings(parsed, (nameof(Kernel.Settings.Port), parsed.GetValue(port))), ct)));
        return command;
    }

    static Command StorageVerify()
    {
        var command = new Command("verify", "Read every object and compare it with its checksum; list what is missing, damaged or unknown. Prints JSON.");
        command.SetAction((parsed, ct) => Told(() => StorageCommands.Verify(Settings(parsed), ct)));
        return command;
    }

    static Command UserAdd()
    {
        var name = new Argument<string>("name");
        var agent = new Option<bool>("--agent") { Description = "An AI agent." };
        var verified = new Option<bool>("--verified") { Description = "A person whom you vouch for." };
        var email = new Option<string?>("--email");
        var command = new Command("add", "Make an account with an API key. Prints {\"user_id\",\"username\",\"api_key\"}.") { name, agent, verified, email };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.AddUser(Settings(parsed), parsed.GetValue(name)!,
            parsed.GetValue(agent) ? ActorType.Agent : parsed.GetValue(verified) ? ActorType.Verified : ActorType.Base, parsed.GetValue(email), ct)));
        return command;
    }

    static Command UserInvite()
    {
        var email = new Option<string?>("--email") { Description = "Whom it is meant for; it is sent there where a mail server is set." };
        var user = new Option<string>("--as") { DefaultValueFactory = _ => UpCommand.Owner, Description = "The operator who invites." };
        var command = new Command("invite", "Make a link with which one person makes an account, within seven days. Prints {\"url\",\"expires_at\"}.") { email, user };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.Invite(Settings(parsed), parsed.GetValue(email), parsed.GetValue(user)!, ct)));
        return command;
    }

    static Command UserLinks()
    {
        var user = new Option<string>("--as") { DefaultValueFactory = _ => UpCommand.Owner, Description = "The operator who asks." };
        var command = new Command("links", "Print the links that wait to be passed on, where no mail server is set. Prints {\"links\"}.") { user };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.Links(Settings(parsed), parsed.GetValue(user)!, ct)));
        return command;
    }

    static Command KeyAdd()
    {
        var user = new Argument<string>("user");
        var org = new Option<string?>("--org") { Description = "Bind the key: “personal”, or an organization's name." };
        var name = new Option<string>("--name") { DefaultValueFactory = _ => "command line" };
        var command = new Command("add", "Make an API key. Prints {\"api_key\"}.") { user, org, name };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.AddKey(
            Settings(parsed), parsed.GetValue(user)!, parsed.GetValue(org), parsed.GetValue(name)!, ct)));
        return command;
    }

    static Command OrgAdd()
    {
        var name = new Argument<string>("name");
        var admin = new Option<string>("--admin") { Required = true, Description = "The account that is its first admin." };
        var command = new Command("add", "Found an organization. Prints {\"org_id\",\"default_team_id\"}.") { name, admin };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.AddOrganization(Settings(parsed), parsed.GetValue(name)!, parsed.GetValue(admin)!, ct)));
        return command;
    }

    static Command OrgMember()
    {
        var org = new Argument<string>("org");
        var user = new Argument<string>("user");
        var role = new Option<Role>("--role") { DefaultValueFactory = _ => Role.Write, Description = "read, write or admin." };
        var external = new Option<bool>("--external") { Description = "Works with the organization from outside." };
        var command = new Command("member", "Make an account a member, or give a member another role. Prints {\"org_id\",\"user_id\",\"role\",\"membership_type\"}.") { org, user, role, external };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.SetMember(
            Settings(parsed), parsed.GetValue(org)!, parsed.GetValue(user)!, parsed.GetValue(role), parsed.GetValue(external), ct)));
        return command;
    }

    static Command SignIn()
    {
        var user = new Argument<string>("user") { DefaultValueFactory = _ => UpCommand.Owner };
        var command = new Command("sign-in", "Print a link that signs an account in to the web app, once, within the hour.") { user };
        command.SetAction((parsed, ct) => Told(() => AccountCommands.SignInLink(Settings(parsed), parsed.GetValue(user)!, ct)));
        return command;
    }

    static Command Import()
    {
        var file = new Argument<string>("file");
        var name = new Option<string?>("--name") { Description = "The dataset's name; the file's where it is not given." };
        var user = new Option<string>("--as") { DefaultValueFactory = _ => UpCommand.Owner, Description = "The account that will own it." };
        var command = new Command("import", "Load a CSV, JSON, JSON lines or Parquet file as a dataset. Prints {\"dataset_id\",\"rows\",\"url\"}.") { file, name, user };
        command.SetAction((parsed, ct) => Told(() => ImportCommand.Run(
            Settings(parsed), parsed.GetValue(file)!, parsed.GetValue(name), parsed.GetValue(user)!, ct)));
        return command;
    }

    static Command Upload()
    {
        var files = new Argument<string[]>("file") { Arity = ArgumentArity.OneOrMore };
        var name = new Option<string?>("--name") { Description = "The file's name, where it is one; its own where it is not given." };
        var visibility = new Option<Visibility?>("--visibility") { Description = "public, private or organization." };
        var org = new Option<string?>("--org") { Description = "The organization to put it in, by name or id." };
        var team = new Option<string?>("--team") { Description = "The team to put it in, by name or id." };
        var to = new Option<string?>("--to") { Description = "The address of another server." };
        var key = new Option<string?>("--key") { Description = "An API key of that server (OURO_API_KEY)." };
        var command = new Command("upload", "Upload files to the running server, or to another; run it again to go on where it stopped. Prints {\"files\":[{\"id\",\"name\",\"size\",\"url\"}]}.")
            { files, name, visibility, org, team, to, key };
        command.SetAction((parsed, ct) => Told(() => UploadCommand.Run(Settings(parsed), parsed.GetValue(files)!,
            new(parsed.GetValue(name), parsed.GetValue(visibility), parsed.GetValue(org), parsed.GetValue(team)), parsed.GetValue(to), parsed.GetValue(key), ct)));
        return command;
    }

    static Command Demo()
    {
        var source = new Option<string?>("--from") { Description = "The folder that holds the data of the npm package vega-datasets; fetched where it is not given." };
        var command = new Command("demo", "Fill the running server with a small world of real data.") { source };
        command.SetAction((parsed, ct) => Told(() => DemoCommand.Run(Settings(parsed), parsed.GetValue(source), ct)));
        return command;
    }

    /// <summary>Not for people: the server starts it.</summary>
    static Command InspectWorker()
    {
        var command = new Command("inspect-worker", "Read files for a running server.") { Hidden = true };
        command.SetAction(_ => InspectionWork.Run());
        return command;
    }

    static Settings Settings(ParseResult parsed, params (string, object?)[] more) => Kernel.Settings.From(
        Environment.GetEnvironmentVariable,
        [(nameof(Kernel.Settings.Data), parsed.GetValue(Data)), (nameof(Kernel.Settings.Database), parsed.GetValue(Database)), .. more]);

    /// <summary>What an operator can mend is told in a sentence; only a bug shows its stack.</summary>
    static async Task<int> Told(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (Exception e) when (e is Refusal or SettingException or StartException or OuroException or FileNotFoundException or UnauthorizedAccessException
            or Npgsql.NpgsqlException or IOException)
        {
            await Console.Error.WriteLineAsync($"ouro: {e.Message}{(e is Refusal { Hint: { } hint } ? " " + hint : "")}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
