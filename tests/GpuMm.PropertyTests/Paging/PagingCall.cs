namespace GpuMm.PropertyTests.Paging;

/// <summary>One random call on an address space.</summary>
public readonly record struct PagingCall(int Roll, int Page, int Count, int FilePage, byte Value);
