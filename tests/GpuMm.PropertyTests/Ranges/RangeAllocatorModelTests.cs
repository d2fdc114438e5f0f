using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using GpuMm.Ranges;
using GpuMm.TestKit.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>Every operation against the naive model, with state, status and address compared after each step.</summary>
public sealed class RangeAllocatorModelTests(ITestOutputHelper output)
{
    private const ulong Units = 48;

    // Where the range lies and how large a unit is: at 0, with a start that no alignment likes, and up to 2^64.
    private static readonly (ulong Start, ulong Unit)[] s_places =
    [
        (0, 1), (1_000_003, 1), (unchecked(0ul - Units), 1), (0, 4_096), (unchecked(0ul - (Units << 58)), 1ul << 58),
    ];

    private static readonly Gen<RangeRequest> s_request = Gen.Select(
        Gen.Frequency((8, Gen.ULong[1, 9]), (1, Gen.ULong[0, 1]), (1, Gen.ULong[10, Units + 1])),
        OneOf(0ul, 1ul, 2ul, 3ul, 4ul, 5ul, 7ul, 8ul, 12ul),
        Gen.ULong[0, 2],
        Gen.Frequency((1, Gen.Const((0ul, 0ul))), (1, Gen.Select(Gen.ULong[0, Units + 2], Gen.ULong[0, Units + 2]))),
        OneOf(RangeMode.Best, RangeMode.Low, RangeMode.High, RangeMode.Evict),
        Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true))),
        (size, align, color, window, mode, once) => new RangeRequest(
            size, align, color, window.Item1, window.Item2, mode | (once ? RangeMode.Once : RangeMode.Best)));

    private static readonly Gen<int> s_roll = Gen.Int[0, 99];

    [Fact]
    public void EveryOperationDoesWhatTheNaiveModelDoes()
    {
        Gen<(Run Subject, Run Model)> initial = Gen.Select(
            OneOf(s_places), Gen.ULong[0, 2], Gen.Int[20, 100], Gen.Int[5, 100], Gen.Int[0, 60],
            (place, guard, inserts, removes, scans) =>
                (new Run(place, guard, inserts, removes, scans), new Run(place, guard, inserts, removes, scans)));
        initial.SampleModelBased(
            Step("insert", s_request, static (run, roll, request) => roll < run.Inserts ? run.Insert(request) : null),
            Step(
                "insert at",
                Gen.Select(Gen.ULong[0, Units + 1], Gen.ULong[0, 8], Gen.ULong[0, 2]),
                static (run, roll, at) => roll < run.Inserts ? run.InsertAt(at.Item1, at.Item2, at.Item3) : null),
            Step("remove", Gen.Int[0, 63], static (run, roll, pick) => roll < run.Removes ? run.Remove(pick) : null),
            Step(
                "replace or split",
                Gen.Select(Gen.Int[0, 63], Gen.ULong[0, 6]),
                static (run, roll, at) => roll < 25 ? run.Replace(at.Item1) : roll < 50 ? run.Split(at.Item1, at.Item2) : null),
            Step(
                "scan",
                Gen.Select(s_request, Gen.Int[0, 63].Array[0, 24]),
                static (run, roll, scan) => roll < run.Scans ? run.Scan(scan.Item1, scan.Item2) : null),
            Step("guard", Gen.ULong[0, 2], static (run, roll, guard) => roll < 10 ? run.SetGuard(guard) : null),
            equal: static (subject, model) => subject.Agrees(model),
            printActual: static run => run.Describe(),
            printModel: static run => run.Describe(),
            classify: static run => run.Classify(),
            iter: 20_000,
            writeLine: output.WriteLine);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static GenOperation<Run, Run> Step<T>(string name, Gen<T> gen, Func<Run, int, T, string?> step) =>
        Gen.Select(s_roll, gen).Operation<Run, Run>(
            _ => name,
            (subject, call) => subject.Do(() => step(subject.AsSubject(), call.Item1, call.Item2)),
            (model, call) => model.Do(() => step(model, call.Item1, call.Item2)));

    /// <summary>
    /// One run, played by the allocator or by the model: the same choices lead both, and each says what it answered.
    /// The side that plays the allocator carries a model too, to choose by; it is the other side's that counts.
    /// </summary>
    private sealed class Run((ulong Start, ulong Unit) place, ulong guard, int inserts, int removes, int scans)
    {
        private readonly NaiveRangeModel _model = new(place.Start, unchecked(Units * place.Unit), guard * place.Unit);
        private RangeSubject? _subject;
        private string? _answer;

        public int Inserts => inserts;

        public int Removes => removes;

        public int Scans => scans;

        public Run AsSubject()
        {
            _subject ??= new RangeSubject(place.Start, Units * place.Unit, guard * place.Unit);
            return this;
        }

        public void Do(Func<string?> step) => _answer = step();

        public string Insert(RangeRequest units)
        {
            RangeRequest request = Scale(units);
            MmStatus expected = _model.TryInsert(in request, out ModelNode? node);
            return _subject is null ? $"{expected} {node?.Start}" : $"{_subject.TryInsert(in request)} {node?.Start}";
        }

        public string InsertAt(ulong start, ulong size, ulong color)
        {
            ByteRange range = new(unchecked(place.Start + (start * place.Unit)), unchecked(size * place.Unit));
            MmStatus expected = _model.TryInsertAt(range, color, out _);
            return (_subject?.TryInsertAt(range, color) ?? expected).ToString();
        }

        public string? Remove(int pick)
        {
            if (Pick(pick) is int id)
            {
                _model.Remove(id);
                _subject?.Remove(id);
            }

            return null;
        }

        public string? Replace(int pick)
        {
            if (Pick(pick) is int id)
            {
                _subject?.Replace(id);
            }

            return null;
        }

        public string? Split(int pick, ulong units)
        {
            if (Pick(pick) is not int id)
            {
                return null;
            }

            ulong headBytes = unchecked(units * place.Unit);
            MmStatus expected = _model.TrySplit(id, headBytes);
            return (_subject?.TrySplit(id, headBytes) ?? expected).ToString();
        }

        public string Scan(RangeRequest units, int[] picks)
        {
            RangeRequest request = Scale(units);
            List<int> order = [.. picks.Select(Pick).OfType<int>().Distinct()];
            ModelScan expected = _model.MayScan(in request)
                ? _model.Scan(in request, order)
                : new ModelScan(0, false, []);
            ModelScan found = expected;
            if (_subject is not null)
            {
                found = _subject.ScanAndEvict(in request, order);
            }

            return $"{found.Added} {found.Hit} {string.Join(' ', found.Victims)} {AfterScan(expected, request)}";
        }

        public string? SetGuard(ulong units)
        {
            _model.Guard = units * place.Unit;
            if (_subject is not null)
            {
                _subject.Guard = units * place.Unit;
            }

            return null;
        }

        public bool Agrees(Run model) =>
            _answer == model._answer && (_subject is null || _subject.Differs(model._model) is null);

        public string Classify() =>
            _model.Holes.Count == 0 ? "full"
            : _model.Nodes.Count == 0 ? "empty"
            : _model.Holes.Count > 4 ? "fragmented" : "partial";

        public string Describe() =>
            $"at {place.Start} unit {place.Unit} guard {_model.Guard}: {_answer}; {_subject?.Differs(_model)} " +
            string.Join(", ", _model.Nodes.Select(node => $"[{node.Start},{node.End})/{node.Color}"));

        /// <summary>
        /// Frees in the model what the scan frees, then inserts where the scan promised a place: that must succeed.
        /// </summary>
        private string AfterScan(ModelScan scan, RangeRequest request)
        {
            foreach (int id in scan.Victims)
            {
                _model.Remove(id);
            }

            if (!scan.Hit)
            {
                return string.Empty;
            }

            while (_model.ColorVictim(in request) is ModelNode node)
            {
                _model.Remove(node.Id);
            }

            RangeRequest again = request with { Mode = RangeMode.Evict };
            Assert.Equal(MmStatus.Ok, _model.TryInsert(in again, out _));
            return (_subject?.TryInsert(in again) ?? MmStatus.Ok).ToString();
        }

        private int? Pick(int pick) => pick < _model.Nodes.Count ? _model.Nodes[pick].Id : null;

        private RangeRequest Scale(RangeRequest units) => units with
        {
            SizeBytes = unchecked(units.SizeBytes * place.Unit),
            AlignmentBytes = units.AlignmentBytes <= 1 ? units.AlignmentBytes : units.AlignmentBytes * place.Unit,
            StartBytes = (units.StartBytes | units.EndBytes) == 0 ? 0 : At(units.StartBytes),
            EndBytes = (units.StartBytes | units.EndBytes) == 0 ? 0 : At(units.EndBytes),
        };

        private ulong At(ulong unit) => unchecked(place.Start + (unit * place.Unit));
    }
}
