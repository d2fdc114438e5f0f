using System;
using System.Diagnostics;
using System.IO;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>The SPIR-V that is built in is what its GLSL compiles to.</summary>
public sealed class ShaderSourceTests
{
    [Fact]
    public void EveryShaderMatchesItsSource()
    {
        ProcessStartInfo start = new(Path.Combine(Repository.Root, "shaders", "compile"), "--check")
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process check = Process.Start(start)!;
        string messages = check.StandardError.ReadToEnd();
        check.WaitForExit();
        bool lacksCompiler = messages.Contains("glslangValidator is missing", StringComparison.Ordinal) ||
            messages.Contains("the shaders were made with", StringComparison.Ordinal);
        Assert.SkipWhen(lacksCompiler && Environment.GetEnvironmentVariable("CI") is not "true", messages);
        Assert.True(check.ExitCode == 0, messages);
    }
}
