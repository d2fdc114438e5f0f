using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using GpuMm.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace GpuMm.DashboardTests;

/// <summary>The distribution's Chromium, without a window, and one service with a workload; shared by the tests of a class.</summary>
public class Browser : IAsyncLifetime
{
    // A machine that does much else answers late; what is right stays right, so wait for it.
    private const float PatienceMs = 300_000;

    private static readonly string[] s_programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private Service? _service;

    /// <summary>Where pictures go, for people to look at.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts/screenshots")).FullName;

#if DEBUG
    public static bool IsDebug => true;
#else
    public static bool IsDebug => false;
#endif

    internal Service Service => _service!;

    /// <summary>How the service is started.</summary>
    protected virtual string Arguments => "--gpu gpu0:machine=pcie3x16,vram=128MiB,aperture=128MiB,system=1GiB --workload demo";

    public async ValueTask InitializeAsync()
    {
        if (s_programs.FirstOrDefault(File.Exists) is not { } program)
        {
            return;
        }

        _service = await Service.StartAsync(Arguments, TestContext.Current.CancellationToken);
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Headless = true,
            Timeout = PatienceMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _service?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens a page and waits until it lives.</summary>
    public async Task<IPage> OpenAsync(string path, ColorScheme scheme = ColorScheme.Dark, int width = 1400, int height = 1000)
    {
        if (_browser is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "There is no Chromium, and on CI there must be one: apt-get install chromium.");
            Assert.Skip("There is no Chromium here; tests/run installs it with the package manager.");
        }

        IPage page = await _browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce, // Nothing is caught half-way between two colours.
        });
        page.SetDefaultTimeout(PatienceMs);
        await page.GotoAsync(new Uri(Service.Address, path).ToString());
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        return page;
    }

    /// <summary>Keeps a picture of a page, from its top; of a Release build only, a Debug one looks the same and pictures take long.</summary>
    public static async Task PictureAsync(IPage page, string name)
    {
        if (!IsDebug)
        {
            await page.EvaluateAsync("() => scrollTo(0, 0)");
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });
        }
    }
}
