using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Traces.Model;

namespace GpuMm.Dashboard.Workloads;

/// <summary>
/// Plays a recording: what its programs asked for is asked of this device again, at the recording's pace. What the recorded manager
/// decided is left to this one.
/// </summary>
/// <remarks>
/// Uses that stand between two jobs, frames or ticks are one job each of the clients that make them. A request that this device
/// refuses is counted as left out. Object numbers of a recording are never reused, so one that was not created is made when it is
/// first used. More than <see cref="MaxPerTick"/> events in a sixtieth of a second make the recording late rather than the service busy.
/// </remarks>
internal sealed class TraceWorkload : IDisposable
{
    private const int MaxPerTick = 5_000;
    private const int MaxClients = 16;
    private const int ChunkBytes = 64 << 10;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(16);

    private readonly SimulatedGpu _gpu;
    private readonly ITraceSource _source;
    private readonly ITraceReader _reader;
    private readonly WorkloadRun _run;
    private readonly string? _group;
    private readonly Dictionary<int, Player> _players = [];
    private readonly Dictionary<ulong, (Player Owner, uint Handle)> _objects = [];
    private readonly TraceEvent[] _batch = new TraceEvent[1024];
    private readonly byte[] _chunk = new byte[ChunkBytes];
    private int _next;
    private int _count;
    private long? _firstNs;

    private TraceWorkload(SimulatedGpu gpu, ITraceSource source, WorkloadRequest request, WorkloadRun run)
    {
        (_gpu, _source, _run, _group) = (gpu, source, run, request.Group);
        _reader = source.Open();
    }

    public static async Task RunAsync(SimulatedGpu gpu, ITraceSource source, WorkloadRequest request, WorkloadRun run)
    {
        using TraceWorkload play = new(gpu, source, request, run);
        using PeriodicTimer timer = new(s_tick, gpu.Time);
        long start = gpu.Time.GetTimestamp();
        try
        {
            while (play.Fill() && await timer.WaitForNextTickAsync(run.Stopping).ConfigureAwait(false))
            {
                gpu.Driver.Pump();
                play.PlayUntil((long)gpu.Time.GetElapsedTime(start).TotalNanoseconds);
            }
        }
        catch (OperationCanceledException)
        {
            // Somebody stopped it.
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        foreach (Player player in _players.Values)
        {
            player.Session.Dispose();
        }
    }

    private void PlayUntil(long nowNs)
    {
        for (int i = 0; i < MaxPerTick && Fill(); i++)
        {
            ref readonly TraceEvent each = ref _batch[_next];
            _firstNs ??= each.TimeNs;
            if (each.TimeNs - _firstNs > nowNs)
            {
                break;
            }

            _next++;
            if (!TryPlay(each))
            {
                _run.CountSkipped();
            }
        }

        Submit(0);
    }

    private bool Fill()
    {
        if (_next == _count)
        {
            (_next, _count) = (0, _reader.Read(_batch));
        }

        return _count > 0;
    }

    private bool TryPlay(in TraceEvent each)
    {
        switch (each.Kind)
        {
            case TraceKind.Create:
                return TryFind(each, out _);
            case TraceKind.Use:
                return TryFind(each, out (Player Owner, uint Handle) used) && used.Owner.Use(used.Handle, each.SizeBytes, (each.Flags & TraceFlags.Write) != 0);
            case TraceKind.Submit:
                Submit(Math.Min((long)Math.Min(each.SizeBytes, long.MaxValue), GpuSession.MaxJobNs));
                return true;
            case TraceKind.Frame:
                Submit(0);
                return true;
            case TraceKind.Destroy:
                return _objects.Remove(each.ObjectId, out (Player Owner, uint Handle) gone) && gone.Owner.Destroy(gone.Handle);
            case TraceKind.CpuAccess:
                return _objects.TryGetValue(each.ObjectId, out (Player Owner, uint Handle) touched) && Access(touched.Owner.Session, touched.Handle, each);
            case TraceKind.Pin:
                return _objects.TryGetValue(each.ObjectId, out (Player Owner, uint Handle) pinned) && pinned.Owner.Session.Pin(pinned.Handle) is null;
            case TraceKind.Unpin:
                return _objects.TryGetValue(each.ObjectId, out (Player Owner, uint Handle) free) && free.Owner.Session.Unpin(free.Handle) is null;
            case TraceKind.Advise:
                return _objects.TryGetValue(each.ObjectId, out (Player Owner, uint Handle) advised) &&
                    advised.Owner.Session.Advise(advised.Handle, (each.Flags & TraceFlags.Purgeable) == 0, out _) is null;
            default:
                return true; // Decisions and measurements of the recorded manager; remarks.
        }
    }

    private bool TryFind(in TraceEvent each, out (Player Owner, uint Handle) found)
    {
        if (_objects.TryGetValue(each.ObjectId, out found))
        {
            return true;
        }

        string name = each.Name ?? string.Create(CultureInfo.InvariantCulture, $"object {each.ObjectId}");
        string? placement = each.To == MemoryDomain.Gtt ? "gtt" : null;
        Player owner = PlayerOf(each.ClientId);
        if (each.SizeBytes == 0 || owner.Session.Create(new ObjectRequest(each.SizeBytes, Shortened(name), placement), out uint handle) is not null)
        {
            return false;
        }

        found = (owner, handle);
        _objects.Add(each.ObjectId, found);
        return true;
    }

    private static string Shortened(string name) => name.Length <= GpuSession.MaxNameLength ? name : name[..GpuSession.MaxNameLength];

    // The recording's clients; what goes beyond the most there are plays as the first one.
    private Player PlayerOf(int clientId)
    {
        if (!_players.TryGetValue(clientId, out Player? player))
        {
            if (_players.Count == MaxClients)
            {
                foreach (Player first in _players.Values)
                {
                    return first;
                }
            }

            string name = clientId == 0 ? _source.Name : string.Create(CultureInfo.InvariantCulture, $"{_source.Name} {clientId}");
            if (_gpu.TryOpenSession(name, default, out GpuSession? session, _group) is { } error)
            {
                throw new InvalidOperationException(error.Message);
            }

            _players.Add(clientId, player = new Player(session!));
        }

        return player;
    }

    private bool Access(GpuSession session, uint handle, in TraceEvent each)
    {
        ulong sizeBytes = session.Find(handle)?.Target.SizeBytes ?? 0;
        ulong end = each.OffsetBytes + Math.Min(each.SizeBytes, sizeBytes - Math.Min(sizeBytes, each.OffsetBytes));
        bool isWrite = (each.Flags & TraceFlags.Write) != 0;
        for (ulong at = each.OffsetBytes; at < end; at += ChunkBytes)
        {
            int count = (int)Math.Min(ChunkBytes, end - at);
            Span<byte> bytes = _chunk.AsSpan(0, count);
            if (isWrite && each.Contents is { } contents && (ulong)contents.Length >= at - each.OffsetBytes + (ulong)count)
            {
                contents.AsSpan((int)(at - each.OffsetBytes), count).CopyTo(bytes);
            }

            if ((isWrite ? session.WriteObject(handle, at, bytes) : session.ReadObject(handle, at, bytes)) is not null)
            {
                return false;
            }
        }

        return true;
    }

    private void Submit(long gpuNs)
    {
        foreach (Player player in _players.Values)
        {
            if (!player.Submit(gpuNs, out bool hadUses))
            {
                _run.CountSkipped();
            }
            else if (hadUses)
            {
                _run.CountFrame();
            }
        }
    }

    // A client, and what its next job uses: each object once.
    private sealed class Player(GpuSession session)
    {
        private readonly Dictionary<uint, SubmitUse> _uses = [];

        public GpuSession Session { get; } = session;

        public bool Use(uint handle, ulong readBytes, bool isWrite)
        {
            if (_uses.TryGetValue(handle, out SubmitUse known))
            {
                (readBytes, isWrite) = (Math.Max(readBytes, known.ReadBytes ?? 0), isWrite || known.IsWrite);
            }
            else if (_uses.Count == GpuSession.MaxUses)
            {
                return false;
            }

            ulong sizeBytes = Session.Find(handle)?.Target.SizeBytes ?? 0;
            _uses[handle] = new SubmitUse(handle, Math.Min(readBytes, sizeBytes), isWrite);
            return true;
        }

        public bool Destroy(uint handle)
        {
            _uses.Remove(handle);
            return Session.Destroy(handle) is null;
        }

        public bool Submit(long gpuNs, out bool hadUses)
        {
            hadUses = _uses.Count > 0;
            bool isDone = !hadUses || Session.Submit([.. _uses.Values], gpuNs, out _) is null;
            _uses.Clear();
            return isDone;
        }
    }
}
