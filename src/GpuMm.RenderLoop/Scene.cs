using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop;

/// <summary>Textures, the spots where their materials are seen, and the size of the place.</summary>
public sealed class Scene
{
    private readonly Spot[] _spots;

    /// <summary>Spreads the materials of some textures over a place.</summary>
    /// <param name="description">What the scene is.</param>
    /// <param name="textures">Its textures; at least one.</param>
    /// <param name="materialCount">Number of materials that the textures name.</param>
    /// <param name="seed">Decides where the spots are.</param>
    public Scene(SceneDescription description, IReadOnlyList<SceneTexture> textures, int materialCount, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(textures);
        Description = description;
        Textures = textures;
        MaterialCount = materialCount;
        Path = new CameraPath(description.LengthMetres, description.WidthMetres);
        _spots = new Spot[materialCount * description.SpotsPerMaterial];
        Prng prng = new(seed);
        for (int i = 0; i < _spots.Length; i++)
        {
            _spots[i] = new Spot(
                prng.NextDouble() * description.LengthMetres, prng.NextDouble() * description.WidthMetres, i % materialCount);
        }

        foreach (SceneTexture texture in textures)
        {
            TotalBytes += texture.SizeBytes;
            LargestTextureBytes = Math.Max(LargestTextureBytes, texture.SizeBytes);
        }
    }

    /// <summary>What the scene is.</summary>
    public SceneDescription Description { get; }

    /// <summary>Copies of the texture list that it was made of.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>Where the materials are seen.</summary>
    public ReadOnlySpan<Spot> Spots => _spots;

    /// <summary>Its textures.</summary>
    public IReadOnlyList<SceneTexture> Textures { get; }

    /// <summary>Number of materials.</summary>
    public int MaterialCount { get; }

    /// <summary>Where the camera goes.</summary>
    public CameraPath Path { get; }

    /// <summary>Sum of the textures, bytes.</summary>
    public ulong TotalBytes { get; }

    /// <summary>The largest texture, bytes.</summary>
    public ulong LargestTextureBytes { get; }

    /// <summary>Works out how near each material is seen.</summary>
    /// <param name="camera">The view.</param>
    /// <param name="squaredMetres">One entry per material: the squared distance to its nearest visible spot, or
    /// <see cref="double.PositiveInfinity"/>.</param>
    public void Look(Camera camera, Span<double> squaredMetres)
    {
        squaredMetres.Fill(double.PositiveInfinity);
        double far = Description.ViewMetres * Description.ViewMetres;
        foreach (ref readonly Spot spot in _spots.AsSpan())
        {
            double dx = spot.X - camera.X;
            double dz = spot.Z - camera.Z;
            double squared = (dx * dx) + (dz * dz);
            double ahead = (dx * camera.DirectionX) + (dz * camera.DirectionZ);

            // Within 60 degrees of the view: cos 60 = 1/2, so ahead^2 > squared / 4. What is under the feet always counts.
            bool isSeen = squared < 1 || (squared < far && ahead > 0 && 4 * ahead * ahead > squared);
            if (isSeen && squared < squaredMetres[spot.MaterialIndex])
            {
                squaredMetres[spot.MaterialIndex] = squared;
            }
        }
    }
}
