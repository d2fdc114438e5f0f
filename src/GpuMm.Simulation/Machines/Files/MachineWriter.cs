using System.Text.Json;

namespace GpuMm.Simulation;

/// <summary>Makes the document of a profile.</summary>
internal static class MachineWriter
{
    public static MachineDocument ToDocument(MachineProfile profile, MachineFilesContext context) => new()
    {
        SchemaVersion = 1,
        Name = profile.Name,
        Description = profile.Description,
        Year = profile.Year,
        Kind = profile.Kind == MachineKind.Card ? "card" : "generic",
        Link = JsonSerializer.SerializeToElement(ToDocument(profile.Link), context.LinkDocument),
        Vram = new VramDocument
        {
            SizeBytes = profile.VramBytes,
            BytesPerSecond = profile.Vram.BytesPerSecond,
            LatencyNs = profile.Vram.LatencyNs,
        },
        BarBytes = profile.BarBytes,
        BarResizable = profile.IsBarResizable,
        ApertureBytes = profile.ApertureBytes,
        CopyEngines = profile.CopyEngines,
        Unified = profile.IsUnified,
        FarFaultNs = profile.FarFaultNs,
        Cpu = new CpuDocument
        {
            CachedBytesPerSecond = profile.CpuCached.BytesPerSecond,
            WriteCombinedBytesPerSecond = profile.CpuWriteCombined.BytesPerSecond,
            UncachedReadBytesPerSecond = profile.CpuUncachedRead.BytesPerSecond,
            UncachedWriteBytesPerSecond = profile.CpuUncachedWrite.BytesPerSecond,
            FaultNs = profile.FaultNs,
            PteInsertNs = profile.PteInsertNs,
            ZapNs = profile.ZapNs,
        },
        Frame = new FrameDocument { CpuNs = profile.FrameCpuNs, GpuNs = profile.FrameGpuNs },
        Sources = ToDocuments(profile.Sources),
    };

    private static LinkDocument ToDocument(LinkModel link) => new()
    {
        Name = link.Name,
        Description = link.Description,
        LatencyNs = link.LatencyNs,
        BytesPerSecond = link.BytesPerSecond,
        Duplex = link.IsFullDuplex ? "full" : "half",
        Curve = link.Curve is { } curve ? new CurveDocument { PeakGiBPerSecond = curve.PeakGiBPerSecond, PerKiB = curve.PerKiB } : null,
        Cold = link.Cold.MostNs == 0 ? null : new ColdDocument { MostNs = link.Cold.MostNs, FullBytes = link.Cold.FullBytes },
        Sources = ToDocuments(link.Sources),
    };

    private static SourceDocument[] ToDocuments(System.Collections.Generic.IReadOnlyList<FigureSource> sources)
    {
        SourceDocument[] documents = new SourceDocument[sources.Count];
        for (int i = 0; i < documents.Length; i++)
        {
            documents[i] = new SourceDocument
            {
                Figure = sources[i].Figure,
                Source = sources[i].Source,
                Basis = sources[i].Basis switch
                {
                    FigureBasis.Published => "published",
                    FigureBasis.Derived => "derived",
                    FigureBasis.Measured => "measured",
                    _ => "estimate",
                },
            };
        }

        return documents;
    }
}
