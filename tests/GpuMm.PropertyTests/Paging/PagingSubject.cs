using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;

namespace GpuMm.PropertyTests.Paging;

/// <summary>
/// One object of 32 base pages, mapped in parts at fixed addresses in one space and as a whole in another, moved about, and
/// its naive twin.
/// </summary>
public sealed class PagingSubject : IDisposable
{
    public const int FilePages = 32;
    public const int AddressPages = 64;
    private const ulong Base = 0x4000_0000;

    private readonly TestDevice _test;
    private readonly AddressSpace _space;
    private readonly BufferObject _target;
    private readonly VmArea _onlooker;
    private readonly ulong _pageBytes;
    private readonly ulong _framesPerPage;
    private readonly NaivePagingModel _model = new(FilePages);

    public PagingSubject(ulong pageBytes)
    {
        _pageBytes = pageBytes;
        _framesPerPage = pageBytes / 4096;

        // Heads only where pages are large: every byte of them would be read after every step.
        _test = new(40 * _framesPerPage, 40 * _framesPerPage, 128 * _framesPerPage, backing: pageBytes == 4096 ? BackingKind.Bytes : BackingKind.PageHeads);
        _space = _test.Device.CreateAddressSpace(new AddressSpaceOptions { BasePageBytes = pageBytes });
        _target = _test.Create(FilePages * _framesPerPage, Placement.Vram);
        _onlooker = _target.Map(_test.Space);
    }

    public string LastOperation => _model.LastOperation;

    /// <summary>Does the call on both and says what differs, or null.</summary>
    public string? Apply(in PagingCall call)
    {
        ulong page = (ulong)call.Page;
        ulong count = (ulong)Math.Min(call.Count, AddressPages - call.Page);
        count = Math.Min(count, FilePages - (ulong)call.FilePage);
        ulong address = Base + (page * _pageBytes);
        (MmStatus subject, MmStatus model) = (call.Roll % 9) switch
        {
            0 or 1 => Map(address, page, count, call),
            2 => (_space.Unmap(address, count * _pageBytes), _model.Unmap(page, count)),
            3 => Protect(address, page, count, call.Value % 2 == 0),
            4 => Remap(address, page, count, (ulong)call.FilePage),
            5 => Move(call.Value),
            _ => (_space.Write(address, [call.Value]), _model.Write(page, call.Value)),
        };
        return subject != model ? $"{LastOperation} answered {subject}, not {model}." : Compare();
    }

    public void Dispose() => _test.Dispose();

    private (MmStatus Subject, MmStatus Model) Map(ulong address, ulong page, ulong count, in PagingCall call)
    {
        VmAreaDescription description = new(
            new PageWindow(_target.Window.FirstPage + ((ulong)call.FilePage * _framesPerPage), count * _framesPerPage), VmProtection.ReadWrite, _target)
        {
            FixedAddress = address,
            Replaces = call.Value % 4 == 0,
        };
        return (_space.TryMap(_test.Device.Mapping, _test.Device.VmOperations, description, out _),
            _model.Map(page, count, (ulong)call.FilePage, description.Replaces));
    }

    private (MmStatus Subject, MmStatus Model) Protect(ulong address, ulong page, ulong count, bool canWrite) =>
        (_space.Protect(address, count * _pageBytes, canWrite ? VmProtection.ReadWrite : VmProtection.Read), _model.Protect(page, count, canWrite));

    private (MmStatus Subject, MmStatus Model) Remap(ulong address, ulong page, ulong count, ulong filePage)
    {
        // Which pages share an area is the subject's affair; where one covers them, the model follows.
        MmStatus status = _space.RemapFilePages(address, count * _pageBytes, _target.Window.FirstPage + (filePage * _framesPerPage));
        if (status == MmStatus.Ok)
        {
            _model.Remap(page, count, filePage);
        }

        return (status, status is MmStatus.Ok or MmStatus.InvalidArgument ? status : MmStatus.Ok);
    }

    private (MmStatus Subject, MmStatus Model) Move(byte value)
    {
        _model.Note("move");
        Placement placement = (value % 3) switch { 0 => Placement.Vram, 1 => Placement.Gtt, _ => Placement.System };
        return (_test.Place(_target, placement), MmStatus.Ok);
    }

    private string? Compare()
    {
        if (_test.Device.Validate() is { Count: > 0 } problems)
        {
            return string.Join(" | ", problems);
        }

        byte[] one = new byte[1];
        for (ulong page = 0; page < AddressPages; page++)
        {
            MmStatus status = _model.Read(page, out byte value);
            if (_space.Read(Base + (page * _pageBytes), one) != status || (status == MmStatus.Ok && one[0] != value))
            {
                return $"Page {page} shows {one[0]}, not {value} ({status}), after {LastOperation}.";
            }
        }

        // Another program has all of it mapped, with pages of 4 KiB, and sees the same bytes.
        for (ulong page = 0; page < FilePages; page++)
        {
            if (_test.Space.Read(_onlooker.StartAddress + (page * _pageBytes), one) != MmStatus.Ok || one[0] != _model.Bytes[page])
            {
                return $"The other program sees {one[0]} in file page {page}, not {_model.Bytes[page]}, after {LastOperation}.";
            }
        }

        return _test.Device.Validate() is { Count: > 0 } after ? string.Join(" | ", after) : null;
    }
}
