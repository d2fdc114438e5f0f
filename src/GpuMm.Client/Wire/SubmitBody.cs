using System.Collections.Generic;

namespace GpuMm.Client.Wire;

internal sealed record SubmitBody(IReadOnlyList<UseBody> Uses, double GpuMicroseconds);
