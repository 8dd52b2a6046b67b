using System.Collections.Concurrent;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Permissions;

/// <summary>Every question of the matrix asked of a real server, once for all tests of this class.</summary>
public sealed class AskedMatrix : TestServer
{
    const int Seed = 4711;

    public ConcurrentBag<(Cell Cell, string Answer)> Asked { get; } = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var town = new Town();
        var ground = new Ground(this);
        var cells = new Matrix(town, Seed).Cells();
        await ground.Open([.. town.World.Accounts, town.Receiver]);
        await ground.Lay(town.World);
        await ground.LayDatasets(town.World.Things);
        using var doors = new Doors(ground);
        foreach (var act in cells.GroupBy(c => c.Act).OrderBy(act => act.Key))
            await Parallel.ForEachAsync(act.GroupBy(c => c.Changes ?? c), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (scene, _) =>
            {
                foreach (var cell in scene)
                {
                    var answer = await Answer(cell, doors);
                    Asked.Add((cell, answer));
                    if (cell.Changes is not null && answer.StartsWith("200", StringComparison.Ordinal)) await cell.PutBack(ground);
                }
            });
    }

    /// <summary>An answer that no client could read is a difference too.</summary>
    static async Task<string> Answer(Cell cell, Doors doors)
    {
        try
        {
            return await cell.Ask(doors);
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}

public sealed class MatrixTests(AskedMatrix matrix) : IClassFixture<AskedMatrix>
{
    [Fact]
    public void The_server_answers_every_question_as_the_model_does()
    {
        var model = new Model();
        var differences = matrix.Asked.Select(a => (a.Cell, Right: a.Cell.Says(model), a.Answer)).Where(a => !Agree(a.Right, a.Answer)).ToList();
        differences.ShouldBeEmpty($"{differences.Count} of {matrix.Asked.Count} answers differ, for example:\n" + string.Join("\n\n", differences
            .GroupBy(d => (d.Cell.Verb, string.Join('|', d.Right.Right), d.Answer)).OrderByDescending(kind => kind.Count())
            .Select(kind => $"{kind.Count()} × {kind.First().Cell}\n  should be {kind.First().Right}\n  but is   {kind.Key.Answer}")));
        matrix.Asked.Count.ShouldBeGreaterThanOrEqualTo(5000);
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_model_with_one_wrong_rule_differs_from_the_server(Mutation mutation)
    {
        var (model, mutant) = (new Model(), new Model(mutation));
        matrix.Asked.Any(a => Agree(a.Cell.Says(model), a.Answer) && !Agree(a.Cell.Says(mutant), a.Answer)).ShouldBeTrue();
    }

    public static TheoryData<Mutation> Mutations => [.. Enum.GetValues<Mutation>()];

    /// <summary>A page tells no code, so there the status is all; and what it does not offer is as good as any other refusal.</summary>
    static bool Agree(Answer right, string answer) =>
        right.Admits(answer)
        || answer.EndsWith(' ' + Doors.AnyCode, StringComparison.Ordinal)
            && right.Right.Any(r => r[..3] == answer[..3] || answer[..3] == "403" && r[..3] is "400" or "409");
}
