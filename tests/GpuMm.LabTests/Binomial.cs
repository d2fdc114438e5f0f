namespace GpuMm.LabTests;

internal static class Binomial
{
    /// <summary>Gets how many ways there are to choose some of many.</summary>
    public static long Of(int many, int some)
    {
        long result = 1;
        for (int step = 1; step <= some; step++)
        {
            result = result * (many - some + step) / step;
        }

        return result;
    }
}
