using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>Who may know whom, read from the source. One array is the floor plan.</summary>
public sealed partial class FloorPlanTests
{
    // A room uses only those before it. The ground floor knows no room; the doors' common parts are rooms of the ground floor.
    static readonly string[] Plan =
        ["Data", "Kernel", "Storage", "SocketIo", "Mcp", "Web", "Access", "Events", "Wallets", "Users", "Organizations", "Teams",
         "Assets", "Content", "Files", "Datasets", "Posts", "Services", "Quests", "Conversations", "Comments", "Notifications", "Commands"];

    static readonly string Source = Path.Combine(NodeClient.Repository, "src", "Ouro.Server");

    [Fact]
    public void Every_room_is_on_the_floor_plan()
    {
        foreach (var room in Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj", "Properties", "wwwroot"]))
            Plan.ShouldContain(room!);
    }

    [Fact]
    public void A_room_uses_only_lower_floors_and_those_left_of_it()
    {
        var wrong = new List<string>();
        foreach (var (file, room, text) in Files("*.cs").Concat(Files("*.razor")))
            foreach (Match used in Using().Matches(text))
                if (Array.IndexOf(Plan, used.Groups[1].Value) > Array.IndexOf(Plan, room) && !(room == "Mcp" && used.Groups[1].Value == "Access"))
                    wrong.Add($"{file} uses {used.Groups[1].Value}");
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Data_knows_nothing_of_the_kernel()
    {
        // The kernel's names are visible everywhere without a using line, so this one floor is read for the names themselves.
        var names = new Regex(@"\b(Refusal|Actor|Clock|Settings|Envelope|Jobs)\b");
        foreach (var (file, _, text) in Files("*.cs").Where(f => f.Room == "Data"))
            names.Matches(Code(text)).Select(m => m.Value).ShouldBeEmpty(file);
    }

    [Fact]
    public void Doors_translate_and_hold_no_data_access()
    {
        foreach (var (file, _, text) in Files("*Endpoints.cs").Concat(Files("*Tools.cs")).Concat(Files("*.razor")))
        {
            Regex.IsMatch(text, @"\bSql\b|Store\.|using Npgsql|\bTx\b|\bDb\b db").ShouldBeFalse($"{file} asks for data");
            if (file.EndsWith("Tools.cs", StringComparison.Ordinal)) text.ShouldNotContain("HttpContext", customMessage: file);
        }
    }

    [Fact]
    public void Operations_know_no_door()
    {
        foreach (var (file, _, text) in Files("*Operations.cs"))
            Regex.IsMatch(text, @"\bHttpContext\b|\bHttpRequest\b|IResult\b|ModelContextProtocol").ShouldBeFalse(file);
    }

    [Fact]
    public void Rules_are_pure()
    {
        foreach (var (file, _, text) in Files("*Rules.cs"))
            Regex.IsMatch(Code(text), @"\basync\b|\bawait\b|\bTask\b|\bClock\b|TimeProvider|\bDb\b|\bSession\b|IServiceProvider|\bSql\b").ShouldBeFalse(file);
    }

    [Fact]
    public void Stores_decide_nothing()
    {
        foreach (var (file, _, text) in Files("*Store.cs").Where(f => !f.File.EndsWith("AccountStore.cs", StringComparison.Ordinal)))
            Code(text).ShouldNotContain("Refusal", customMessage: file);
    }

    [Fact]
    public void The_tree_is_tidy()
    {
        var wrong = new List<string>();
        foreach (var path in Tidy(NodeClient.Repository))
        {
            var lines = File.ReadAllLines(path);
            var file = Path.GetRelativePath(NodeClient.Repository, path);
            if (lines.Length > 400) wrong.Add($"{file} has {lines.Length} lines");
            if (lines.Any(l => Unfinished().IsMatch(l)) && !file.EndsWith("FloorPlanTests.cs", StringComparison.Ordinal)) wrong.Add($"{file} is unfinished by its own word");
            foreach (Match type in Vague().Matches(string.Join('\n', lines))) wrong.Add($"{file}: {type.Groups[1].Value} says nothing");
        }
        wrong.ShouldBeEmpty();
    }

    static IEnumerable<(string File, string Room, string Text)> Files(string pattern) =>
        from path in Directory.EnumerateFiles(Source, pattern, SearchOption.AllDirectories)
        let file = Path.GetRelativePath(Source, path)
        let room = file.Split(Path.DirectorySeparatorChar)[0]
        where room is not ("bin" or "obj") && room != file && !file.Contains("node_modules", StringComparison.Ordinal)
        select (file, room, File.ReadAllText(path));

    static IEnumerable<string> Tidy(string root) =>
        from folder in (string[])["src", "tests", "bench"]
        let path = Path.Combine(root, folder)
        where Directory.Exists(path)
        from file in Directory.EnumerateFiles(path, "*.*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".cs" or ".razor" or ".ts" or ".css" or ".sql" or ".mjs" or ".py"
        where !Regex.IsMatch(file, @"[/\\](obj|bin|node_modules)[/\\]")
        select file;

    /// <summary>The text without its comments, so that a word in a sentence is no use of a type.</summary>
    static string Code(string text) => Regex.Replace(text, @"//.*", "");

    [GeneratedRegex(@"using Ouro\.Server\.(\w+)")]
    private static partial Regex Using();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\b(?:class|record|struct|interface) (\w+(?:Manager|Helper|Helpers|Util|Utils|Utility|Base|Impl|Dto|Provider))\b")]
    private static partial Regex Vague();
}
