using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

public sealed class QueryTurnsTests
{
    static readonly Guid Ada = Guid.CreateVersion7(), Bob = Guid.CreateVersion7();

    [Fact]
    public async Task Accounts_take_turns_and_of_one_account_who_came_first_is_first()
    {
        var turns = new QueryTurns(new(1, 8, TimeSpan.FromMinutes(1), 0));
        var order = new List<string>();
        var first = await turns.Take(Ada, default);
        List<Task> waiting = [Ask(Ada, "ada 1"), Ask(Ada, "ada 2"), Ask(Ada, "ada 3"), Ask(Bob, "bob 1"), Ask(Bob, "bob 2")];

        first.Dispose();
        first.Dispose(); // A turn ends once, however often it is said.
        await Task.WhenAll(waiting);

        order.ShouldBe(["ada 1", "bob 1", "ada 2", "bob 2", "ada 3"]);

        async Task Ask(Guid account, string name)
        {
            using var turn = await turns.Take(account, default);
            order.Add(name);
        }
    }

    [Fact]
    public async Task Who_does_not_wait_any_more_leaves_room_and_takes_no_turn()
    {
        var turns = new QueryTurns(new(1, 1, TimeSpan.FromMinutes(1), 0));
        var first = await turns.Take(Ada, default);
        using var hangUp = new CancellationTokenSource();
        var gone = turns.Take(Ada, hangUp.Token);
        (await Should.ThrowAsync<Refusal>(() => turns.Take(Ada, default))).Code.ShouldBe("queries_busy");

        await hangUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        var second = turns.Take(Ada, default);
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();

        (await second).Dispose();
        using var third = await turns.Take(Bob, default);
    }
}
