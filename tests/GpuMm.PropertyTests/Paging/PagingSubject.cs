using System;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;

namespace GpuMm.PropertyTests.Paging;

/// <summary>One object of 32 pages, mapped in parts at fixed addresses, moved about, and its naive twin.</summary>
public sealed class PagingSubject : IDisposable
{
    public const int FilePages = 32;
    public const int AddressPages = 64;
    private const ulong Base = 0x4000_0000;

    private readonly TestDevice _test = new(vramPages: 40, aperturePages: 40, systemPages: 128);
    private readonly BufferObject _target;
    private readonly NaivePagingModel _model = new(FilePages);

    public PagingSubject()
    {
        _target = _test.Create(FilePages, Placement.Vram);
    }

    public string LastOperation => _model.LastOperation;

    /// <summary>Does the call on both and says what differs, or null.</summary>
    public string? Apply(in PagingCall call)
    {
        ulong page = (ulong)call.Page;
        ulong count = (ulong)Math.Min(call.Count, AddressPages - call.Page);
        count = Math.Min(count, FilePages - (ulong)call.FilePage);
        ulong address = Base + (page * 4096);
        (MmStatus subject, MmStatus model) = (call.Roll % 9) switch
        {
            0 or 1 => Map(address, page, count, call),
            2 => (_test.Space.Unmap(address, count * 4096), _model.Unmap(page, count)),
            3 => Protect(address, page, count, call.Value % 2 == 0),
            4 => Remap(address, page, count, (ulong)call.FilePage),
            5 => Move(call.Value),
            _ => (_test.Space.Write(address, [call.Value]), _model.Write(page, call.Value)),
        };
        return subject != model ? $"{LastOperation} answered {subject}, not {model}." : Compare();
    }

    public void Dispose() => _test.Dispose();

    private (MmStatus Subject, MmStatus Model) Map(ulong address, ulong page, ulong count, in PagingCall call)
    {
        VmAreaDescription description = new(
            new PageWindow(_target.Window.FirstPage + (ulong)call.FilePage, count), VmProtection.ReadWrite, _target)
        {
            FixedAddress = address,
            Replaces = call.Value % 4 == 0,
        };
        return (_test.Space.TryMap(_test.Device.Mapping, _test.Device.VmOperations, description, out _),
            _model.Map(page, count, (ulong)call.FilePage, description.Replaces));
    }

    private (MmStatus Subject, MmStatus Model) Protect(ulong address, ulong page, ulong count, bool canWrite) =>
        (_test.Space.Protect(address, count * 4096, canWrite ? VmProtection.ReadWrite : VmProtection.Read), _model.Protect(page, count, canWrite));

    private (MmStatus Subject, MmStatus Model) Remap(ulong address, ulong page, ulong count, ulong filePage)
    {
        // Which pages share an area is the subject's affair; where one covers them, the model follows.
        MmStatus status = _test.Space.RemapFilePages(address, count * 4096, _target.Window.FirstPage + filePage);
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
            if (_test.Space.Read(Base + (page * 4096), one) != status || (status == MmStatus.Ok && one[0] != value))
            {
                return $"Page {page} shows {one[0]}, not {value} ({status}), after {LastOperation}.";
            }
        }

        return _test.Device.Validate() is { Count: > 0 } after ? string.Join(" | ", after) : null;
    }
}
