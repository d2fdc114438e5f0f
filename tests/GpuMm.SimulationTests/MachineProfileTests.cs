using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests;

public sealed class MachineProfileTests
{
    [Theory]
    [InlineData("agp4x")]
    [InlineData("agp8x")]
    [InlineData("pcie1x16")]
    [InlineData("pcie3x8")]
    [InlineData("pcie3x16")]
    [InlineData("pcie4x4")]
    [InlineData("pcie4x8")]
    [InlineData("pcie4x16")]
    [InlineData("pcie5x16")]
    [InlineData("integrated")]
    [InlineData("thunderbolt")]
    [InlineData("RTX4090")]
    public void AMachineIsFoundByItsName(string name)
    {
        Assert.True(MachineProfiles.TryGet(name, out MachineProfile? profile));
        Assert.Equal(name.ToLowerInvariant(), profile!.Name);
        Assert.Same(profile, MachineProfile.Find(name));
    }

    [Fact]
    public void ThereAreAtLeastEightCardsAndNoNameTwice()
    {
        Assert.True(MachineProfiles.All.Count(static m => m.Kind == MachineKind.Card) >= 8);
        Assert.Equal(MachineProfiles.All.Count, MachineProfiles.All.Select(static m => m.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.False(MachineProfiles.TryGet("cray", out _));
        Assert.Null(MachineProfile.Find("cray"));
    }

    [Fact]
    public void EachFigureHasASource()
    {
        string[] figures = ["vram.sizeBytes", "vram.bytesPerSecond", "vram.latencyNs", "barBytes", "apertureBytes", "copyEngines", "cpu", "frame", "farFaultNs"];
        foreach (MachineProfile machine in MachineProfiles.All)
        {
            HashSet<string> sourced = [.. machine.Sources.Select(static s => s.Figure)];
            Assert.All(figures, figure => Assert.True(sourced.Contains(figure), $"{machine.Name}: no source for {figure}."));
            Assert.True(machine.Kind != MachineKind.Card || (sourced.Contains("year") && sourced.Contains("link")), machine.Name);
            Assert.True(machine.Kind != MachineKind.Card || machine.Year > 2000, machine.Name);
        }

        foreach (LinkModel link in LinkModels.All)
        {
            HashSet<string> sourced = [.. link.Sources.Select(static s => s.Figure)];
            Assert.True(sourced.Contains("curve") || (sourced.Contains("bytesPerSecond") && sourced.Contains("latencyNs")), link.Name);
        }
    }

    [Fact]
    public void WhatIsWrittenIsReadBackTheSame()
    {
        foreach (MachineProfile machine in MachineProfiles.All)
        {
            MachineProfile read = Load(machine.ToJson());
            Assert.Equal(machine.ToJson(), read.ToJson());
            Assert.Equal(machine.Link with { Sources = [] }, read.Link with { Sources = [] });
        }
    }

    [Fact]
    public void WhatALargeTransferCostsTheNextIsKept()
    {
        MachineProfile machine = Load("""{ "name": "m", "description": "d", "link": { "bytesPerSecond": 5, "cold": { "mostNs": 30000, "fullBytes": "16MiB" } }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""");
        Assert.Equal(new ColdStart(30_000, 16 << 20), machine.Link.Cold);
        Assert.Equal(machine.Link.Cold, Load(machine.ToJson()).Link.Cold);
        Assert.All(LinkModels.All, static link => Assert.Equal(default, link.Cold));
    }

    [Fact]
    public void AFileNeedsOnlyWhatHasNoDefaultAndSizesMayBeWords()
    {
        MachineProfile machine = Load("""{ "name": "mine", "description": "d", "link": "pcie4x8", "vram": { "sizeBytes": "6GiB", "bytesPerSecond": 1000000000 } }""");
        Assert.Equal(6ul << 30, machine.VramBytes);
        Assert.Equal(256ul << 20, machine.BarBytes);
        Assert.Equal("pcie4x8", machine.Link.Name);
        Assert.Equal(45_000, machine.FarFaultNs);
    }

    [Theory]
    [InlineData("""{ "name": 5 }""", "name")]
    [InlineData("""[1]""", "mine.json")]
    [InlineData("""null""", "give a JSON object")]
    [InlineData("""{ "description": "d" """, "line 1")]
    [InlineData("""{ "colour": "red" }""", "colour")]
    [InlineData("""{ "name": "m", "description": "d", "link": "pcie4x8" }""", "vram: is missing")]
    [InlineData("""{ "name": "m", "description": "d", "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "link: is missing")]
    [InlineData("""{ "name": "m", "description": "d", "link": "isa", "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "there is no link \"isa\"; give one of agp4x")]
    [InlineData("""{ "name": "m", "description": "d", "link": "agp8x", "vram": { "sizeBytes": 5000, "bytesPerSecond": 1 } }""", "vram.sizeBytes: 5000 bytes: give a multiple of 4 KiB")]
    [InlineData("""{ "name": "m", "description": "d", "link": "agp8x", "vram": { "sizeBytes": "much", "bytesPerSecond": 1 } }""", "vram.sizeBytes: a size is")]
    [InlineData("""{ "name": "m", "description": "d", "link": "agp8x", "vram": { "sizeBytes": 4096, "bytesPerSecond": 0 } }""", "vram.bytesPerSecond: 0 is out of range; give")]
    [InlineData("""{ "name": "m", "description": "d", "link": "agp8x", "copyEngines": 9, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "copyEngines: 9 is out of range; give a whole number from 1 to 4")]
    [InlineData("""{ "schemaVersion": 7 }""", "schemaVersion: 7")]
    [InlineData("""{ "name": "m", "description": "d", "link": { "duplex": "both", "bytesPerSecond": 5 }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "link.duplex: there is no \"both\"; give full or half")]
    [InlineData("""{ "name": "m", "description": "d", "link": { "curve": { "perKiB": 1 } }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "link.curve.peakGiBPerSecond: is missing")]
    [InlineData("""{ "name": "m", "description": "d", "link": { "bytesPerSecond": 7, "curve": { "perKiB": 1, "peakGiBPerSecond": 1 } }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "leave one of them out")]
    [InlineData("""{ "name": "m", "description": "d", "link": { "bytesPerSecond": 7, "cold": { "mostNs": -1, "fullBytes": 4096 } }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "link.cold.mostNs: -1 is out of range")]
    [InlineData("""{ "name": "m", "description": "d", "link": { "bytesPerSecond": 7, "cold": { "fullBytes": 4096 } }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "link.cold.mostNs: is missing")]
    [InlineData("""{ "name": "m", "description": "d", "link": { "bytesPerSecond": 7, "cold": { "mostNs": 5, "fullBytes": 0 } }, "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "link.cold.fullBytes: 0 bytes: give a multiple of 4 KiB")]
    [InlineData("""{ "name": "m", "description": "d", "kind": "toy", "link": "agp8x", "vram": { "sizeBytes": 4096, "bytesPerSecond": 1 } }""", "give generic or card")]
    public void AWrongFileIsRefusedWithTheFigureAndTheFix(string json, string expected)
    {
        InvalidDataException failure = Assert.Throws<InvalidDataException>(() => Load(json));
        Assert.StartsWith("mine.json: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private static MachineProfile Load(string json)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gpumm");
        try
        {
            string path = Path.Combine(folder.FullName, "mine.json");
            File.WriteAllText(path, json);
            return MachineProfile.Load(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
