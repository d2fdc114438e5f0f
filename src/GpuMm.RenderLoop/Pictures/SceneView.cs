using System;

namespace GpuMm.RenderLoop.Pictures;

/// <summary>The view along the camera: a panel of drawn stone for every spot in sight, far ones first.</summary>
internal sealed class SceneView
{
    private const double PanelMetres = 3;
    private const double EyeMetres = 1.6;
    private const int TexelsAcross = 32;

    private readonly Scene _scene;
    private readonly double[] _depths;
    private readonly int[] _order;

    public SceneView(Scene scene)
    {
        _scene = scene;
        _depths = new double[scene.Spots.Length];
        _order = new int[scene.Spots.Length];
    }

    /// <summary>The colour of a material as a whole: that of its first texture, the one with the picture on it.</summary>
    public static Rgb ColorOf(SceneLook look, int material)
    {
        foreach (TexturePlace part in look.Parts)
        {
            if (part.MaterialIndex == material)
            {
                return ScenePicture.ColorOf(part.Domain);
            }
        }

        return ScenePicture.ColorOf(null);
    }

    public void Draw(Canvas canvas, SceneLook look, int left, int top, int width, int height)
    {
        int horizon = top + (height * 45 / 100);
        for (int y = top; y < top + height; y++)
        {
            int share = y < horizon ? 60 + ((horizon - y) * 60 / height) : 70 + ((y - horizon) * 110 / height);
            canvas.Fill(left, y, width, 1, (y < horizon ? new Rgb(150, 170, 195) : new Rgb(150, 145, 135)).Dimmed(share));
        }

        int count = 0;
        Camera camera = look.Camera;
        for (int i = 0; i < _scene.Spots.Length; i++)
        {
            double dx = _scene.Spots[i].X - camera.X;
            double dz = _scene.Spots[i].Z - camera.Z;
            double depth = (dx * camera.DirectionX) + (dz * camera.DirectionZ);
            double squared = (dx * dx) + (dz * dz);

            // As the scene sees it: 60 degrees to either side.
            if (depth > 0.7 && squared < _scene.Description.ViewMetres * _scene.Description.ViewMetres && 4 * depth * depth > squared)
            {
                _depths[count] = -depth;
                _order[count++] = i;
            }
        }

        _depths.AsSpan(0, count).Sort(_order.AsSpan(0, count));
        double focal = width * 0.5;
        for (int i = 0; i < count; i++)
        {
            Spot spot = _scene.Spots[_order[i]];
            double depth = -_depths[i];
            double aside = ((spot.Z - camera.Z) * camera.DirectionX) - ((spot.X - camera.X) * camera.DirectionZ);
            double size = focal * PanelMetres / depth;
            double x = left + (width * 0.5) + (focal * aside / depth) - (size / 2);
            double ground = horizon + (focal * EyeMetres / depth);
            Panel(canvas, look, spot.MaterialIndex, (x, ground - size, size), (left, top, left + width, top + height), Fog(depth));
        }
    }

    private int Fog(double depth) => 256 - (int)(150 * depth / _scene.Description.ViewMetres);

    // The material's textures lie side by side on its panel, each as wide as its share of the bytes.
    private static void Panel(
        Canvas canvas, SceneLook look, int material, (double X, double Y, double Size) place, (int Left, int Top, int Right, int Bottom) clip, int fog)
    {
        ulong total = 0;
        foreach (TexturePlace part in look.Parts)
        {
            total += part.MaterialIndex == material ? part.SizeBytes : 0;
        }

        int firstX = Math.Max(clip.Left, (int)Math.Ceiling(place.X));
        int endX = Math.Min(clip.Right, (int)(place.X + place.Size));
        for (int x = firstX; x < endX; x++)
        {
            double u = (x - place.X) / place.Size;
            Rgb tint = ScenePicture.ColorOf(DomainAt(look, material, (ulong)(u * total)));
            for (int y = Math.Max(clip.Top, (int)Math.Ceiling(place.Y)); y < Math.Min(clip.Bottom, (int)(place.Y + place.Size)); y++)
            {
                double v = (y - place.Y) / place.Size;
                canvas.Set(x, y, tint.Dimmed(Stone(material, (int)(u * TexelsAcross), (int)(v * TexelsAcross)) * fog >> 8));
            }
        }
    }

    private static MemoryDomain? DomainAt(SceneLook look, int material, ulong offset)
    {
        foreach (TexturePlace part in look.Parts)
        {
            if (part.MaterialIndex == material)
            {
                if (offset < part.SizeBytes)
                {
                    return part.Domain;
                }

                offset -= part.SizeBytes;
            }
        }

        return null;
    }

    // Brightness of a texel, 0 to 256: bricks, slabs or planks by material, with joints and grain.
    private static int Stone(int material, int u, int v)
    {
        int rowTexels = 4 << (material % 3);
        int brickTexels = 8 << (material / 3 % 3);
        int row = v / rowTexels;
        int shifted = u + (row % 2 * brickTexels / 2);
        bool isJoint = v % rowTexels == 0 || shifted % brickTexels == 0 || u == 0 || u == TexelsAcross - 1;
        uint grain = unchecked((uint)((u * 73_856_093) ^ (v * 19_349_663) ^ (material * 83_492_791)));
        uint brick = unchecked((uint)((row * 2_654_435) ^ (shifted / brickTexels * 40_503) ^ (material * 97)));
        return isJoint ? 110 : 190 + (int)(brick % 40) + (int)((grain >> 7) % 24);
    }
}
