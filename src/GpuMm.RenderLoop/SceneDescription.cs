using System;
using System.Collections.Generic;

namespace GpuMm.RenderLoop;

/// <summary>A scene that can be chosen by name, and what fits it.</summary>
public sealed record SceneDescription
{
    /// <summary>Name, as the command line takes it.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public required string Title { get; init; }

    /// <summary>The texture list, an embedded resource.</summary>
    public required string TextureList { get; init; }

    /// <summary>Size along x, metres.</summary>
    public required double LengthMetres { get; init; }

    /// <summary>Size along z, metres.</summary>
    public required double WidthMetres { get; init; }

    /// <summary>How far one sees, metres.</summary>
    public required double ViewMetres { get; init; }

    /// <summary>In how many places each material is seen.</summary>
    public required int SpotsPerMaterial { get; init; }

    /// <summary>How fast the camera goes, metres per frame.</summary>
    public required double MetresPerFrame { get; init; }

    /// <summary>VRAM that makes the scene migrate, bytes.</summary>
    public required ulong DefaultVramBytes { get; init; }

    /// <summary>The aperture, bytes.</summary>
    public required ulong DefaultApertureBytes { get; init; }

    /// <summary>The machine it runs on by default.</summary>
    public required string DefaultMachine { get; init; }

    /// <summary>Every built-in scene.</summary>
    public static IReadOnlyList<SceneDescription> All { get; } =
    [
        new SceneDescription
        {
            Name = "sponza",
            Title = "Crytek Sponza, 44 textures",
            TextureList = "sponza_textures.csv",
            LengthMetres = 36,
            WidthMetres = 22,
            ViewMetres = 14,
            SpotsPerMaterial = 3,
            MetresPerFrame = 0.1,
            DefaultVramBytes = 96ul << 20,
            DefaultApertureBytes = 64ul << 20,
            DefaultMachine = "agp8x",
        },
        new SceneDescription
        {
            Name = "bistro",
            Title = "Amazon Lumberyard Bistro, 390 textures",
            TextureList = "bistro_textures.csv",
            LengthMetres = 120,
            WidthMetres = 80,
            ViewMetres = 40,
            SpotsPerMaterial = 3,
            MetresPerFrame = 0.25,
            DefaultVramBytes = 512ul << 20,
            DefaultApertureBytes = 512ul << 20,
            DefaultMachine = "pcie3x16",
        },
    ];

    /// <summary>Finds a scene.</summary>
    /// <param name="name">Its name, upper or lower case.</param>
    /// <returns>The scene, or null.</returns>
    public static SceneDescription? Find(string name)
    {
        foreach (SceneDescription description in All)
        {
            if (string.Equals(description.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return description;
            }
        }

        return null;
    }
}
