using System;

namespace GpuMm.RenderLoop.Frames;

/// <summary>
/// Says where each nanosecond of each frame went. It hears what the processor, the copy engines and the render engine did,
/// and when a frame is seen it divides the time since the frame before it among causes.
/// </summary>
/// <remarks>
/// The time until a frame is seen is cut at three points: the beat of the screen it waits for at the end; before that
/// its jobs on the render engine; and the gaps between them. In a gap before the submission the processor was late, and
/// what it did then is to blame; in a gap after it a copy, another client's job, or an image that was still shown.
/// Where several could be blamed the order is: copies in, copies out, another client, the image. So the parts of a frame
/// add up to its time, to the nanosecond. One thread; no allocation once its lists have grown.
/// </remarks>
public sealed class FrameLedger
{
    /// <summary>Most parts with an object that are kept of one frame; what is left of each cause is one more part.</summary>
    public const int MaxParts = 256;

    private readonly SpanList _processor = new();
    private readonly SpanList _uploads = new();
    private readonly SpanList _evictions = new();
    private readonly SpanList _others = new();
    private readonly SpanList _jobs = new();
    private readonly long[] _causeNs = new long[FrameCauses.Count];
    private readonly CausePart[] _parts = new CausePart[MaxParts];
    private int _partCount;

    /// <summary>Time of the last closed frame by cause, ns; <see cref="FrameCauses.Count"/> entries.</summary>
    public ReadOnlySpan<long> CauseNs => _causeNs;

    /// <summary>The last closed frame's causes by object, in the order met; parts without an object stand for the rest.</summary>
    public ReadOnlySpan<CausePart> Parts => _parts.AsSpan(0, _partCount);

    /// <summary>The processor spent time. Stretches come in order and leave no gap that a frame waits in.</summary>
    /// <param name="span">The stretch.</param>
    public void Processor(in TimeSpent span) => _processor.Add(span);

    /// <summary>A copy is over.</summary>
    /// <param name="span">When it ran; <see cref="FrameCause.Eviction"/> or else an upload.</param>
    public void Copy(in TimeSpent span) => (span.Cause == FrameCause.Eviction ? _evictions : _uploads).Add(span);

    /// <summary>A job that is not shown, another client's perhaps, is over on the render engine.</summary>
    /// <param name="startNs">When it started.</param>
    /// <param name="endNs">When it ended.</param>
    public void OtherJob(long startNs, long endNs) => _others.Add(new TimeSpent(startNs, endNs, FrameCause.OtherClient));

    /// <summary>A job of a frame is over on the render engine.</summary>
    /// <param name="startNs">When it started.</param>
    /// <param name="endNs">When it ended.</param>
    /// <param name="linkNs">How much of it went into reading over the link; that part is its end.</param>
    /// <param name="linkBytes">Bytes read over the link.</param>
    public void Job(long startNs, long endNs, long linkNs, ulong linkBytes)
    {
        _jobs.Add(new TimeSpent(startNs, endNs - linkNs, FrameCause.GpuWork));
        _jobs.Add(new TimeSpent(endNs - linkNs, endNs, FrameCause.LinkRead, 0, linkBytes));
    }

    /// <summary>Divides a frame's time among its causes.</summary>
    /// <param name="timing">Its points in time.</param>
    /// <param name="wantParts">Whether <see cref="Parts"/> is wanted, too.</param>
    public void Close(in FrameTiming timing, bool wantParts)
    {
        Array.Clear(_causeNs);
        _partCount = 0;
        long cursor = timing.PreviousShownNs;
        foreach (ref readonly TimeSpent job in _jobs.Spans)
        {
            if (job.StartNs >= timing.DoneNs)
            {
                break; // Of the next frame, whose jobs may be over already.
            }

            long start = Math.Max(cursor, Math.Min(job.StartNs, timing.ShownNs));
            Gap(cursor, start, timing, wantParts);
            cursor = Math.Max(start, Math.Min(job.EndNs, timing.ShownNs));
            Charge(job, start, cursor, wantParts);
        }

        long done = Math.Max(cursor, Math.Min(timing.DoneNs, timing.ShownNs));
        Gap(cursor, done, timing, wantParts);
        Charge(new TimeSpent(done, timing.ShownNs, FrameCause.Beat), done, timing.ShownNs, wantParts);
        _jobs.DropUntil(timing.DoneNs);
        _processor.DropUntil(timing.ShownNs);
        _uploads.DropUntil(timing.ShownNs);
        _evictions.DropUntil(timing.ShownNs);
        _others.DropUntil(timing.ShownNs);
    }

    private void Gap(long fromNs, long toNs, in FrameTiming timing, bool wantParts)
    {
        long late = Math.Clamp(timing.SubmittedNs, fromNs, toNs);
        Lay(_processor.Spans, fromNs, late, wantParts, new Rest(this, wantParts));
        GapAfterSubmission(late, toNs, timing.ImageFreeNs, wantParts);
    }

    private void GapAfterSubmission(long fromNs, long toNs, long imageFreeNs, bool wantParts)
    {
        // Each kind takes what it covers; what it leaves uncovered goes to the next kind.
        Lay(_uploads.Spans, fromNs, toNs, wantParts, new Evictions(this, imageFreeNs, wantParts));
    }

    private void Lay<TRest>(ReadOnlySpan<TimeSpent> spans, long fromNs, long toNs, bool wantParts, TRest rest)
        where TRest : struct, IRest
    {
        if (toNs <= fromNs)
        {
            return;
        }

        long cursor = fromNs;
        foreach (ref readonly TimeSpent span in spans)
        {
            if (span.EndNs <= cursor)
            {
                continue;
            }

            if (span.StartNs >= toNs)
            {
                break;
            }

            if (span.StartNs > cursor)
            {
                rest.Take(cursor, span.StartNs);
                cursor = span.StartNs;
            }

            long end = Math.Min(span.EndNs, toNs);
            Charge(span, cursor, end, wantParts);
            cursor = end;
        }

        if (cursor < toNs)
        {
            rest.Take(cursor, toNs);
        }
    }

    private void Charge(in TimeSpent span, long fromNs, long toNs, bool wantParts)
    {
        long ns = toNs - fromNs;
        if (ns <= 0)
        {
            return;
        }

        _causeNs[(int)span.Cause] += ns;
        if (!wantParts)
        {
            return;
        }

        // A stretch that is charged in pieces counts its bytes once, with the piece that ends it.
        ulong sizeBytes = toNs == span.EndNs ? span.SizeBytes : 0;
        for (int i = 0; i < _partCount; i++)
        {
            ref CausePart part = ref _parts[i];
            if (part.Cause == span.Cause && part.ObjectId == span.ObjectId)
            {
                part = part with { Nanoseconds = part.Nanoseconds + ns, SizeBytes = part.SizeBytes + sizeBytes };
                return;
            }
        }

        // The last places are kept for the rest of each cause.
        if (span.ObjectId != 0 && _partCount >= MaxParts - FrameCauses.Count)
        {
            Charge(span with { ObjectId = 0 }, fromNs, toNs, wantParts: true);
            _causeNs[(int)span.Cause] -= ns;
            return;
        }

        _parts[_partCount++] = new CausePart(span.Cause, span.ObjectId, ns, sizeBytes);
    }

    // Struct type arguments: what one kind leaves uncovered goes to the next without a closure.
    private interface IRest
    {
        void Take(long fromNs, long toNs);
    }

    private readonly struct Rest(FrameLedger ledger, bool wantParts) : IRest
    {
        public void Take(long fromNs, long toNs) =>
            ledger.Charge(new TimeSpent(fromNs, toNs, FrameCause.Other), fromNs, toNs, wantParts);
    }

    private readonly struct Image(FrameLedger ledger, long freeNs, bool wantParts) : IRest
    {
        public void Take(long fromNs, long toNs)
        {
            long free = Math.Clamp(freeNs, fromNs, toNs);
            ledger.Charge(new TimeSpent(fromNs, free, FrameCause.Image), fromNs, free, wantParts);
            ledger.Charge(new TimeSpent(free, toNs, FrameCause.Other), free, toNs, wantParts);
        }
    }

    private readonly struct Others(FrameLedger ledger, long freeNs, bool wantParts) : IRest
    {
        public void Take(long fromNs, long toNs) =>
            ledger.Lay(ledger._others.Spans, fromNs, toNs, wantParts, new Image(ledger, freeNs, wantParts));
    }

    private readonly struct Evictions(FrameLedger ledger, long freeNs, bool wantParts) : IRest
    {
        public void Take(long fromNs, long toNs) =>
            ledger.Lay(ledger._evictions.Spans, fromNs, toNs, wantParts, new Others(ledger, freeNs, wantParts));
    }
}
