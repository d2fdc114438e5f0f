using System;

namespace GpuMm.Simulation;

/// <summary>Functions that give the same bits everywhere: built of the operations that IEEE 754 rounds exactly.</summary>
internal static class ExactMath
{
    private const double HalfPi = Math.PI / 2;

    /// <summary>The arc tangent of a number that is not negative; the error is below 1e-15.</summary>
    /// <remarks>Math.Atan comes from the C library of the host and may differ in the last bit, which would change a nanosecond.</remarks>
    public static double Atan(double x)
    {
        if (x > 1)
        {
            return HalfPi - Atan(1 / x);
        }

        // atan(x) = 2 atan(x / (1 + sqrt(1 + x*x))); three halvings bring 1 down to 0.1.
        const int Halvings = 3;
        for (int i = 0; i < Halvings; i++)
        {
            x /= 1 + Math.Sqrt(1 + (x * x));
        }

        // The series at 0.1: the term of x^15 is below 1e-16.
        double square = x * x;
        double sum = 0;
        for (int power = 15; power >= 1; power -= 2)
        {
            sum = (1.0 / power) - (square * sum);
        }

        return x * sum * (1 << Halvings);
    }
}
