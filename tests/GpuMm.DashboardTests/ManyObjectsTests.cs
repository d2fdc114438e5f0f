using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GpuMm.DashboardTests;

/// <summary>A device with many objects, a million with <c>GPUMM_DEEP=1</c>: every page opens and answers. Times are told, not judged.</summary>
public sealed class ManyObjectsTests(ManyObjectsTests.Crowd browser, ITestOutputHelper output) : IClassFixture<ManyObjectsTests.Crowd>
{
    private static readonly int s_count = IsDeep ? 1_000_000 : 20_000;
    private static readonly long s_vramBytes = IsDeep ? 4L << 30 : 256L << 20;
    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(IsDeep ? 10 : 1);
    private readonly List<string> _told = [];

    private static bool IsDeep => Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1";

    [Fact]
    public async Task EveryPageOpensAndAnswers()
    {
        IPage page = await browser.OpenAsync("/");
        await FillDeviceAsync();
        double before = await CpuPerSecondAsync();
        await OpenAsync(page, "/", "svg.mud-chart-line");
        await OpenAsync(page, "/heap", "canvas.heap");
        await TimeAsync("what lies in a cell", async () =>
        {
            await page.Locator("canvas.heap").First.ClickAsync(new LocatorClickOptions { Position = new Position { X = 300, Y = 20 } });
            await Expect(page.Locator("#chosen")).ToContainTextAsync("vram from");
        });
        await TimeAsync("colour by place", async () =>
        {
            await page.GetByLabel("Colour by").SelectOptionAsync("Placement");
            await Expect(page.GetByText("where its owner wants it")).ToBeVisibleAsync();
        });
        await Browser.PictureAsync(page, "many-heap");
        await OpenAsync(page, "/objects", "table.dense tbody tr");
        string name = string.Create(CultureInfo.InvariantCulture, $"piece {s_count - 7}");
        await TimeAsync("search by name", async () =>
        {
            await page.GetByLabel("Name or number").FillAsync(name);
            await Expect(page.Locator("table.dense tbody a").First).ToHaveTextAsync(name);
        });
        await Browser.PictureAsync(page, "many-objects");
        string all = s_count.ToString("N0", CultureInfo.InvariantCulture);
        await TimeAsync("search for what all are called", async () =>
        {
            await page.GetByLabel("Name or number").FillAsync("piece");
            await Expect(page.Locator("[aria-live]").First).ToContainTextAsync(all);
        });
        await TimeAsync("search for misplaced ones", async () =>
        {
            await page.GetByLabel("State").SelectOptionAsync("misplaced");
            await Expect(page.Locator("[aria-live]").First).Not.ToContainTextAsync(all);
        });
        await OpenAsync(page, $"/objects/{await OwnIdAsync()}", "#history");
        await OpenAsync(page, "/clients", "#groups tbody tr");
        await OpenAsync(page, "/timeline", "input[type=range]");
        for (int i = 1; i <= 2; i++)
        {
            await TimeAsync("take a snapshot", async () =>
            {
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Take a snapshot" }).ClickAsync();
                await Expect(i == 1 ? page.GetByText("Take two to see") : page.GetByText("Compare", new PageGetByTextOptions { Exact = true })).ToBeVisibleAsync();
            });
        }

        await TimeAsync("compare two snapshots", async () =>
        {
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare", Exact = true }).ClickAsync();
            await Expect(page.GetByText("Objects that came")).ToBeVisibleAsync();
        });
        await OpenAsync(page, "/workloads", "table.dense tbody tr");
        await OpenAsync(page, "/", "svg.mud-chart-line");
        double watched = await CpuPerSecondAsync();
        await OpenAsync(page, "/objects", "table.dense tbody tr");
        double searched = await CpuPerSecondAsync();
        await page.CloseAsync();
        output.WriteLine($"{s_count} objects: {string.Join("; ", _told)}.");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Cores that the service uses: {before:0.000} with nobody looking, {watched:0.000} with a viewer of the overview, {searched:0.000} with one of the objects."));
    }

    private Task OpenAsync(IPage page, string path, string wanted) => TimeAsync($"open {path}", async () =>
    {
        await page.GotoAsync(new Uri(browser.Service.Address, path).ToString());
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        await Expect(page.Locator(wanted).First).ToBeVisibleAsync();
    });

    private async Task TimeAsync(string what, Func<Task> step)
    {
        long start = Stopwatch.GetTimestamp();
        await step();
        _told.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"));
    }

    private async Task<double> CpuPerSecondAsync()
    {
        TimeSpan cpu = browser.Service.CpuTime;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(s_watch, TestContext.Current.CancellationToken);
        return (browser.Service.CpuTime - cpu) / Stopwatch.GetElapsedTime(start);
    }

    private async Task FillDeviceAsync()
    {
        long start = Stopwatch.GetTimestamp();
        double size = s_count * 4096.0 / s_vramBytes;
        await browser.Service.Http.PostAsJsonAsync("/api/v1/devices/gpu0/workloads", new { name = "crowd", framesPerSecond = 20, oversubscription = size }, TestContext.Current.CancellationToken);
        while ((await GetAsync("/api/v1/devices/gpu0/snapshot")).GetProperty("objectCount").GetInt32() < s_count || (await GetAsync("/api/v1/workloads"))[0].GetProperty("frames").GetInt64() == 0)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        _told.Add(string.Create(CultureInfo.InvariantCulture, $"made in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
        start = Stopwatch.GetTimestamp();
        while ((await GetAsync("/api/v1/devices/gpu0/heap/vram?cells=64")).GetProperty("isPartial").GetBoolean())
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        _told.Add(string.Create(CultureInfo.InvariantCulture, $"walked over once in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
    }

    // An object that stays: any of the workload's may be replaced before its page is there.
    private async Task<long> OwnIdAsync()
    {
        using HttpResponseMessage opened = await browser.Service.Http.PostAsJsonAsync("/api/v1/devices/gpu0/clients", new { name = "test", leaseSeconds = 3600 }, TestContext.Current.CancellationToken);
        JsonElement client = await opened.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        using HttpRequestMessage make = new(HttpMethod.Post, $"/api/v1/devices/gpu0/clients/{client.GetProperty("id")}/objects") { Content = JsonContent.Create(new { size = 4096, name = "stays" }) };
        make.Headers.Add("GpuMm-Client-Key", client.GetProperty("key").GetString());
        using HttpResponseMessage made = await browser.Service.Http.SendAsync(make, TestContext.Current.CancellationToken);
        Assert.True(made.IsSuccessStatusCode);
        return (await GetAsync("/api/v1/devices/gpu0/objects?text=stays")).GetProperty("objects")[0].GetProperty("id").GetInt64();
    }

    private async Task<JsonElement> GetAsync(string path) => await browser.Service.Http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    /// <summary>A browser, and a service with a device that keeps no contents.</summary>
    public sealed class Crowd : Browser
    {
        /// <inheritdoc/>
        protected override string Arguments => $"--set GpuMm:Gpus:gpu0:Vram={s_vramBytes} --set GpuMm:Gpus:gpu0:Aperture=256MiB --set GpuMm:Gpus:gpu0:System=1GiB --set GpuMm:Gpus:gpu0:Backing=None";
    }
}
