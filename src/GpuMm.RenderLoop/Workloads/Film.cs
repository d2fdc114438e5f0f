using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.RenderLoop.Frames;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>
/// A film: thirty pictures a second, each decoded from bytes that the processor wrote and two pictures before it, into one
/// of eight surfaces.
/// </summary>
/// <remarks>
/// Decoded by the render engine in a queue of its own that goes first, as drivers do where the card has no decoder. A picture
/// is late when it is not decoded a beat of the film after it was due to begin. Contents of the film are not checked.
/// </remarks>
internal sealed class Film
{
    private const int SurfaceCount = 8;
    private const ulong BitstreamBytes = 256ul << 10;
    private const long PictureNs = 33_333_333;
    private const long DecodeNs = 1_500_000;
    private const int ClientNumber = 2;

    private readonly AccountingDriver _driver;
    private readonly AddressSpace _space;
    private readonly BufferObject[] _surfaces = new BufferObject[SurfaceCount];
    private readonly BufferObject _bitstream;
    private readonly VmArea _area;
    private readonly TextureUse[] _uses = new TextureUse[4];
    private readonly byte[] _bytes = new byte[64 << 10];
    private Fence _last;
    private long _decoded;
    private long _startNs = -1;
    private long _lastDueNs;
    private bool _isJudged = true;

    public Film(GpuDevice device, AccountingDriver driver, NameTable names, AddressSpace space)
    {
        _driver = driver;
        _space = space;

        // 8 bits of brightness and 4 of colour per pixel: a film of 1080p on small cards, of 2160p on others.
        ulong surfaceBytes = (device.Options.VramBytes >= 512ul << 20 ? 3840ul * 2160 : 1920ul * 1080) * 3 / 2;
        for (int i = 0; i < SurfaceCount; i++)
        {
            _surfaces[i] = Make(FormattableString.Invariant($"film surface {i}"), surfaceBytes, Placement.VramThenGtt);
        }

        _bitstream = Make("film bitstream", BitstreamBytes, Placement.System);
        _area = _bitstream.Map(space);

        BufferObject Make(string name, ulong sizeBytes, Placement placement)
        {
            OperationContext context = default;
            MmStatus status = device.TryCreate(new BufferObjectDescription(sizeBytes, name), placement, ref context, out BufferObject? made);
            if (status != MmStatus.Ok)
            {
                throw new DemoFailedException($"{name}: creating it answered {status}.");
            }

            names.Set(made!.Id, name);
            return made;
        }
    }

    /// <summary>Pictures that were ready in time.</summary>
    public int InTime { get; private set; }

    /// <summary>Pictures that were not.</summary>
    public int Late { get; private set; }

    /// <summary>The picture to show: the last but one, which is decoded unless the film is late.</summary>
    public TextureUse? Shown => _decoded < 2 ? null : new TextureUse(_surfaces[(_decoded - 2) % SurfaceCount], _surfaces[0].SizeBytes);

    /// <summary>Decodes the next picture when it is due; the first call starts the film.</summary>
    public void Advance(FrameLoop loop)
    {
        Judge();
        _startNs = _startNs < 0 ? loop.Now.Nanoseconds : _startNs;
        if (loop.Now.Nanoseconds < _startNs + (_decoded * PictureNs) || !_isJudged)
        {
            return;
        }

        _driver.CurrentObject = _bitstream.Id;
        for (ulong at = 0; at < BitstreamBytes; at += (ulong)_bytes.Length)
        {
            MmStatus status = _space.Write(_area.StartAddress + at, _bytes);
            if (status != MmStatus.Ok)
            {
                throw new DemoFailedException($"film bitstream: writing it answered {status}.");
            }
        }

        _driver.CurrentObject = 0;
        BufferObject target = Surface(0);
        _uses[0] = new TextureUse(target, 0);
        _uses[1] = new TextureUse(Surface(-1), target.SizeBytes);
        _uses[2] = new TextureUse(Surface(-2), target.SizeBytes);
        _uses[3] = new TextureUse(_bitstream, BitstreamBytes);
        _last = loop.Urgent(_uses, DecodeNs, ClientNumber);
        target.Reserve();
        target.Reservation.ReserveFences(1);
        target.Reservation.AddFence(_last, FenceUsage.Write);
        target.Unreserve();
        _lastDueNs = _startNs + ((_decoded + 1) * PictureNs);
        _isJudged = false;
        _decoded++;
    }

    /// <summary>Counts the last picture once it is done.</summary>
    public void Judge()
    {
        if (!_isJudged && _last.IsSignaled)
        {
            _isJudged = true;
            bool isLate = _driver.Simulated.CompletionOf(_last).Nanoseconds > _lastDueNs;
            Late += isLate ? 1 : 0;
            InTime += isLate ? 0 : 1;
        }
    }

    private BufferObject Surface(long back) => _surfaces[(_decoded + back + SurfaceCount) % SurfaceCount];
}
