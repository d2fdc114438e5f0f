using System;
using System.Collections.Generic;
using System.Numerics;
using GpuMm.RenderLoop;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Vulkan;

/// <summary>The scene as quads: a panel for every spot in sight, cut into strips, one for each texture of its material.</summary>
internal sealed class DemoMirrorView
{
    private const double PanelMetres = 3;
    private const double EyeMetres = 1.6;
    private const double Aspect = 16.0 / 9;

    private readonly Scene _scene;
    private readonly List<SceneTexture>[] _textures;

    public DemoMirrorView(Scene scene)
    {
        _scene = scene;
        _textures = new List<SceneTexture>[scene.MaterialCount];
        for (int i = 0; i < _textures.Length; i++)
        {
            _textures[i] = [];
        }

        foreach (SceneTexture texture in scene.Textures)
        {
            _textures[texture.MaterialIndex].Add(texture);
        }
    }

    /// <summary>What there is to see, farthest first; the nearest 300 panels when there are more.</summary>
    public IReadOnlyList<MirrorQuad> Quads(Camera camera)
    {
        List<(double Depth, double Aside, int Material)> panels = [];
        foreach (Spot spot in _scene.Spots)
        {
            double dx = spot.X - camera.X;
            double dz = spot.Z - camera.Z;
            double depth = (dx * camera.DirectionX) + (dz * camera.DirectionZ);
            double squared = (dx * dx) + (dz * dz);
            if (depth > 0.7 && squared < _scene.Description.ViewMetres * _scene.Description.ViewMetres && 4 * depth * depth > squared)
            {
                panels.Add((depth, (dz * camera.DirectionX) - (dx * camera.DirectionZ), spot.MaterialIndex));
            }
        }

        panels.Sort(static (a, b) => b.Depth.CompareTo(a.Depth));
        List<MirrorQuad> quads = [];
        foreach ((double depth, double aside, int material) in panels[Math.Max(0, panels.Count - 300)..])
        {
            List<SceneTexture> textures = _textures[material];
            for (int i = 0; i < textures.Count; i++)
            {
                double left = aside - (PanelMetres / 2) + (PanelMetres * i / textures.Count);
                double right = aside - (PanelMetres / 2) + (PanelMetres * (i + 1) / textures.Count);
                quads.Add(new MirrorQuad(
                    textures[i].Name,
                    Corner(left, EyeMetres - PanelMetres, depth),
                    Corner(right, EyeMetres - PanelMetres, depth),
                    Corner(left, EyeMetres, depth),
                    Corner(right, EyeMetres, depth),
                    TintOf(material),
                    (byte)(150 * depth / _scene.Description.ViewMetres)));
            }
        }

        return quads.Count <= 1000 ? quads : quads[^1000..];
    }

    // 90 degrees across. Down is positive, as Vulkan has it.
    private static Vector4 Corner(double aside, double down, double depth) =>
        new((float)aside, (float)(down * Aspect), (float)(depth * 0.5), (float)depth);

    private static uint TintOf(int material)
    {
        uint mixed = unchecked((uint)material * 0x9E3779B9);
        return 0x606060 + ((mixed >> 8) & 0x9F9F9F);
    }
}
