using Microsoft.AspNetCore.Identity;
using Ouro.Server.Data;

namespace Ouro.Server.Users;

/// <summary>An account as sign-in sees it.</summary>
public sealed record Account(Guid Id, string Username, string? PasswordHash, string SecurityStamp)
{
    public string? PasswordHash { get; set; } = PasswordHash;
    public string SecurityStamp { get; set; } = SecurityStamp;
}

/// <summary>The framework's Identity over our own table: it hashes passwords, keeps the security stamp and checks passkeys; rows stay ours.</summary>
public sealed class AccountStore(Db db) : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>, IUserPasskeyStore<Account>
{
    static Sql Columns => $"u.id, u.username, u.password_hash, u.security_stamp";

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id)
            ? db.Maybe<Account>($"select {Columns} from users u where u.id = {id} and u.actor_type <> 'agent' and u.disabled_at is null", cancellationToken)
            : Task.FromResult<Account?>(null);

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        db.Maybe<Account>($"select {Columns} from users u where lower(u.username) = lower({normalizedUserName}) and u.actor_type <> 'agent' and u.disabled_at is null", cancellationToken);

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        await db.Run($"update users set password_hash = {user.PasswordHash}, security_stamp = {user.SecurityStamp} where id = {user.Id}", cancellationToken);
        return IdentityResult.Success;
    }

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());
    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Username);
    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Username);
    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;
    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);
    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);
    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken)
    {
        user.SecurityStamp = stamp;
        return Task.CompletedTask;
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) => await PasskeyStore.Known(db, user.Id, cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await PasskeyStore.Known(db, user.Id, cancellationToken)).Find(key => key.CredentialId.AsSpan().SequenceEqual(credentialId));

    public async Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await PasskeyStore.Whose(db, credentialId, cancellationToken) is { } user ? await FindByIdAsync(user.ToString(), cancellationToken) : null;

    // Accounts are made, renamed and deleted by our own operations, which write their events too.
    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose() { }
}
