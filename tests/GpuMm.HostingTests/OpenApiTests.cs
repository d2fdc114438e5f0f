using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>The description of the API is enough to write a client from.</summary>
public sealed partial class OpenApiTests
{
    [Fact]
    public async Task EveryOperationTellsItsParametersAnswersAndWhoMayAsk()
    {
        using ServeProcess service = await ServeProcess.StartAsync();
        using JsonDocument api = JsonDocument.Parse(await service.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
        List<string> faults = [];
        foreach (JsonProperty path in api.RootElement.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                faults.AddRange(FaultsOf(path.Name, operation.Name, operation.Value).Select(fault => $"{operation.Name} {path.Name}: {fault}"));
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        JsonElement components = api.RootElement.GetProperty("components");
        Assert.Equal("GpuMm-Client-Key", components.GetProperty("securitySchemes").GetProperty("clientKey").GetProperty("name").GetString());
        Assert.Equal("bearer", components.GetProperty("securitySchemes").GetProperty("token").GetProperty("scheme").GetString());
        JsonElement size = components.GetProperty("schemas").GetProperty("CreateObjectRequest").GetProperty("properties").GetProperty("alignment");
        Assert.Equal(["integer", "null", "string"], size.GetProperty("type").EnumerateArray().Select(static each => each.GetString()).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> FaultsOf(string path, string method, JsonElement operation)
    {
        string[] wanted = [.. PathParameter().Matches(path).Select(static each => each.Groups["name"].Value)];
        JsonElement.ArrayEnumerator parameters = operation.TryGetProperty("parameters", out JsonElement all) ? all.EnumerateArray() : default;
        string[] told = [.. parameters.Where(static each => each.GetProperty("in").GetString() == "path").Select(static each => each.GetProperty("name").GetString()!)];
        if (!wanted.Order(StringComparer.Ordinal).SequenceEqual(told.Order(StringComparer.Ordinal)))
        {
            yield return $"tells the path's parameters {string.Join(", ", told)}";
        }

        string[] statuses = [.. operation.GetProperty("responses").EnumerateObject().Select(static each => each.Name)];
        bool isOfClient = path.Contains("{client}", StringComparison.Ordinal) && !path.Contains("/limits", StringComparison.Ordinal);
        string[] needed = [.. (string[])["400", "401", "403", "429"], .. isOfClient ? (string[])["404", "410"] : [], .. method == "get" ? (string[])[] : ["409", "503"], .. operation.TryGetProperty("requestBody", out _) ? (string[])["413", "415"] : []];
        foreach (string missing in needed.Except(statuses, StringComparer.Ordinal))
        {
            yield return $"does not tell {missing}";
        }

        if (!statuses.Any(static each => each[0] == '2'))
        {
            yield return "does not tell what it answers when all is well";
        }

        foreach (JsonElement needs in operation.GetProperty("security").EnumerateArray())
        {
            if (needs.TryGetProperty("clientKey", out _) != isOfClient)
            {
                yield return "says wrongly whether the client's key is needed";
            }
        }
    }

    [GeneratedRegex("\\{(?<name>[a-z]+)\\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PathParameter();
}
