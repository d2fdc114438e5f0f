using System;
using System.Globalization;
using System.IO;
using GpuMm.Primitives;
using GpuMm.Vulkan.Calibration;

namespace GpuMm.Cli.Calibrate;

/// <summary>A calibration for people.</summary>
internal static class CalibrateText
{
    public static void Write(TextWriter output, CalibrationResult? result, CalibrationVerdict? verdict)
    {
        if (result is not null)
        {
            Write(output, result);
        }

        if (verdict is not null)
        {
            Write(output, verdict);
        }
    }

    private static void Write(TextWriter output, CalibrationResult result)
    {
        output.WriteLine($"{result.Device}, {result.Driver}");
        output.WriteLine("      size  way       quartile        median      fit is off");
        foreach (CalibrationPoint point in result.Points)
        {
            output.WriteLine(Invariant(
                $"{ByteSize.Format(point.SizeBytes),10}  {WordOf(point.Path),-9} {point.QuartileNs / 1000.0,9:0.0} us {point.MedianNs / 1000.0,10:0.0} us  {point.Residual,9:+0.0%;-0.0%}   {point.SizeBytes / (double)point.QuartileNs,6:0.00} GB/s"));
        }

        output.WriteLine();
        Write(output, "link", result.Link);
        Write(output, "to device", result.ToDevice);
        Write(output, "to host", result.ToHost);
        Write(output, "clear", result.Vram);
    }

    private static void Write(TextWriter output, string name, LinkFit fit) => output.WriteLine(Invariant(
        $"{name,-10} {fit.LatencyNs / 1000,7:0.0} us (95 % +-{fit.LatencyMarginNs / 1000:0.0}){ColdOf(fit)} + size / {fit.BytesPerSecond / 1e9:0.00} GB/s (95 % +-{fit.BytesPerSecondMargin / 1e9:0.00}); residuals: median {fit.MedianResidual:P1}, largest {fit.MaxResidual:P1}; R2 {fit.RSquared:0.0000}"));

    private static string ColdOf(LinkFit fit) => fit.Cold.MostNs == 0 ? "" : Invariant(
        $" + up to {fit.Cold.MostNs / 1000.0:0.0} us (95 % +-{fit.ColdMarginNs / 1000:0.0}) behind {ByteSize.Format(fit.Cold.FullBytes)}");

    private static void Write(TextWriter output, CalibrationVerdict verdict)
    {
        output.WriteLine();
        output.WriteLine(Invariant(
            $"Prediction of another workload on {verdict.Device}: {verdict.Moves} moves in {verdict.Frames} frames, {ByteSize.Format((ulong)verdict.MovedBytes)}; each time is the lower quartile of {verdict.Rounds} rounds"));
        output.WriteLine(Invariant($"  move times   median error {verdict.MoveMedian:P1}, 95 of 100 below {verdict.MoveP95:P1}"));
        output.WriteLine(Invariant($"  frame times  median error {verdict.FrameMedian:P1}, 95 of 100 below {verdict.FrameP95:P1}"));
        output.WriteLine(Invariant($"  one round alone, with whatever disturbed it: moves median {verdict.FirstRoundMoveMedian:P1}, 95 of 100 below {verdict.FirstRoundMoveP95:P1}"));
        output.WriteLine(verdict.IsMet
            ? "  The target is met: median below 10 %, 95 of 100 below 25 %."
            : "  The target is missed: median below 10 %, 95 of 100 below 25 %.");
    }

    private static string WordOf(CopyPath path) => path switch
    {
        CopyPath.ToDevice => "to device",
        CopyPath.ToHost => "to host",
        _ => "clear",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
