using GpuMm.Lab.Race;

namespace GpuMm.LabTests;

/// <summary>Actors that take plain steps and a few locks, any of which may be held by one of them.</summary>
/// <param name="programs">One letter per step: a to c lock, A to C unlock, r starts again from the first step, else a plain step.</param>
internal readonly struct LockModel(params string[] programs) : IStepModel<LockModelState>
{
    public int ActorCount => programs.Length;

    public bool TryStep(int actor, ref LockModelState state)
    {
        int counter = (int)(state.Counters >> (8 * actor)) & 0xFF;
        if (counter == programs[actor].Length)
        {
            return false;
        }

        char step = programs[actor][counter];
        int shift = 4 * (char.ToLowerInvariant(step) - 'a');
        if (step is >= 'a' and <= 'c')
        {
            if (((state.Owners >> shift) & 0xF) != 0)
            {
                return false;
            }

            state.Owners |= (ulong)(actor + 1) << shift;
        }
        else if (step is >= 'A' and <= 'C' && ((state.Owners >> shift) & 0xF) == (ulong)(actor + 1))
        {
            state.Owners &= ~(0xFul << shift);
        }

        ulong next = step == 'r' ? 0ul : (ulong)counter + 1;
        state.Counters = (state.Counters & ~(0xFFul << (8 * actor))) | (next << (8 * actor));
        return true;
    }
}
