using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

public sealed class NamesTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public void Every_operation_of_the_API_has_its_method_in_the_SDK()
    {
        var operations = server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).OfType<string>().Where(n => n.Contains('.', StringComparison.Ordinal)).ToList();
        operations.Count.ShouldBeGreaterThan(20);
        foreach (var operation in operations)
        {
            var (room, verb) = (Pascal(operation.Split('.')[0]), Pascal(operation.Split('.')[1]));
            var client = typeof(OuroClient).GetProperty(room)?.PropertyType;
            client.ShouldNotBeNull($"{operation}: ouro.{room}");
            client.GetMethods().Select(m => m.Name).ShouldContain(verb + "Async", operation);
        }
    }

    [Fact]
    public void Every_call_can_be_cancelled_by_its_last_parameter()
    {
        foreach (var method in typeof(OuroClient).GetProperties().SelectMany(p => p.PropertyType.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)))
        {
            method.Name.ShouldEndWith("Async");
            var last = method.GetParameters()[^1];
            (last.ParameterType, last.IsOptional).ShouldBe((typeof(CancellationToken), true), method.Name);
        }
    }

    static string Pascal(string name) => string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
