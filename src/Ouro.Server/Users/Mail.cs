using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Ouro.Server.Users;

/// <summary>A letter of plain text.</summary>
public sealed record Letter(string To, string Subject, string Text);

/// <summary>The way to people's mailboxes, where one is set. Only jobs send: no request waits for a mail server.</summary>
public sealed class Mail
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    readonly Uri? server;
    readonly MailboxAddress? from;
    readonly ILogger<Mail> log;

    public Mail(Settings settings, ILogger<Mail> log)
    {
        this.log = log;
        if (settings.Smtp is null) return;
        if (!Uri.TryCreate(settings.Smtp, UriKind.Absolute, out server) || server.Scheme is not ("smtp" or "smtps") || server.Host.Length == 0)
            // Not the value itself: it may hold a password.
            throw new SettingException("OURO_SMTP is an address such as smtp://user:password@mail.example.org:587.");
        if (!MailboxAddress.TryParse(settings.MailFrom ?? "", out from) || !from.Address.Contains('@'))
            throw new SettingException($"OURO_SMTP needs OURO_MAIL_FROM, an address such as ouro@example.org, not “{settings.MailFrom}”.");
    }

    /// <summary>Whether letters can be sent; where not, operators pass links on.</summary>
    public bool IsSet => server is not null;

    /// <summary>Sends a letter; false where the mailbox will not have it. A server that does not answer is asked again later.</summary>
    public async Task<bool> Send(Letter letter, CancellationToken ct)
    {
        var message = new MimeMessage { Subject = letter.Subject, Body = new TextPart("plain") { Text = letter.Text } };
        message.From.Add(from!);
        message.To.Add(new MailboxAddress(null, letter.To));
        try
        {
            using var smtp = new SmtpClient { Timeout = (int)Patience.TotalMilliseconds };
            // Encrypted wherever the server offers it, and always to smtps.
            await smtp.ConnectAsync(server!.Host, server.Port > 0 ? server.Port : server.Scheme == "smtps" ? 465 : 25,
                server.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTlsWhenAvailable, ct);
            if (server.UserInfo.Split(':', 2) is [{ Length: > 0 } user, var password])
                await smtp.AuthenticateAsync(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password), ct);
            await smtp.SendAsync(message, ct);
            await smtp.DisconnectAsync(true, ct);
            return true;
        }
        catch (SmtpCommandException e) when ((int)e.StatusCode >= 500)
        {
            log.LogWarning("The mail server refused a letter: {Status} {Code}.", (int)e.StatusCode, e.ErrorCode);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException && e is ProtocolException or CommandException or ServiceNotConnectedException or ServiceNotAuthenticatedException
            or System.Security.Authentication.AuthenticationException or AuthenticationException or SslHandshakeException or System.Net.Sockets.SocketException or IOException or TimeoutException or NotSupportedException)
        {
            log.LogWarning("No letter can be sent, it will be tried again: {Reason}.", e.GetType().Name);
            throw new Postponed(Pause);
        }
    }
}
