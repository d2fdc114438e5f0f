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

    /// <summary>Most copies of a texture list in one scene; the index of a texture has 16 bits.</summary>
    public const int MaxScale = 64;

    /// <summary>Loads a scene.</summary>
    /// <param name="description">Which.</param>
    /// <param name="seed">Decides where its materials are.</param>
    /// <param name="scale">
    /// Copies of the texture list, 1 to <see cref="MaxScale"/>: as many times the materials in the same place, each with
    /// textures of its own. The sizes are real, that there are several of each is not.
    /// </param>
    public static Scene Load(SceneDescription description, ulong seed, int scale = 1)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, MaxScale);
        using Stream stream = typeof(SceneLoader).Assembly.GetManifestResourceStream(description.TextureList)
            ?? throw new InvalidOperationException($"The texture list {description.TextureList} is not built in.");
        using StreamReader reader = new(stream);
        IReadOnlyList<SceneTexture> textures = Parse(reader, out int materialCount);
        return new Scene(description, Copies(textures, materialCount, scale), materialCount * scale, seed) { Scale = scale };
    }

    private static IReadOnlyList<SceneTexture> Copies(IReadOnlyList<SceneTexture> textures, int materialCount, int scale)
    {
        if (scale == 1)
        {
            return textures;
        }

        List<SceneTexture> all = new(textures.Count * scale);
        for (int copy = 0; copy < scale; copy++)
        {
            foreach (SceneTexture texture in textures)
            {
                all.Add(copy == 0 ? texture : texture with
                {
                    Name = $"{texture.Name}#{copy + 1}",
                    MaterialIndex = texture.MaterialIndex + (copy * materialCount),
                });
            }
        }

        return all;
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

            textures.Add(Texture(fields, index, lineNumber));
        }

        materialCount = materials.Count;
        return textures;
    }

    private static SceneTexture Texture(string[] fields, int material, int lineNumber)
    {
        try
        {
            // A texture that was not there when the list was made: a usual one of its kind.
            bool isKnown = fields[6] != "0";
            string format = isKnown ? fields[5] : "DXGI99";
            int width = isKnown ? Number(fields[2]) : 2048;
            int height = isKnown ? Number(fields[3]) : 2048;
            ulong sizeBytes = TextureFormat.SizeBytes(format, width, height, isKnown ? Number(fields[4]) : 12);
            return new SceneTexture(fields[0], Pages.Bytes(Pages.Count(sizeBytes)), material)
            {
                Format = format,
                Width = width,
                Height = height,
            };
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
