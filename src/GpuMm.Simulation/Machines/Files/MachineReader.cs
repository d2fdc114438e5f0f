using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>Checks what a file says and makes the profile of it.</summary>
internal static class MachineReader
{
    private const ulong MaxBytes = 1ul << 47;
    private const long MaxRate = 1_000_000_000_000_000; // 1 PB/s
    private const long MaxNs = 1_000_000_000_000; // 1000 s

    public static MachineProfile ToProfile(MachineDocument document, string file)
    {
        if (document.SchemaVersion is not (null or 1))
        {
            throw MachineFiles.Problem(file, "schemaVersion", $"{document.SchemaVersion} is not known here; give 1");
        }

        VramDocument vram = document.Vram ?? throw Missing(file, "vram", "{ \"sizeBytes\": \"8GiB\", \"bytesPerSecond\": 224000000000 }");
        CpuDocument cpu = document.Cpu ?? new CpuDocument();
        FrameDocument frame = document.Frame ?? new FrameDocument();
        MachineProfile usual = new() { Name = "", Description = "", Link = new Bandwidth(0, 1), Vram = default, BarBytes = 0 };
        ulong vramBytes = Pages(file, "vram.sizeBytes", vram.SizeBytes, 4096);
        return usual with
        {
            Name = Text(file, "name", document.Name, "mycard"),
            Description = Text(file, "description", document.Description, "What it is"),
            Year = (int)Whole(file, "year", document.Year ?? 0, 0, 9999),
            Kind = document.Kind switch
            {
                null or "generic" => MachineKind.Generic,
                "card" => MachineKind.Card,
                _ => throw MachineFiles.Problem(file, "kind", $"there is no kind \"{document.Kind}\"; give generic or card"),
            },
            Link = MachineFiles.ReadLink(document.Link ?? throw Missing(file, "link", "\"pcie4x16\""), file),
            Vram = new Bandwidth(
                Whole(file, "vram.latencyNs", vram.LatencyNs ?? 300, 0, MaxNs), Rate(file, "vram.bytesPerSecond", vram.BytesPerSecond)),
            VramBytes = vramBytes,
            BarBytes = Pages(file, "barBytes", document.BarBytes ?? Math.Min(vramBytes, 256ul << 20), 0),
            IsBarResizable = document.BarResizable ?? false,
            ApertureBytes = Pages(file, "apertureBytes", document.ApertureBytes ?? vramBytes, 4096),
            CopyEngines = (int)Whole(file, "copyEngines", document.CopyEngines ?? 1, 1, MachineProfile.MaxCopyEngines),
            IsUnified = document.Unified ?? false,
            FarFaultNs = Whole(file, "farFaultNs", document.FarFaultNs ?? usual.FarFaultNs, 0, MaxNs),
            CpuCached = new Bandwidth(0, Rate(file, "cpu.cachedBytesPerSecond", cpu.CachedBytesPerSecond ?? usual.CpuCached.BytesPerSecond)),
            CpuWriteCombined = new Bandwidth(0, Rate(file, "cpu.writeCombinedBytesPerSecond", cpu.WriteCombinedBytesPerSecond ?? usual.CpuWriteCombined.BytesPerSecond)),
            CpuUncachedRead = new Bandwidth(0, Rate(file, "cpu.uncachedReadBytesPerSecond", cpu.UncachedReadBytesPerSecond ?? usual.CpuUncachedRead.BytesPerSecond)),
            CpuUncachedWrite = new Bandwidth(0, Rate(file, "cpu.uncachedWriteBytesPerSecond", cpu.UncachedWriteBytesPerSecond ?? usual.CpuUncachedWrite.BytesPerSecond)),
            FaultNs = Whole(file, "cpu.faultNs", cpu.FaultNs ?? usual.FaultNs, 0, MaxNs),
            PteInsertNs = Whole(file, "cpu.pteInsertNs", cpu.PteInsertNs ?? usual.PteInsertNs, 0, MaxNs),
            ZapNs = Whole(file, "cpu.zapNs", cpu.ZapNs ?? usual.ZapNs, 0, MaxNs),
            FrameCpuNs = Whole(file, "frame.cpuNs", frame.CpuNs ?? usual.FrameCpuNs, 0, MaxNs),
            FrameGpuNs = Whole(file, "frame.gpuNs", frame.GpuNs ?? usual.FrameGpuNs, 0, MaxNs),
            Sources = Sources(file, document.Sources),
        };
    }

    public static LinkModel ToLink(LinkDocument document, string file, string prefix)
    {
        LinkCurve? curve = null;
        if (document.Curve is { } given)
        {
            curve = new LinkCurve(
                Positive(file, prefix + "curve.peakGiBPerSecond", given.PeakGiBPerSecond), Positive(file, prefix + "curve.perKiB", given.PerKiB));
        }

        if (curve is not null && document.BytesPerSecond is { } both && both != curve.Value.PeakBytesPerSecond)
        {
            throw MachineFiles.Problem(file, prefix + "bytesPerSecond", $"{both} is not the curve's peak of {curve.Value.PeakBytesPerSecond}; leave one of them out");
        }

        return new LinkModel
        {
            Name = document.Name ?? "custom",
            Description = document.Description ?? "",
            LatencyNs = Whole(file, prefix + "latencyNs", document.LatencyNs ?? 0, 0, MaxNs),
            BytesPerSecond = Rate(file, prefix + "bytesPerSecond", curve?.PeakBytesPerSecond ?? document.BytesPerSecond),
            IsFullDuplex = document.Duplex switch
            {
                null or "full" => true,
                "half" => false,
                _ => throw MachineFiles.Problem(file, prefix + "duplex", $"there is no \"{document.Duplex}\"; give full or half"),
            },
            Curve = curve,
            Cold = document.Cold is { } cold
                ? new ColdStart(
                    Whole(file, prefix + "cold.mostNs", cold.MostNs ?? throw Missing(file, prefix + "cold.mostNs", "30000"), 0, MaxNs),
                    Pages(file, prefix + "cold.fullBytes", cold.FullBytes, Primitives.Pages.SizeBytes))
                : default,
            Sources = Sources(file, document.Sources),
        };
    }

    private static List<FigureSource> Sources(string file, SourceDocument[]? given)
    {
        List<FigureSource> sources = [];
        foreach (SourceDocument each in given ?? [])
        {
            string path = $"sources[{sources.Count}]";
            sources.Add(new FigureSource(
                Text(file, path + ".figure", each.Figure, "vram.bytesPerSecond"),
                Text(file, path + ".source", each.Source, "the data sheet"),
                each.Basis switch
                {
                    "published" => FigureBasis.Published,
                    "derived" => FigureBasis.Derived,
                    "measured" => FigureBasis.Measured,
                    null or "estimate" => FigureBasis.Estimate,
                    _ => throw MachineFiles.Problem(file, path + ".basis", $"there is no basis \"{each.Basis}\"; give published, derived, measured or estimate"),
                }));
        }

        return sources;
    }

    private static string Text(string file, string figure, string? value, string example) =>
        string.IsNullOrWhiteSpace(value) ? throw Missing(file, figure, $"\"{example}\"")
        : value.Length > 500 ? throw MachineFiles.Problem(file, figure, $"{value.Length} characters are too many; give at most 500")
        : value;

    private static ulong Pages(string file, string figure, ulong? value, ulong least)
    {
        ulong bytes = value ?? throw Missing(file, figure, "\"8GiB\"");
        return bytes < least || bytes > MaxBytes || bytes % Primitives.Pages.SizeBytes != 0
            ? throw MachineFiles.Problem(file, figure, $"{bytes} bytes: give a multiple of 4 KiB from {ByteSize.Format(least)} to {ByteSize.Format(MaxBytes)}")
            : bytes;
    }

    private static long Rate(string file, string figure, long? value) =>
        Whole(file, figure, value ?? throw Missing(file, figure, "12000000000"), 1, MaxRate);

    private static long Whole(string file, string figure, long value, long least, long most) =>
        value >= least && value <= most ? value : throw MachineFiles.Problem(file, figure, $"{value} is out of range; give a whole number from {least} to {most}");

    private static double Positive(string file, string figure, double? value) =>
        value is not { } number ? throw Missing(file, figure, "12")
        : number is > 0 and < 1e6 ? number
        : throw MachineFiles.Problem(file, figure, FormattableString.Invariant($"{number} is out of range; give a number above 0 and below 1000000"));

    private static System.IO.InvalidDataException Missing(string file, string figure, string example) =>
        MachineFiles.Problem(file, figure, $"is missing; give one such as {example}");
}
