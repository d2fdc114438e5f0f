namespace GpuMm.Traces.Import;

/// <summary>One entry of an RDF index; checked to lie in the file.</summary>
internal readonly record struct RdfChunk(
    string Id, bool IsCompressed, long HeaderOffset, long HeaderBytes, long DataOffset, long DataBytes, long RawBytes);
