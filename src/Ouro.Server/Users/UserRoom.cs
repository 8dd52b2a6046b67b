using Microsoft.AspNetCore.Identity;
using Ouro.Server.Web;

namespace Ouro.Server.Users;

/// <summary>What the room of accounts brings.</summary>
static class UserRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(new FrameMenu(typeof(AccountMenu), AtTheRight: true))
            .AddSingleton(new FrameCreation("/settings/agents", "Agent", "An account of a program", "bot"))
            .AddSingleton(new FrameCreation("/settings/api-keys", "API key", "For clients and agents", "key"))
            .AddSingleton<UserOperations>().AddSingleton<AgentOperations>().AddSingleton<ApiKeyOperations>().AddSingleton<PasskeyOperations>()
            .AddSingleton<LinkCodes>().AddSingleton<Mail>().AddSingleton<AccountLinks>().AddSingleton<SignInAttempts>()
            .AddScoped<SignInOperations>().AddScoped<EmailOperations>().AddScoped<SignUpOperations>()
            .AddSingleton<ServerInvitationOperations>().AddSingleton(p => p.GetRequiredService<ServerInvitationOperations>().Ticket)
            .AddSingleton(new JobKind(AccountLinks.Job, (s, job, ct) => s.GetRequiredService<AccountLinks>().Write(job, ct)));
        services.AddIdentityCore<Account>().AddUserStore<AccountStore>().AddSignInManager();
        // A passkey belongs to the name that people use; one of localhost is for the machine alone.
        services.AddOptions<IdentityPasskeyOptions>().Configure<Settings>((passkeys, settings) =>
            passkeys.ServerDomain = settings.PublicUrl is { } url && Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : null);
    }
}
