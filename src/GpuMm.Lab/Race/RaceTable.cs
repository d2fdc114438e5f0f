using System.Collections.Generic;

namespace GpuMm.Lab.Race;

/// <summary>The table: one fault, one move, for each contract and each order of the mover's steps.</summary>
public static class RaceTable
{
    /// <summary>Gets every cell: all orders of the first contract, then of the second, and so on.</summary>
    public static IReadOnlyList<RaceScenario> All { get; } = Build();

    /// <summary>Gets the name of a contract on command lines and in documents.</summary>
    public static string NameOf(RaceContract contract) => contract switch
    {
        RaceContract.NoPfn => "nopfn",
        RaceContract.NoPage => "nopage",
        RaceContract.NoPageLockFree => "nopage-lock-free",
        RaceContract.PageLock => "page-lock",
        RaceContract.InsertUnderLock => "insert-under-lock",
        _ => "ttm",
    };

    /// <summary>Gets the name of an order on command lines and in documents.</summary>
    public static string NameOf(MoverOrder order) => order switch
    {
        MoverOrder.ZapCopyRetarget => "zap-copy-retarget",
        MoverOrder.CopyZapRetarget => "copy-zap-retarget",
        _ => "copy-retarget-zap",
    };

    private static List<RaceScenario> Build()
    {
        List<RaceScenario> cells = [];
        for (RaceContract contract = RaceContract.NoPfn; contract <= RaceContract.Ttm; contract++)
        {
            for (MoverOrder order = MoverOrder.ZapCopyRetarget; order <= MoverOrder.CopyRetargetZap; order++)
            {
                cells.Add(Cell(contract, order));
            }
        }

        return cells;
    }

    private static RaceScenario Cell(RaceContract contract, MoverOrder order)
    {
        // A lock that handler and mover share closes the race, provided that nobody can store once the copy has begun.
        bool mustBeClean = order == MoverOrder.ZapCopyRetarget &&
            contract is not (RaceContract.NoPfn or RaceContract.NoPageLockFree);
        RaceInstruction[] mover = contract == RaceContract.PageLock
            ? MoverPrograms.UnderFrameLock(order)
            : MoverPrograms.Of(order);
        return new RaceScenario(
            $"{NameOf(contract)}/{NameOf(order)}",
            $"One fault with the contract {NameOf(contract)} against one move in the order {NameOf(order)}.",
            mustBeClean,
            new RaceActor('F', "faulting thread", FaultPrograms.Of(contract)),
            new RaceActor('M', "mover", mover))
        {
            Contract = contract,
            Order = order,
        };
    }
}
