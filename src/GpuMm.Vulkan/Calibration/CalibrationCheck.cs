using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Mirror;
using MathNet.Numerics.Statistics;

namespace GpuMm.Vulkan.Calibration;

/// <summary>
/// Predicts a workload that the fit has not seen: textures of odd sizes, more than fit into video memory, some of which
/// each frame needs. The manager decides what moves; the device does it; both times are compared.
/// </summary>
public static class CalibrationCheck
{
    private const int TextureCount = 48;
    private const int PerFrame = 6;
    private const ulong LargestPages = 4096; // 16 MiB

    // Until every part of the pools was used once: the host finds memory for what was never touched, once.
    private const int WarmUpFrames = 20;

    /// <summary>Runs the workload and compares.</summary>
    /// <param name="profile">The machine whose figures predict.</param>
    /// <param name="options">How much of it.</param>
    /// <param name="progress">Told each round as it is done, with how many there are; null for nobody.</param>
    /// <exception cref="MirrorUnavailableException">There is no device.</exception>
    /// <exception cref="MirrorFailedException">The device failed.</exception>
    public static CalibrationVerdict Run(MachineProfile profile, CalibrationOptions options, Action<int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(options);
        List<VerifiedMove[]> rounds = [];
        string device = "";
        for (int round = 0; round < options.VerifyRounds; round++)
        {
            rounds.Add(Round(profile, options, out device));
            progress?.Invoke(round + 1, options.VerifyRounds);
        }

        return Judge(rounds, device);
    }

    internal static CalibrationVerdict Judge(IReadOnlyList<VerifiedMove[]> rounds, string device)
    {
        VerifiedMove[] typical =
        [
            .. Enumerable.Range(0, rounds[0].Length).Select(i => rounds[0][i] with { MeasuredNs = Quartile(rounds, i) }),
        ];
        double[] frames =
        [
            .. typical.GroupBy(static move => move.Frame)
                .Select(static frame => Error(frame.Sum(static move => move.MeasuredNs), frame.Sum(static move => move.PredictedNs))),
        ];
        double[] moves = [.. typical.Select(static move => Error(move.MeasuredNs, move.PredictedNs))];
        double[] first = [.. rounds[0].Select(static move => Error(move.MeasuredNs, move.PredictedNs))];
        return new CalibrationVerdict
        {
            Device = device,
            Moves = moves.Length,
            Frames = frames.Length,
            Rounds = rounds.Count,
            MovedBytes = typical.Sum(static move => (long)move.SizeBytes),
            MoveMedian = moves.Median(),
            MoveP95 = moves.Quantile(0.95),
            FrameMedian = frames.Median(),
            FrameP95 = frames.Quantile(0.95),
            FirstRoundMoveMedian = first.Median(),
            FirstRoundMoveP95 = first.Quantile(0.95),
            Detail = typical,
        };
    }

    // The same statistic as the fit: a quarter of the rounds were faster.
    private static long Quartile(IReadOnlyList<VerifiedMove[]> rounds, int move)
    {
        long[] ns = [.. rounds.Select(round => round[move].MeasuredNs).Order()];
        return ns[ns.Length / 4];
    }

    private static double Error(long measuredNs, long predictedNs) => Math.Abs(predictedNs - measuredNs) / (double)Math.Max(1, measuredNs);

    private static VerifiedMove[] Round(MachineProfile profile, CalibrationOptions options, out string device)
    {
        List<VerifiedMove> moves = [];
        int frame = -WarmUpFrames;
        MirrorOptions mirror = new()
        {
            DeviceIndex = options.DeviceIndex,
            Check = MirrorCheck.None,
            SharesTimestamps = false,
            OnFailure = MirrorFailure.Stop,
        };
        using MirrorDriver driver = new(profile, new VirtualClock(), mirror);
        device = driver.DeviceInfo.Name;
        driver.Mirror!.Counters.Listener = (tag, ns) =>
        {
            if (tag.ModelNs > 0 && frame >= 0)
            {
                moves.Add(new VerifiedMove(frame, tag.From, tag.To, tag.SizeBytes, ns, tag.ModelNs));
            }
        };

        // Nothing is kept of the contents: times do not depend on them, and the mirror has nothing to pass on.
        using GpuDevice manager = new(
            new GpuDeviceOptions { VramBytes = 64ul << 20, ApertureBytes = 512ul << 20, SystemBytes = 1ul << 30, Backing = BackingKind.None },
            driver);
        driver.Attach(manager);
        Prng prng = new(options.Seed);
        BufferObject[] textures = new BufferObject[TextureCount];
        for (int i = 0; i < textures.Length; i++)
        {
            // From 32 KiB to 16 MiB, as many below 700 KiB as above.
            double exponent = 3 + (prng.NextDouble() * (Math.Log2(LargestPages) - 3));
            OperationContext context = default;
            Require(manager.TryCreate(
                new BufferObjectDescription((ulong)Math.Pow(2, exponent) * Pages.SizeBytes, $"texture {i}"), Placement.Gtt, ref context, out BufferObject? made));
            textures[i] = made!;
        }

        for (; frame < options.VerifyFrames; frame++)
        {
            for (int i = 0; i < PerFrame; i++)
            {
                BufferObject texture = textures[prng.Below(TextureCount)];
                OperationContext context = default;
                texture.Reserve();
                MmStatus status = texture.Validate(Placement.Vram, ref context);
                texture.Unreserve();
                Require(status);
            }

            driver.Clock.Advance(profile.FrameGpuNs);
            driver.Report(); // The frame's copies are done and their times known.
        }

        return [.. moves];
    }

    private static void Require(MmStatus status)
    {
        if (status != MmStatus.Ok)
        {
            throw new InvalidOperationException($"The workload does not fit the machine: {status}.");
        }
    }
}
