using System;
using System.Globalization;
using System.IO;
using GpuMm.Primitives;

namespace GpuMm.RenderLoop.Pictures;

/// <summary>
/// The scene as the software sees it: the view along the camera with every texel in the colour of where its texture lives,
/// a map, and below them all texels of the scene in order.
/// </summary>
/// <remarks>
/// The lists have no geometry and no image data, so a material is a panel of drawn stone where the scene puts it. The texels
/// below are exact: each stands for <see cref="TexelBytes"/>, a texture begins a new texel, and two shades tell neighbours
/// apart. Colours of Okabe and Ito; blue, orange, purple and grey are told apart by everybody.
/// </remarks>
public sealed class ScenePicture
{
    /// <summary>Width, pixels.</summary>
    public const int Width = 720;

    /// <summary>Height, pixels.</summary>
    public const int Height = 480;

    private const int Margin = 8;
    private const int ViewTop = 24;
    private const int ViewWidth = 480;
    private const int ViewHeight = 270;
    private const int MapLeft = Margin + ViewWidth + Margin;
    private const int MapWidth = Width - MapLeft - Margin;
    private const int LegendTop = 176;
    private const int TexelTop = ViewTop + ViewHeight + 22;
    private const int StripTexels = 16; // 704 columns are 44 strips of 16.
    private const int TexelColumns = Width - (2 * Margin);
    private const int TexelRows = Height - TexelTop - Margin;
    private const int BrightShare = 256;
    private const int DarkShare = 200;

    private static readonly Rgb s_background = new(24, 26, 30);
    private static readonly Rgb s_ink = new(232, 232, 232);
    private static readonly Rgb s_frame = new(70, 74, 82);

    private readonly Scene _scene;
    private readonly DemoOptions _options;
    private readonly Canvas _canvas = new(Width, Height);
    private readonly SceneView _view;
    private readonly int _rows; // Of texels in the lower part.

    /// <summary>An empty picture of a scene.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="options">The run's options, for the captions.</param>
    public ScenePicture(Scene scene, DemoOptions options)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(options);
        _scene = scene;
        _options = options;
        _view = new SceneView(scene);

        // The smallest power of two, a page at least, of which all the scene's texels have room. A third is left for mip
        // levels that a list does not have, and for textures that begin a new texel.
        TexelBytes = Pages.SizeBytes;
        while (MostTexels(scene) > TexelColumns * (ulong)TexelRows)
        {
            TexelBytes *= 2;
        }

        _rows = (int)Math.Min(TexelRows, (MostTexels(scene) / TexelColumns) + 1);
    }

    /// <summary>Bytes that one texel of the lower part stands for; a texture's last texel may stand for fewer.</summary>
    public ulong TexelBytes { get; }

    /// <summary>Where the texels are: left, top, width and height, pixels.</summary>
    public static (int Left, int Top, int Width, int Height) TexelArea => (Margin, TexelTop, TexelColumns, TexelRows);

    /// <summary>The colour of a domain; of what is not loaded for null.</summary>
    /// <param name="domain">The domain.</param>
    public static Rgb ColorOf(MemoryDomain? domain) => domain switch
    {
        MemoryDomain.Vram => new Rgb(0, 114, 178),
        MemoryDomain.Gtt => new Rgb(230, 159, 0),
        MemoryDomain.System => new Rgb(204, 121, 167),
        _ => new Rgb(88, 88, 88),
    };

    /// <summary>The two shades of a domain in the lower part.</summary>
    /// <param name="domain">The domain.</param>
    public static (Rgb Bright, Rgb Dark) ShadesOf(MemoryDomain? domain) => (ColorOf(domain).Dimmed(BrightShare), ColorOf(domain).Dimmed(DarkShare));

    /// <summary>Texels that a look has in a domain.</summary>
    /// <param name="look">The look.</param>
    /// <param name="domain">The domain; null for what is not loaded.</param>
    public ulong TexelsIn(SceneLook look, MemoryDomain? domain)
    {
        ArgumentNullException.ThrowIfNull(look);
        ulong sum = 0;
        foreach (TexturePlace part in look.Parts)
        {
            sum += part.Domain == domain ? Texels(part) : 0;
        }

        return sum;
    }

    /// <summary>Draws a look.</summary>
    /// <param name="look">The look.</param>
    public void Draw(SceneLook look)
    {
        ArgumentNullException.ThrowIfNull(look);
        _canvas.Fill(0, 0, Width, Height, s_background);
        string time = string.Create(
            CultureInfo.InvariantCulture, $"{_scene.Description.Title}   frame {look.Frame}   {look.FrameNs / 1e6:0.0} ms{(look.FrameNs > _options.StutterLimitNs ? "  STUTTER" : "")}");
        _canvas.Text(Margin, 6, time, look.FrameNs > _options.StutterLimitNs ? new Rgb(240, 228, 66) : s_ink);
        _view.Draw(_canvas, look, Margin, ViewTop, ViewWidth, ViewHeight);
        DrawMap(look);
        DrawLegend(look);
        DrawTexels(look);
    }

    /// <summary>Writes the picture.</summary>
    /// <param name="stream">Receives it.</param>
    public void WritePng(Stream stream) => _canvas.WritePng(stream);

    private ulong MostTexels(Scene scene) => (scene.TotalBytes / TexelBytes * 4 / 3) + ((ulong)scene.Textures.Count * 12);

    private ulong Texels(in TexturePlace part) => (part.SizeBytes + TexelBytes - 1) / TexelBytes;

    private void DrawTexels(SceneLook look)
    {
        string caption = $"All texels in order; one is {ByteSize.Format(TexelBytes)}; shades tell textures apart";
        _canvas.Text(Margin, TexelTop - 16, caption, s_ink);
        int at = 0;
        int texture = 0;
        foreach (TexturePlace part in look.Parts)
        {
            (Rgb bright, Rgb dark) = ShadesOf(part.Domain);
            Rgb shade = texture++ % 2 == 0 ? bright : dark;
            for (ulong i = Texels(part); i > 0; i--, at++)
            {
                // Strip by strip, each from top to bottom, so that a texture is a block and not a thin line.
                (int strip, int inStrip) = Math.DivRem(at, StripTexels * _rows);
                _canvas.Set(Margin + (strip * StripTexels) + (inStrip % StripTexels), TexelTop + (inStrip / StripTexels), shade);
            }
        }
    }

    private void DrawMap(SceneLook look)
    {
        double scale = Math.Min((MapWidth - 4) / _scene.Description.LengthMetres, (LegendTop - ViewTop - 12) / _scene.Description.WidthMetres);
        int width = (int)(_scene.Description.LengthMetres * scale) + 3;
        int height = (int)(_scene.Description.WidthMetres * scale) + 3;
        _canvas.Fill(MapLeft, ViewTop, width, height, new Rgb(38, 41, 47));
        foreach (Spot spot in _scene.Spots)
        {
            _canvas.Fill(MapLeft + 1 + (int)(spot.X * scale), ViewTop + 1 + (int)(spot.Z * scale), 2, 2, SceneView.ColorOf(look, spot.MaterialIndex).Dimmed(235));
        }

        double x = MapLeft + 1 + (look.Camera.X * scale);
        double y = ViewTop + 1 + (look.Camera.Z * scale);
        double far = _scene.Description.ViewMetres * scale;

        // The edges of the view, 60 degrees to either side: cos 60 = 1/2, sin 60 = sqrt(3) / 2.
        double half = Math.Sqrt(3) / 2;
        foreach (double side in (ReadOnlySpan<double>)[half, -half])
        {
            double dx = (look.Camera.DirectionX / 2) - (look.Camera.DirectionZ * side);
            double dz = (look.Camera.DirectionZ / 2) + (look.Camera.DirectionX * side);
            _canvas.Line(x, y, Math.Clamp(x + (dx * far), MapLeft, MapLeft + width - 1), Math.Clamp(y + (dz * far), ViewTop, ViewTop + height - 1), new Rgb(170, 170, 170));
        }

        _canvas.Fill((int)x - 2, (int)y - 2, 5, 5, s_ink);
    }

    private void DrawLegend(SceneLook look)
    {
        int y = LegendTop;
        Entry(MemoryDomain.Vram, $"of {ByteSize.Format(_options.VramBytes)} VRAM");
        Entry(MemoryDomain.Gtt, $"of {ByteSize.Format(_options.ApertureBytes)} aperture");
        Entry(MemoryDomain.System, "system RAM");
        Entry(null, "not loaded");

        void Entry(MemoryDomain? domain, string name)
        {
            _canvas.Fill(MapLeft, y, 14, 14, s_frame);
            _canvas.Fill(MapLeft + 1, y + 1, 12, 12, ColorOf(domain).Dimmed(DarkShare + 28));
            _canvas.Text(MapLeft + 20, y, Short(look.BytesIn(domain)), s_ink);
            _canvas.Text(MapLeft + 20, y + 12, name, new Rgb(170, 170, 170));
            y += 30;
        }
    }

    private static string Short(ulong sizeBytes) => string.Create(CultureInfo.InvariantCulture, $"{sizeBytes / 1048576.0:0.0} MiB");
}
