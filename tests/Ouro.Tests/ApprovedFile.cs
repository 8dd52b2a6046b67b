using Shouldly;

namespace Ouro.Tests;

/// <summary>
/// What others rely on, as files in <c>Approved/</c>: a change shows in review as a change of the file. <c>OURO_APPROVE=1</c> writes them anew.
/// </summary>
public static class ApprovedFile
{
    public static void ShouldBeApproved(this string actual, string file)
    {
        var path = Path.Combine(NodeClient.Repository, "tests", "Ouro.Tests", "Approved", file);
        actual = actual.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("OURO_APPROVE") == "1") File.WriteAllText(path, actual);
        var approved = File.Exists(path) ? File.ReadAllText(path) : "";
        if (approved == actual) return;
        var (was, now) = (approved.Split('\n'), actual.Split('\n'));
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new ShouldAssertException(
            $"""
            {file} is not what was approved, from line {line + 1}:
            - {string.Join("\n- ", was.Skip(line).Take(8))}
            + {string.Join("\n+ ", now.Skip(line).Take(8))}
            If that is meant, run the test with OURO_APPROVE=1 and commit the file.
            """);
    }
}
