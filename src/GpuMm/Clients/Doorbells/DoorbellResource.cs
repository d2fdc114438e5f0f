namespace GpuMm.Clients.Doorbells;

/// <summary>What a coded offset maps of a queue. Two bits.</summary>
public enum DoorbellResource
{
    /// <summary>The page of registers that rings the adapter.</summary>
    Doorbell = 0,

    /// <summary>The pages of the receive queue, or of a completion queue's entries.</summary>
    ReceiveQueue = 1,

    /// <summary>The pages of the send queue.</summary>
    SendQueue = 2,
}
