using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop;

/// <summary>The machine that a workload draws on: a device, queues, a screen, and the books about them.</summary>
/// <remarks>
/// A frame is shown, and booked, when its last job is really over: until then others may take a share of its link. One
/// thread. In the steady state a frame allocates no managed memory.
/// </remarks>
internal sealed class FrameLoop
{
    private const int MaxClients = 4;

    private readonly SubmissionQueue?[] _shown = new SubmissionQueue?[MaxClients];
    private readonly SubmissionQueue?[] _unseen = new SubmissionQueue?[MaxClients];
    private readonly PendingFrame[] _pending; // By frame, modulo the images.
    private readonly FrameLedger _ledger;

    public FrameLoop(AccountingDriver driver, GpuDevice device, FrameLedger ledger, DemoOptions options, PingPong pingPong)
    {
        Driver = driver;
        Device = device;
        PingPong = pingPong;
        _ledger = ledger;
        Display = new Display(options.Buffers, options.Vsync ? 1_000_000_000 / options.RefreshHz : 0);
        Book = new FrameBook(options.Frames, options.StutterLimitNs);
        _pending = new PendingFrame[options.Buffers];
        driver.Simulated.Machine.AddObserver(new EngineLog(driver.Simulated, ledger));
    }

    public AccountingDriver Driver { get; }

    public GpuDevice Device { get; }

    public Display Display { get; }

    public FrameBook Book { get; }

    public PingPong PingPong { get; }

    public SimTime Now => Driver.Simulated.Clock.Now;

    /// <summary>Frames submitted; the last few of them may not be shown yet.</summary>
    public int Frame { get; private set; }

    public long JobCount => Sum(static queue => queue.JobCount);

    public long LinkReadBytes => Sum(static queue => queue.LinkReadBytes);

    public long FrameGpuNs => Driver.Simulated.Profile.FrameGpuNs;

    /// <summary>Begins a frame: waits until the GPU is less than the images behind, and does the processor's own work.</summary>
    public void Begin()
    {
        // The processor may be one image less ahead of the GPU than there are.
        if (Frame >= _pending.Length)
        {
            WaitShown(Frame - _pending.Length);
        }

        Driver.Work(Driver.Simulated.Profile.FrameCpuNs);
    }

    /// <summary>Submits a frame; it is shown when it is done.</summary>
    /// <param name="uses">What it reads.</param>
    /// <param name="baseNs">Time on the render engine beside reading, ns.</param>
    /// <param name="client">Whose frame it is.</param>
    /// <param name="isCounted">False for a loading screen.</param>
    public void Present(ReadOnlySpan<TextureUse> uses, long baseNs, int client = 0, bool isCounted = true)
    {
        SimTime imageFree = SimTime.Zero;
        if (Display.HasBeat && Frame > _pending.Length - 2)
        {
            // The image is free when its successor is seen; when that will be is known when the successor is drawn.
            WaitShown(Frame - _pending.Length + 1);
            imageFree = Display.ImageFree(Frame);
        }

        SubmissionQueue queue = Queue(_shown, client, JobPriority.Normal);
        queue.NotBefore = imageFree;
        Fence fence = Submit(queue, uses, baseNs);
        _pending[Frame % _pending.Length] = new PendingFrame(fence, Now.Nanoseconds, imageFree.Nanoseconds, client, isCounted);
        Frame++;
        ShowDone();
        PingPong.EndFrame();
    }

    /// <summary>Submits a job that is not shown and lets what is shown go first.</summary>
    public Fence Background(ReadOnlySpan<TextureUse> uses, long baseNs, int client) =>
        Submit(Queue(_unseen, client, JobPriority.Background), uses, baseNs);

    /// <summary>Submits a job that is not shown and goes before what is: somebody waits for it.</summary>
    public Fence Urgent(ReadOnlySpan<TextureUse> uses, long baseNs, int client) =>
        Submit(Queue(_unseen, client, JobPriority.High), uses, baseNs);

    /// <summary>Waits for everything that was submitted, and shows it.</summary>
    public void Drain()
    {
        if (Frame > 0)
        {
            WaitShown(Frame - 1);
        }
    }

    private void WaitShown(int frame)
    {
        if (Book.Count <= frame)
        {
            Driver.WaitFrame(_pending[frame % _pending.Length].Fence);
            ShowDone();
        }
    }

    private void ShowDone()
    {
        while (Book.Count < Frame && _pending[Book.Count % _pending.Length] is { Fence.IsSignaled: true } frame)
        {
            SimTime before = Display.LastShown;
            SimTime done = Driver.Simulated.CompletionOf(frame.Fence);
            FrameTiming timing = new(before.Nanoseconds, frame.SubmittedNs, frame.ImageFreeNs, done.Nanoseconds, Display.Show(done).Nanoseconds);
            Book.Add(timing, frame.Client, frame.IsCounted, _ledger);
        }
    }

    private Fence Submit(SubmissionQueue queue, ReadOnlySpan<TextureUse> uses, long baseNs)
    {
        MmStatus status = queue.Submit(uses, baseNs, out Fence fence);
        return status == MmStatus.Ok
            ? fence
            : throw new DemoFailedException($"Frame {Frame}: bringing its textures to the GPU answered {status}.");
    }

    // Clients that are shown have one priority: who is in front is who submits.
    private SubmissionQueue Queue(SubmissionQueue?[] queues, int client, JobPriority priority) => queues[client] ??= new SubmissionQueue(
        Driver.Simulated,
        new SubmissionOptions
        {
            Name = priority == JobPriority.Normal ? $"client {client}" : $"unseen {client}",
            ClientId = client + 1 + (priority == JobPriority.Normal ? 0 : EngineLog.Unseen),
            Priority = priority,
        });

    private long Sum(Func<SubmissionQueue, long> figure)
    {
        long sum = 0;
        foreach (SubmissionQueue? queue in (ReadOnlySpan<SubmissionQueue?>)[.. _shown, .. _unseen])
        {
            sum += queue is null ? 0 : figure(queue);
        }

        return sum;
    }

    private readonly record struct PendingFrame(Fence Fence, long SubmittedNs, long ImageFreeNs, int Client, bool IsCounted);
}
