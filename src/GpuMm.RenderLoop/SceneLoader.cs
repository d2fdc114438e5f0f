using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>Reads the texture lists that are built in.</summary>
public static class SceneLoader
{
    private static readonly string[] s_suffixes = ["_diff", "_ddn", "_ddna", "_spec", "_dif", "_emis", "_mask"];

    /// <summary>Loads a scene.</summary>
    /// <param name="description">Which.</param>
    /// <param name="seed">Decides where its materials are.</param>
    public static Scene Load(SceneDescription description, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(description);
        using Stream stream = typeof(SceneLoader).Assembly.GetManifestResourceStream(description.TextureList)
            ?? throw new InvalidOperationException($"The texture list {description.TextureList} is not built in.");
        using StreamReader reader = new(stream);
        IReadOnlyList<SceneTexture> textures = Parse(reader, out int materialCount);
        return new Scene(description, textures, materialCount, seed);
    }

    /// <summary>Reads a texture list: path,file_bytes,width,height,mips,format,present.</summary>
    /// <param name="reader">The text, with a header line.</param>
    /// <param name="materialCount">Textures whose names differ only in the kind of map form one material.</param>
    /// <exception cref="FormatException">A line does not fit; the message says which.</exception>
    public static IReadOnlyList<SceneTexture> Parse(TextReader reader, out int materialCount)
    {
        ArgumentNullException.ThrowIfNull(reader);
        List<SceneTexture> textures = [];
        Dictionary<string, int> materials = new(StringComparer.Ordinal);
        _ = reader.ReadLine();
        int lineNumber = 1;
        while (reader.ReadLine() is { } line)
        {
            lineNumber++;
            string[] fields = line.Split(',');
            if (fields.Length != 7)
            {
                throw new FormatException($"Texture list, line {lineNumber}: {fields.Length} fields, not 7.");
            }

            string material = MaterialOf(fields[0]);
            if (!materials.TryGetValue(material, out int index))
            {
                index = materials.Count;
                materials.Add(material, index);
            }

            textures.Add(new SceneTexture(fields[0], Pages.Bytes(Pages.Count(SizeOf(fields, lineNumber))), index));
        }

        materialCount = materials.Count;
        return textures;
    }

    private static ulong SizeOf(string[] fields, int lineNumber)
    {
        try
        {
            // A texture that was not there when the list was made: a usual one of its kind.
            return fields[6] == "0"
                ? TextureFormat.SizeBytes("DXGI99", 2048, 2048, 12)
                : TextureFormat.SizeBytes(fields[5], Number(fields[2]), Number(fields[3]), Number(fields[4]));
        }
        catch (FormatException problem)
        {
            throw new FormatException($"Texture list, line {lineNumber}: {problem.Message}", problem);
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string MaterialOf(string path)
    {
        string stem = path[..^Path.GetExtension(path).Length];
        foreach (string suffix in s_suffixes)
        {
            if (stem.EndsWith(suffix, StringComparison.Ordinal))
            {
                return stem[..^suffix.Length];
            }
        }

        return stem;
    }
}
