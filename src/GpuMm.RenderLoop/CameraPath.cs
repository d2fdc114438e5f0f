using System;

namespace GpuMm.RenderLoop;

/// <summary>A closed walk around a scene at constant speed, looking ahead.</summary>
/// <remarks>Only + - * / and square roots, which IEEE 754 fixes to the bit: the same path on every machine.</remarks>
public sealed class CameraPath
{
    private readonly double[] _x;
    private readonly double[] _z;
    private readonly double[] _startMetres; // Distance walked up to each corner; one more entry for the whole.

    /// <summary>A path around a rectangle, with a crossing through the middle.</summary>
    /// <param name="lengthMetres">Size of the scene along x.</param>
    /// <param name="widthMetres">Size of the scene along z.</param>
    public CameraPath(double lengthMetres, double widthMetres)
    {
        double l = lengthMetres;
        double w = widthMetres;
        _x = [0.1 * l, 0.9 * l, 0.9 * l, 0.5 * l, 0.5 * l, 0.1 * l];
        _z = [0.2 * w, 0.2 * w, 0.8 * w, 0.8 * w, 0.5 * w, 0.5 * w];
        _startMetres = new double[_x.Length + 1];
        for (int i = 0; i < _x.Length; i++)
        {
            int next = (i + 1) % _x.Length;
            double dx = _x[next] - _x[i];
            double dz = _z[next] - _z[i];
            _startMetres[i + 1] = _startMetres[i] + Math.Sqrt((dx * dx) + (dz * dz));
        }
    }

    /// <summary>Length of one round, metres.</summary>
    public double LengthMetres => _startMetres[^1];

    /// <summary>The camera after some way.</summary>
    /// <param name="metres">0 or more; beyond one round it goes on.</param>
    public Camera At(double metres)
    {
        metres -= Math.Floor(metres / LengthMetres) * LengthMetres;
        int leg = 0;
        while (leg < _x.Length - 1 && metres >= _startMetres[leg + 1])
        {
            leg++;
        }

        int next = (leg + 1) % _x.Length;
        double legMetres = _startMetres[leg + 1] - _startMetres[leg];
        double directionX = (_x[next] - _x[leg]) / legMetres;
        double directionZ = (_z[next] - _z[leg]) / legMetres;
        double along = metres - _startMetres[leg];
        return new Camera(_x[leg] + (directionX * along), _z[leg] + (directionZ * along), directionX, directionZ);
    }
}
