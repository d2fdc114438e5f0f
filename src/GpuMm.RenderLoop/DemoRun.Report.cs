using System;
using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Streaming;

namespace GpuMm.RenderLoop;

/// <content>Summing up.</content>
public sealed partial class DemoRun
{
    /// <summary>Reads every texture back through its mapping, checks every invariant, and sums up.</summary>
    /// <exception cref="DemoFailedException">A byte was wrong, or an invariant was broken.</exception>
    public DemoReport Finish()
    {
        _loop.Drain();
        FrameBook book = _loop.Book;
        DemoSummary summary = Summarise(book) with { Checksum = VerifyAll() };
        ValidationReport problems = _device.Validate();
        if (problems.Count != 0)
        {
            throw new DemoFailedException("An invariant is broken: " + problems[0]);
        }

        PingPong pingPong = _loop.PingPong;
        return new DemoReport
        {
            Summary = summary,
            Book = book,
            Histogram = book.ToHistogram(),
            Causes = Causes(book),
            Stutters = book.Stutters(_names.NameOf, ClientName),
            Thrash = new ThrashFindings(pingPong.ThrashWindows > 0, pingPong.ThrashWindows, pingPong.Count, pingPong.Bytes),
            Clients = ClientReports(book),
            Streaming = _streamer is null
                ? null
                : new StreamFindings(_options.StreamBudgetBytes!.Value, _workload.Clients[0].Store.StreamedBytes, _streamer.DroppedLevels, _streamer.RefusedLevels),
            Workload = _workload.Findings(_loop),
            Hash = HashOf(book, summary),
        };
    }

    private static List<CauseTotal> Causes(FrameBook book)
    {
        long[] total = new long[FrameCauses.Count];
        long[] stutter = new long[FrameCauses.Count];
        for (int frame = 0; frame < book.Count; frame++)
        {
            for (int cause = 0; cause < total.Length && book.IsCounted(frame); cause++)
            {
                total[cause] += book.CauseNs(frame)[cause];
                stutter[cause] += book.FrameNs(frame) > book.StutterLimitNs ? book.CauseNs(frame)[cause] : 0;
            }
        }

        int p99 = book.PercentileFrame(99);
        List<CauseTotal> causes = [];
        for (int cause = 0; cause < total.Length; cause++)
        {
            causes.Add(new CauseTotal((FrameCause)cause, total[cause], p99 < 0 ? 0 : book.CauseNs(p99)[cause], stutter[cause]));
        }

        return causes;
    }

    private static ulong HashOf(FrameBook book, DemoSummary summary)
    {
        ulong hash = Prng.Mix(summary.Checksum);
        for (int frame = 0; frame < book.Count; frame++)
        {
            Mix(ref hash, book.FrameNs(frame));
            foreach (long ns in book.CauseNs(frame))
            {
                Mix(ref hash, ns);
            }
        }

        foreach (long figure in (ReadOnlySpan<long>)
            [summary.SimulatedNs, summary.ToVramBytes, summary.FromVramBytes, summary.CpuWrittenBytes, summary.LinkReadBytes,
            summary.Faults, summary.FaultRetries, summary.Evictions, summary.ZappedPtes, summary.Jobs, (long)summary.VerifiedBytes])
        {
            Mix(ref hash, figure);
        }

        return hash;

        static void Mix(ref ulong hash, long value) => hash = Prng.Mix(hash ^ unchecked((ulong)value + 0x9E3779B97F4A7C15));
    }

    private DemoSummary Summarise(FrameBook book)
    {
        DeviceStatistics statistics = _device.Statistics;
        int textures = 0;
        int total = 0;
        ulong verified = 0;
        long written = 0;
        foreach (GameClient client in _workload.Clients)
        {
            textures += client.Store.LoadedCount;
            total += client.Store.Count;
            verified += client.Store.LoadedBytes;
            written += client.Store.WrittenBytes;
        }

        return new DemoSummary
        {
            VramBytes = _options.VramBytes,
            Frames = Frame,
            SimulatedNs = _loop.Display.LastShown.Nanoseconds,
            FrameP50Ns = PercentileNs(book, 50, -1),
            FrameP95Ns = PercentileNs(book, 95, -1),
            FrameP99Ns = PercentileNs(book, 99, -1),
            FrameMaxNs = book.LongestNs,
            StutterFrames = book.StutterCount,
            ToVramBytes = Moved(MemoryDomain.Gtt, MemoryDomain.Vram),
            FromVramBytes = Moved(MemoryDomain.Vram, MemoryDomain.Gtt),
            CpuWrittenBytes = written,
            LinkReadBytes = _loop.LinkReadBytes,
            Faults = statistics.Faults,
            FaultRetries = statistics.FaultRetries,
            Evictions = statistics.Evictions,
            ZappedPtes = statistics.ZappedPtes,
            VramPeakBytes = _device.Manager(MemoryDomain.Vram).PeakBytes,
            Jobs = _loop.JobCount,
            TexturesLoaded = textures,
            TexturesTotal = total,
            VerifiedBytes = verified,
        };
    }

    private static long PercentileNs(FrameBook book, int percent, int client)
    {
        int frame = book.PercentileFrame(percent, client);
        return frame < 0 ? 0 : book.FrameNs(frame);
    }

    private List<ClientFrames> ClientReports(FrameBook book)
    {
        List<ClientFrames> reports = [];
        foreach (GameClient client in _workload.Clients)
        {
            int frames = 0;
            int stutters = 0;
            for (int frame = 0; frame < book.Count; frame++)
            {
                bool isIts = book.ClientOf(frame) == client.Id && book.IsCounted(frame);
                frames += isIts ? 1 : 0;
                stutters += isIts && book.FrameNs(frame) > book.StutterLimitNs ? 1 : 0;
            }

            reports.Add(new ClientFrames(
                client.Name, frames, PercentileNs(book, 50, client.Id), PercentileNs(book, 99, client.Id), stutters, client.Store.StreamedBytes));
        }

        return reports;
    }

    private ulong VerifyAll()
    {
        ulong checksum = 0;
        foreach (GameClient client in _workload.Clients)
        {
            checksum = client.VerifyAll(checksum);
        }

        return checksum;
    }

    private string ClientName(int id)
    {
        foreach (GameClient client in _workload.Clients)
        {
            if (client.Id == id)
            {
                return client.Name;
            }
        }

        return "recording";
    }

    private long Moved(MemoryDomain from, MemoryDomain to) => _device.Statistics.MoveBytes(from, to);
}
