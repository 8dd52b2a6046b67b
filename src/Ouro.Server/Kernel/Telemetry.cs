using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ouro.Server.Kernel;

/// <summary>Traces, metrics and logs by OpenTelemetry, to an OTLP endpoint where one is set. Without one nothing is gathered.</summary>
public static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services, Settings settings)
    {
        if (settings.Telemetry is not { Length: > 0 } endpoint) return;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            throw new SettingException($"OTEL_EXPORTER_OTLP_ENDPOINT is an address such as http://localhost:4317, not “{endpoint}”.");
        var protocol = settings.TelemetryProtocol switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            var other => throw new SettingException($"OTEL_EXPORTER_OTLP_PROTOCOL is grpc or http/protobuf, not “{other}”."),
        };
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("ouro"))
            .UseOtlpExporter(protocol, address)
            .WithTracing(traces => traces.AddAspNetCoreInstrumentation(o => o.RecordException = true).AddNpgsql())
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddMeter("Npgsql").AddMeter("System.Runtime"))
            .WithLogging();
    }
}
