using System.Text.Json;
using Ouro.Server.Assets;

namespace Ouro.Server.Datasets;

/// <summary>What a saved view must be, and who may change it.</summary>
static class ViewRules
{
    /// <summary>A dataset's views come as one list, which has an end.</summary>
    public const int Most = 200;

    const int LongestConfig = 100_000;
    const int LongestQuery = 20_000;

    /// <summary>Views belong to the dataset: who may change its rows may change them.</summary>
    public static void MustChange(HeldRights held)
    {
        if (!held.MayWrite) throw Refusal.Forbidden("view_forbidden", "You may see this dataset's views and not change them.", "Ask its owner for the role write.");
    }

    public static DatasetView New(Actor actor, Guid dataset, CreateView input, DateTimeOffset now)
    {
        MustHaveNoPrompt(input.Prompt, input.SqlQuery, input.Config);
        return Checked(new(Guid.CreateVersion7(), dataset, input.Name!, Given(input.Description), Given(input.SqlQuery), Given(input.Config), "auto", actor.Id, now, now));
    }

    public static DatasetView Changed(DatasetView view, UpdateView change, DateTimeOffset now)
    {
        MustHaveNoPrompt(change.Prompt, change.SqlQuery.Value, change.Config.Value);
        return Checked(view with
        {
            Name = change.Name ?? view.Name, Description = Given(change.Description.Or(view.Description)), SqlQuery = Given(change.SqlQuery.Or(view.SqlQuery)),
            Config = Given(change.Config.Or(view.Config)), LastUpdated = now,
        });
    }

    static DatasetView Checked(DatasetView view)
    {
        if (view.SqlQuery is null && view.Config is null)
            throw Refusal.Fields(("sql_query", "A view is a query, how to draw its result, or both: give sql_query or config."));
        if (view.Description is { Length: > 10_000 }) throw Refusal.Fields(("description", "The description of a view has at most 10,000 characters."));
        if (view.Description is { } description) Contract.Clean(description, "description");
        if (view.SqlQuery is { Length: > LongestQuery }) throw Refusal.Fields(("sql_query", $"The query of a view has at most {LongestQuery:N0} characters."));
        if (view.Config is { } config)
        {
            if (config.ValueKind != JsonValueKind.Object) throw Refusal.Fields(("config", "config is an object."));
            Contract.Bounded(config, "config", LongestConfig);
        }
        return view with { Name = Contract.Name(view.Name) };
    }

    static void MustHaveNoPrompt(string? prompt, string? sql, JsonElement? config)
    {
        if (Given(prompt) is not null && Given(sql) is null && Given(config) is null)
            throw Refusal.Invalid("no_language_model", "This server has no language model that could make a view of a prompt.",
                "Give sql_query, where {{table}} stands for the dataset, and config.");
    }

    static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    static JsonElement? Given(JsonElement? json) => json is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } ? json : null;
}
