using System.Reflection;

namespace Ouro.Server.Kernel;

/// <summary>Everything that can be set, from the environment or from the command line. One property is one line of docs/reference/settings.md.</summary>
public sealed class Settings
{
    /// <summary>The folder of the server's own files: its key, its database, files on their way in. <c>--data</c></summary>
    [Variable("OURO_DATA")] public string Data { get; init; } = "data";

    /// <summary>A PostgreSQL to use instead of the embedded one, as an Npgsql connection string. <c>--database</c></summary>
    [Variable("OURO_DATABASE")] public string? Database { get; init; }

    /// <summary>The port to listen on. <c>--port</c></summary>
    [Variable("OURO_PORT")] public int Port { get; init; } = 8003;

    /// <summary>The address to listen on: loopback unless set, because there is no TLS before a proxy.</summary>
    [Variable("OURO_HOST")] public string Host { get; init; } = "localhost";

    /// <summary>The address that people and clients reach this server at; urls in answers begin with it.</summary>
    [Variable("OURO_PUBLIC_URL")] public string? PublicUrl { get; init; }

    /// <summary>Whether users may run SQL on a database whose hardening needs a superuser that this server is not.</summary>
    [Variable("OURO_USER_SQL")] public bool UserSql { get; init; }

    /// <summary>Who makes an account here: anybody (<c>open</c>), who has an invitation (<c>invitation</c>), or nobody (<c>closed</c>).</summary>
    [Variable("OURO_SIGN_UP", "open", "invitation", "closed")] public string SignUp { get; init; } = "invitation";

    /// <summary>The server that takes mail, as <c>smtp://user:password@host:port</c>, or <c>smtps://</c>. Unset, operators pass links on.</summary>
    [Variable("OURO_SMTP")] public string? Smtp { get; init; }

    /// <summary>Whom mail is from, e.g. <c>Ouro &lt;ouro@example.org&gt;</c>.</summary>
    [Variable("OURO_MAIL_FROM")] public string? MailFrom { get; init; }

    /// <summary>Seconds that an access token lives.</summary>
    [Variable("OURO_TOKEN_LIFETIME")] public int TokenLifetime { get; init; } = 3600;

    /// <summary>Requests that one key may make in a minute; 0 for no limit.</summary>
    [Variable("OURO_RATE_LIMIT")] public int RateLimit { get; init; } = 6000;

    /// <summary>The largest file that an import takes, in bytes.</summary>
    [Variable("OURO_IMPORT_LIMIT")] public long ImportLimit { get; init; } = 5L << 30;

    /// <summary>The largest file that may be uploaded, in bytes.</summary>
    [Variable("OURO_FILE_LIMIT")] public long FileLimit { get; init; } = 5L << 30;

    /// <summary>How many bytes of files one account may have in its personal context; 0 for no limit.</summary>
    [Variable("OURO_USER_STORAGE")] public long UserStorage { get; init; }

    /// <summary>How many bytes of files one organization may have; 0 for no limit.</summary>
    [Variable("OURO_ORGANIZATION_STORAGE")] public long OrganizationStorage { get; init; }

    /// <summary>Hours after which an upload is thrown away that neither went on nor became a file.</summary>
    [Variable("OURO_UPLOAD_LIFETIME")] public int UploadLifetime { get; init; } = 24;

    /// <summary>The folder that holds the content of files; <c>objects</c> in the data directory unless set.</summary>
    [Variable("OURO_OBJECTS")] public string? Objects { get; init; }

    /// <summary>The bucket of an S3-compatible store that holds the content of files instead of a folder.</summary>
    [Variable("OURO_S3_BUCKET")] public string? S3Bucket { get; init; }

    /// <summary>Where the store is reached, where it is not Amazon's.</summary>
    [Variable("OURO_S3_ENDPOINT")] public string? S3Endpoint { get; init; }

    /// <summary>The region of the bucket, which is part of every signature.</summary>
    [Variable("OURO_S3_REGION")] public string S3Region { get; init; } = "us-east-1";

    /// <summary>The name of the key to the bucket. Unset, credentials are looked for where Amazon's own programs look.</summary>
    [Variable("OURO_S3_ACCESS_KEY")] public string? S3AccessKey { get; init; }

    /// <summary>The secret that goes with it.</summary>
    [Variable("OURO_S3_SECRET_KEY")] public string? S3SecretKey { get; init; }

    /// <summary>What names in the bucket begin with, where others use it too.</summary>
    [Variable("OURO_S3_PREFIX")] public string? S3Prefix { get; init; }

    /// <summary>Whether links to files that are not public lead to the bucket itself.</summary>
    [Variable("OURO_S3_LINKS")] public bool S3Links { get; init; }

    /// <summary>What is logged: <c>Debug</c> adds a line per request.</summary>
    [Variable("OURO_LOG_LEVEL")] public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>How it is logged: <c>text</c> for people, <c>json</c> for machines; always to standard error.</summary>
    [Variable("OURO_LOG_FORMAT", "text", "json")] public string LogFormat { get; init; } = "text";

    /// <summary>Where traces, metrics and logs go: an OTLP endpoint. Unset, nowhere.</summary>
    [Variable("OTEL_EXPORTER_OTLP_ENDPOINT")] public string? Telemetry { get; init; }

    /// <summary>How it is sent there: <c>grpc</c> or <c>http/protobuf</c>.</summary>
    [Variable("OTEL_EXPORTER_OTLP_PROTOCOL")] public string TelemetryProtocol { get; init; } = "grpc";

    /// <summary>The folder of PostgreSQL's programs, where it is not found by itself.</summary>
    [Variable("OURO_POSTGRES_BIN")] public string? PostgresBin { get; init; }

    /// <summary>The account that runs the embedded database where the server is root; <c>postgres</c> or <c>nobody</c> where it is not named.</summary>
    [Variable("OURO_POSTGRES_USER")] public string? PostgresUser { get; init; }

    /// <summary>Gives up the embedded database's durability for speed; for throw-away databases of tests only.</summary>
    [Variable("OURO_UNSAFE_FAST")] public bool UnsafeFast { get; init; }

    /// <summary>The settings of the environment, with what the command line says instead.</summary>
    public static Settings From(Func<string, string?> variable, params (string Property, object? Value)[] instead)
    {
        var settings = new Settings();
        foreach (var property in typeof(Settings).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var (name, choices) = (property.GetCustomAttribute<VariableAttribute>()!.Name, property.GetCustomAttribute<VariableAttribute>()!.Choices);
            var value = instead.FirstOrDefault(i => i.Property == property.Name && i.Value is not null).Value ?? Parsed(name, variable(name), property.PropertyType);
            if (value is string word && choices.Length > 0 && !choices.Contains(word))
                throw new SettingException($"{name} is one of {string.Join(", ", choices)}, not “{word}”.");
            if (value is not null) property.SetValue(settings, value);
        }
        return settings;
    }

    static object? Parsed(string name, string? text, Type type)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (type == typeof(string)) return text;
        if (type == typeof(LogLevel))
            return Enum.TryParse<LogLevel>(text, ignoreCase: true, out var level) ? level
                : throw new SettingException($"{name} is one of {string.Join(", ", Enum.GetNames<LogLevel>())}, not “{text}”.");
        if (type == typeof(bool))
            return text.ToLowerInvariant() switch
            {
                "1" or "true" or "on" or "yes" => true,
                "0" or "false" or "off" or "no" => false,
                _ => throw new SettingException($"{name} is on or off, not “{text}”."),
            };
        var number = type == typeof(long) ? long.TryParse(text, out var l) ? l : (object?)null : int.TryParse(text, out var i) ? i : null;
        return number ?? throw new SettingException($"{name} is a whole number, not “{text}”.");
    }
}

/// <summary>The environment variable behind a setting, and what it can say where that is a few words.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VariableAttribute(string name, params string[] choices) : Attribute
{
    public string Name { get; } = name;

    public string[] Choices { get; } = choices;
}

/// <summary>A setting that cannot be used; the message is for the operator.</summary>
public sealed class SettingException(string message) : Exception(message);
