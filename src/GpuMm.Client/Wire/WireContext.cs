using System.Text.Json.Serialization;

namespace GpuMm.Client.Wire;

/// <summary>JSON without reflection, so that programs may be compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(OpenClientBody))]
[JsonSerializable(typeof(OpenClientAnswer))]
[JsonSerializable(typeof(NewObject))]
[JsonSerializable(typeof(ObjectAnswer))]
[JsonSerializable(typeof(SubmitBody))]
[JsonSerializable(typeof(FenceState))]
[JsonSerializable(typeof(PlacementBody))]
[JsonSerializable(typeof(AdviceBody))]
[JsonSerializable(typeof(AdviceAnswer))]
[JsonSerializable(typeof(NameBody))]
[JsonSerializable(typeof(MapBody))]
[JsonSerializable(typeof(MapAnswer))]
[JsonSerializable(typeof(LimitsBody))]
[JsonSerializable(typeof(DomainLimitsBody))]
[JsonSerializable(typeof(ClientLimits))]
[JsonSerializable(typeof(GroupInfo))]
[JsonSerializable(typeof(GroupInfo[]))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(DeviceEvents))]
internal sealed partial class WireContext : JsonSerializerContext;
