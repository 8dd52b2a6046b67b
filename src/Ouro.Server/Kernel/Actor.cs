using System.Reflection;

namespace Ouro.Server.Kernel;

/// <summary>
/// Who asks: loaded once a request, from a credential or a cookie. Holds what every rule and every list needs, so that no read asks again.
/// </summary>
public sealed record Actor
{
    public Guid Id { get; init; }
    public string Username { get; init; } = "";
    public string? Email { get; init; }

    /// <summary>The account's picture, for the top of every page.</summary>
    public string? AvatarPath { get; init; }
    public ActorType Kind { get; init; }

    /// <summary>Whether this account operates the server.</summary>
    public bool IsOperator { get; init; }

    /// <summary>The organizations the actor is a member of; the global one is never listed, because everybody is in it.</summary>
    public Guid[] Organizations { get; init; } = [];

    /// <summary>Those of them that the actor administers.</summary>
    public Guid[] AdminOf { get; init; } = [];
    public Guid[] Teams { get; init; } = [];

    /// <summary>The API key behind the request; null for the web.</summary>
    public Guid? KeyId { get; init; }
    public string? KeyName { get; init; }

    /// <summary>The only organization the key may work in; the zero uuid is the personal context, null is no bound.</summary>
    public Guid? BoundTo { get; init; }

    /// <summary>The door the request really came through. No header changes it.</summary>
    public Source Source { get; init; } = Source.Api;

    /// <summary>The organization the request runs in.</summary>
    public Guid Context { get; init; } = Ids.Global;

    /// <summary>Somebody who has not signed in. Sees what is public.</summary>
    public static readonly Actor Nobody = new();

    public bool IsSignedIn => Id != Guid.Empty;

    public bool IsMemberOf(Guid organization) => organization == Ids.Global || Organizations.Contains(organization);

    /// <summary>Whether the actor administers an organization; the global one is the operators'.</summary>
    public bool Administers(Guid organization) =>
        (BoundTo is null || BoundTo == organization) && (organization == Ids.Global ? IsOperator : AdminOf.Contains(organization));

    /// <summary>Handlers that take an actor need one: who has not signed in is refused here.</summary>
    public static ValueTask<Actor> BindAsync(HttpContext context, ParameterInfo parameter) =>
        context.Items[typeof(Actor)] is Actor { IsSignedIn: true } actor
            ? ValueTask.FromResult(actor)
            : throw Refusal.Unauthenticated("This needs a credential.");

    /// <summary>The actor of the request, signed in or not.</summary>
    public static Actor Of(HttpContext context) => context.Items[typeof(Actor)] as Actor ?? Nobody;
}
