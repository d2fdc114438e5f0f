using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace GpuMm.SimulationTests.Lab;

/// <summary>A folder with traces, gone at the end.</summary>
internal sealed class LabFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("gpumm-lab-").FullName;

    /// <summary>A trace of 200,000 requests.</summary>
    public static string Zipf => Path.Combine(AppContext.BaseDirectory, "Data", "zipf1_200k.oracleGeneral.zst");

    /// <summary>A path inside.</summary>
    /// <param name="name">A name.</param>
    public string this[string name] => Path.Combine(_path, name);

    /// <summary>Writes a trace: rounds over some objects of one page each, as libCacheSim's table.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="objects">How many objects.</param>
    /// <param name="rounds">How often each is used.</param>
    public string Loop(string name, int objects, int rounds)
    {
        StringBuilder text = new("time,object,size\n");
        for (int i = 0; i < objects * rounds; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},{i % objects},4096\n");
        }

        File.WriteAllText(this[name], text.ToString());
        return this[name];
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
