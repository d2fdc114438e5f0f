using System;
using System.Collections.Generic;

namespace GpuMm.Lab.Race;

/// <summary>A few actors whose every interleaving is to be judged.</summary>
public sealed class RaceScenario
{
    internal RaceScenario(string name, string title, bool mustBeClean, params RaceActor[] actors)
    {
        Name = name;
        Title = title;
        MustBeClean = mustBeClean;
        Actors = actors;
        var programs = new RaceInstruction[actors.Length][];
        for (int actor = 0; actor < actors.Length; actor++)
        {
            programs[actor] = actors[actor].Program;
        }

        Cast = string.Join(", ", Array.ConvertAll(actors, static actor => $"{actor.Name} = {actor.Role}"));
        Model = new RaceModel(programs);
    }

    /// <summary>Gets the name, in lower case with dashes; unique among its kind.</summary>
    public string Name { get; }

    /// <summary>Gets one sentence for people.</summary>
    public string Title { get; }

    /// <summary>Gets who takes part: the letter of each actor and what it is.</summary>
    public string Cast { get; }

    /// <summary>Gets whether the rules promise that no schedule is bad; otherwise they promise that some schedule is.</summary>
    public bool MustBeClean { get; }

    /// <summary>Gets the contract of the handler; none for the further variants.</summary>
    public RaceContract? Contract { get; init; }

    /// <summary>Gets the order of the mover; none for the further variants.</summary>
    public MoverOrder? Order { get; init; }

    internal IReadOnlyList<RaceActor> Actors { get; }

    internal RaceModel Model { get; }
}
