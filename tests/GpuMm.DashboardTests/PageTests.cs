using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GpuMm.DashboardTests;

/// <summary>Each page in a real browser, against the real service: opened, used, looked at.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task TheOverviewShowsMemoryRatesAndMigrations()
    {
        IPage page = await browser.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Meter)).ToHaveCountAsync(3);
        await Expect(page.Locator("table.dense tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator("svg.mud-chart-line").First).ToBeVisibleAsync();
        await HeapIsDrawnAsync(page);
        await Browser.PictureAsync(page, "overview");
        await page.CloseAsync();
    }

    [Fact]
    public async Task TheHeapMapTellsWhatLiesUnderACellAndColoursMeanWhatIsChosen()
    {
        IPage page = await browser.OpenAsync("/heap");
        await HeapIsDrawnAsync(page);
        ILocator map = page.Locator("canvas.heap").First;
        await map.HoverAsync(new LocatorHoverOptions { Position = new Position { X = 40, Y = 40 } });
        await Expect(page.GetByText("and up:").First).ToBeVisibleAsync();
        await map.ClickAsync(new LocatorClickOptions { Position = new Position { X = 40, Y = 8 } });
        await Expect(page.Locator("#chosen")).ToContainTextAsync("vram from");
        await Expect(page.Locator("table.dense tbody tr").First).ToBeVisibleAsync(); // the workload pins its first objects there
        await page.GetByLabel("Colour by").SelectOptionAsync("Placement");
        await Expect(page.GetByText("where its owner wants it")).ToBeVisibleAsync();
        await Browser.PictureAsync(page, "heap");
        await map.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByText("and up:").First).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task ObjectsAreFoundByNameAndShowTheirPast()
    {
        IPage page = await browser.OpenAsync("/objects");
        string name = await EvictedNameAsync();
        await page.GetByLabel("Name or number").FillAsync(name);
        ILocator link = page.Locator("table.dense tbody a").First;
        await Expect(link).ToHaveTextAsync(name);
        await Browser.PictureAsync(page, "objects");
        await link.ClickAsync();
        await Expect(page.GetByText($"'{name}' was evicted by ")).ToBeVisibleAsync();
        await Expect(page.Locator("#history")).ToContainTextAsync("events");
        await Browser.PictureAsync(page, "object");
        await page.GotoAsync(new Uri(browser.Service.Address, "/objects/999999999").ToString());
        await Expect(page.GetByText("There is no object 999999999")).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task ASearchThatMakesNoSenseSaysSo()
    {
        IPage page = await browser.OpenAsync("/objects");
        await page.GetByLabel("At least").FillAsync("much");
        await page.GetByLabel("At least").BlurAsync();
        await Expect(page.GetByText("'much' is no size")).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task LimitsOfAClientCanBeChangedAndMistakesAreRefused()
    {
        IPage page = await browser.OpenAsync("/clients");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Change the limits of" }).First.ClickAsync();
        await page.GetByLabel("Bytes").FillAsync("lots");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set", Exact = true }).ClickAsync();
        await Expect(page.GetByText("'lots' is no size")).ToBeVisibleAsync();
        await page.GetByLabel("Bytes").FillAsync("3GiB");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set", Exact = true }).ClickAsync();
        await Expect(page.GetByText("are set.")).ToBeVisibleAsync();
        await Expect(page.Locator("table.dense").First).ToContainTextAsync("3 GiB");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Change what client" }).First.ClickAsync();
        await page.GetByLabel("Low").FillAsync("1MiB");
        await page.GetByLabel("Max").FillAsync("much");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set for the domain" }).ClickAsync();
        await Expect(page.GetByText("'much' is no size")).ToBeVisibleAsync();
        await page.GetByLabel("Max").FillAsync("100GiB");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set for the domain" }).ClickAsync();
        await Expect(page.Locator("#groups tbody tr").First).ToContainTextAsync("100 GiB");
        await Browser.PictureAsync(page, "clients");
        await page.CloseAsync();
    }

    [Fact]
    public async Task GroupsInGroupsAreMadeLimitedAndRemovedFromThePage()
    {
        IPage page = await browser.OpenAsync("/clients");
        await MakeGroupAsync(page, "desktop");
        await MakeGroupAsync(page, "desktop/browser");
        await MakeGroupAsync(page, "no/such/parent", "There is no group 'no/such'");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Change what group desktop is promised" }).ClickAsync();
        await page.GetByLabel("Min").FillAsync("8MiB");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Set for the domain" }).ClickAsync();
        await Expect(page.Locator("#groups tbody tr").Filter(new LocatorFilterOptions { HasText = "desktop" })).ToContainTextAsync("8 MiB");
        await page.GotoAsync(new Uri(browser.Service.Address, "/workloads").ToString());
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        ILocator runs = page.Locator("table.dense tbody tr");
        int before = await runs.CountAsync();
        await page.GetByLabel("Group").SelectOptionAsync("desktop/browser");
        await page.GetByLabel("Size against VRAM").FillAsync("0.2");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Start", Exact = true }).ClickAsync();
        await Expect(runs).ToHaveCountAsync(before + 1); // Latest first.
        await Expect(runs.First).ToContainTextAsync("runs");
        await page.GotoAsync(new Uri(browser.Service.Address, "/clients").ToString());
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        await Expect(page.Locator("table.dense").First).ToContainTextAsync("desktop/browser");
        await Browser.PictureAsync(page, "groups");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Remove group desktop", Exact = true }).ClickAsync();
        await Expect(page.GetByText("is not empty")).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(browser.Service.Address, "/workloads").ToString());
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Stop workload" }).First.ClickAsync();
        await Expect(page.Locator("table.dense tbody tr").First).ToContainTextAsync("ended");
        await page.GotoAsync(new Uri(browser.Service.Address, "/clients").ToString());
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Remove group desktop/browser" }).ClickAsync();
        await Expect(page.GetByText("The group desktop/browser is removed.")).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    private static async Task MakeGroupAsync(IPage page, string path, string? answer = null)
    {
        await page.GetByLabel("New group").FillAsync(path);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Make", Exact = true }).ClickAsync();
        await Expect(page.GetByText(answer ?? $"The group {path} is made")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task TheTimelineIsScrubbedAndTwoSnapshotsAreCompared()
    {
        IPage page = await browser.OpenAsync("/timeline");
        ILocator slider = page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Moment" });
        await Expect(slider).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => Number(document.querySelector('input[type=range]')?.max) >= 2");
        await slider.FillAsync("0");
        await Expect(page.Locator("#scrub")).ToContainTextAsync("moment 1 of");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare with this moment" }).ClickAsync();
        await Expect(page.Locator("#moments")).ToContainTextAsync("0 of 256 cells");
        await page.GetByText("Follow the latest").ClickAsync();
        await Expect(page.Locator("#moments")).Not.ToContainTextAsync(" 0 of 256 cells");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Take a snapshot" }).ClickAsync();
        await Expect(page.GetByText("Take two to see")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Take a snapshot" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Objects that came")).ToBeVisibleAsync();
        await Browser.PictureAsync(page, "timeline");
        await page.CloseAsync();
    }

    [Fact]
    public async Task AWorkloadIsStartedAndStoppedFromThePage()
    {
        IPage page = await browser.OpenAsync("/workloads");
        ILocator rows = page.Locator("table.dense tbody tr");
        int before = await rows.CountAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Start", Exact = true }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(before + 1);
        await Browser.PictureAsync(page, "workloads");
        await rows.First.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(rows.First).ToContainTextAsync("ended");
        await page.CloseAsync();
    }

    [Fact]
    public async Task AWhatIfRunsFromThePageAndTwoStandSideBySide()
    {
        IPage page = await browser.OpenAsync("/whatif");
        await page.GetByLabel("VRAM, one or several").FillAsync("64MiB,128MiB");
        await page.GetByLabel("Frames").FillAsync("120");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Run", Exact = true }).ClickAsync();
        await Expect(page.GetByText("done in")).ToHaveCountAsync(2);
        await page.GetByLabel("Compare run 1").ClickAsync();
        await page.GetByLabel("Compare run 2").ClickAsync();
        await Expect(page.Locator("#compare")).ToBeVisibleAsync();
        await Browser.PictureAsync(page, "whatif");
        await page.GetByLabel("VRAM, one or several").FillAsync("plenty");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Run", Exact = true }).ClickAsync();
        await Expect(page.GetByText("'plenty' is no size")).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Theory]
    [InlineData("/objects/-5", "There is no object -5")]
    [InlineData("/objects?first=-1&end=-1&domain=vram", "Nothing matches")]
    public async Task AddressesThatNameNothingSaySo(string path, string text)
    {
        IPage page = await browser.OpenAsync(path);
        await Expect(page.GetByText(text)).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task KeysWalkThePagesAndSwitchLightAndPause()
    {
        IPage page = await browser.OpenAsync("/");
        await page.Keyboard.PressAsync("4");
        await Expect(page).ToHaveTitleAsync("GpuMm: clients");
        await page.Keyboard.PressAsync("d");
        await Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Dark" })).ToBeVisibleAsync();
        await Browser.PictureAsync(page, "light");
        await page.Keyboard.PressAsync("p");
        await Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Go on" })).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [Fact]
    public async Task NothingIsFetchedFromElsewhereAndTheConsoleStaysQuiet()
    {
        List<string> problems = [];
        IPage page = await browser.OpenAsync("/");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Host is not ("127.0.0.1" or ""))
            {
                problems.Add(request.Url);
            }
        };
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                problems.Add(message.Text);
            }
        };
        foreach (string path in (string[])["/", "/heap", "/objects", "/clients", "/timeline", "/workloads", "/whatif"])
        {
            await page.GotoAsync(new Uri(browser.Service.Address, path).ToString());
            await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        }

        Assert.Empty(problems);
        await page.CloseAsync();
    }

    // Something other than the background was painted.
    private static async Task HeapIsDrawnAsync(IPage page) => await page.WaitForFunctionAsync(
        "() => { const c = document.querySelector('canvas.heap'); if (!c || !c.width) return false; const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) return true; return false; }");

    // A texture that made room for another: it has a past.
    private async Task<string> EvictedNameAsync()
    {
        while (true)
        {
            using JsonDocument events = JsonDocument.Parse(await browser.Service.Http.GetStringAsync("/api/v1/devices/gpu0/events?kinds=evicted&max=10000", TestContext.Current.CancellationToken));
            foreach (JsonElement each in events.RootElement.GetProperty("events").EnumerateArray().Reverse())
            {
                using HttpResponseMessage found = await browser.Service.Http.GetAsync(new Uri($"/api/v1/devices/gpu0/objects/{each.GetProperty("objectId")}", UriKind.Relative), TestContext.Current.CancellationToken);
                using JsonDocument detail = JsonDocument.Parse(await found.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                if (detail.RootElement.TryGetProperty("info", out JsonElement info) && info.GetProperty("name").GetString() is { } name && name.StartsWith("texture", StringComparison.Ordinal)) // Else it is gone.
                {
                    return name;
                }
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
