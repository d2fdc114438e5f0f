using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GpuMm.Simulation;

/// <summary>Reads, checks and writes the files of machines and links.</summary>
internal static class MachineFiles
{
    /// <summary>A file may not be larger: a profile has a few KiB.</summary>
    public const int MaxFileBytes = 1 << 20;

    private const string MachineFolder = "GpuMm.Simulation.Profiles.Machines.";
    private const string LinkFolder = "GpuMm.Simulation.Profiles.Links.";

    // Nothing here goes into HTML, so "x" and apostrophes stay as they are.
    private static readonly MachineFilesContext s_context = new(
        new JsonSerializerOptions(MachineFilesContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static MachineProfile Read(Stream stream, string file)
    {
        if (stream.CanSeek && stream.Length > MaxFileBytes)
        {
            throw new InvalidDataException($"{file}: {stream.Length} bytes are no machine profile; give a file of at most {MaxFileBytes} bytes.");
        }

        try
        {
            MachineDocument? document = JsonSerializer.Deserialize(stream, s_context.MachineDocument);
            return MachineReader.ToProfile(document ?? throw Problem(file, "", "is null; give a JSON object"), file);
        }
        catch (JsonException failure)
        {
            throw Wrong(file, failure);
        }
    }

    public static LinkModel ReadLink(JsonElement element, string file)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            string name = element.GetString()!;
            return LinkModels.TryGet(name, out LinkModel? link) ? link!
                : throw Problem(file, "link", $"there is no link \"{name}\"; give one of {Names()}, or an object");
        }

        try
        {
            LinkDocument? document = element.Deserialize(s_context.LinkDocument);
            return MachineReader.ToLink(document ?? throw Problem(file, "link", "is null; give a name or an object"), file, "link.");
        }
        catch (JsonException failure)
        {
            throw Wrong(file, failure);
        }
    }

    public static IReadOnlyList<LinkModel> ReadLinks()
    {
        List<LinkModel> links = [];
        foreach (string resource in Resources(LinkFolder))
        {
            using Stream stream = Open(resource);
            links.Add(MachineReader.ToLink(JsonSerializer.Deserialize(stream, s_context.LinkDocument)!, resource, ""));
        }

        links.Sort(static (a, b) => a.BytesPerSecond != b.BytesPerSecond
            ? a.BytesPerSecond.CompareTo(b.BytesPerSecond) : string.CompareOrdinal(a.Name, b.Name));
        return links;
    }

    public static IReadOnlyList<MachineProfile> ReadMachines()
    {
        List<MachineProfile> machines = [];
        foreach (string resource in Resources(MachineFolder))
        {
            using Stream stream = Open(resource);
            machines.Add(Read(stream, resource));
        }

        machines.Sort(static (a, b) => a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind)
            : a.Year != b.Year ? a.Year.CompareTo(b.Year)
            : a.Link.BytesPerSecond != b.Link.BytesPerSecond ? a.Link.BytesPerSecond.CompareTo(b.Link.BytesPerSecond)
            : string.CompareOrdinal(a.Name, b.Name));
        return machines;
    }

    public static string Write(MachineProfile profile) =>
        JsonSerializer.Serialize(MachineWriter.ToDocument(profile, s_context), s_context.MachineDocument);

    public static InvalidDataException Problem(string file, string figure, string what) =>
        new(figure.Length == 0 ? $"{file}: {what}." : $"{file}: {figure}: {what}.");

    // "$.vram.sizeBytes" is how JSON paths start; people know the file.
    private static InvalidDataException Wrong(string file, JsonException failure)
    {
        string path = failure.Path is { Length: > 2 } given ? $"{given[2..]}: " : "";
        string line = failure.LineNumber is { } number ? $" (line {number + 1})" : "";
        string what = failure.Message;
        int tail = what.IndexOf(" Path: ", StringComparison.Ordinal);
        return new InvalidDataException($"{file}: {path}{(tail < 0 ? what : what[..tail])}{line}", failure);
    }

    private static string Names()
    {
        List<string> names = [];
        foreach (LinkModel link in LinkModels.All)
        {
            names.Add(link.Name);
        }

        return string.Join(", ", names);
    }

    private static List<string> Resources(string folder)
    {
        List<string> found = [];
        foreach (string name in typeof(MachineFiles).Assembly.GetManifestResourceNames())
        {
            if (name.StartsWith(folder, StringComparison.Ordinal))
            {
                found.Add(name);
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static Stream Open(string resource) => Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
}
