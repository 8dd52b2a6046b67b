namespace Ouro;

/// <summary>What an account may do with an asset, and which rule decides.</summary>
/// <param name="User">The account.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="Visibility">Who sees it.</param>
/// <param name="Rights">The rights read, open, write and manage, in this order.</param>
public sealed record AccessExplanation(UserRef User, Guid AssetId, Visibility Visibility, IReadOnlyList<ExplainedRight> Rights);

/// <summary>One right, and why somebody has it or not.</summary>
/// <param name="Right"><c>read</c>, <c>open</c> (the content too), <c>write</c> or <c>manage</c>.</param>
/// <param name="Allowed">Whether the account has it.</param>
/// <param name="Rule">
/// What gives it: <c>public</c>, <c>owner</c>, <c>member</c>, <c>shared</c>, <c>organization_admin</c>, or one of them after <c>parent/</c> where the
/// asset inherits; null where nothing does.
/// </param>
/// <param name="Words">The same in words.</param>
public sealed record ExplainedRight(string Right, bool Allowed, string? Rule, string Words);
