using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GpuMm.DashboardTests;

/// <summary>Each page in light and dark, wide and narrow, with the keyboard alone: a picture of each, and what can be measured.</summary>
public sealed partial class LookTests(Browser browser) : IClassFixture<Browser>
{
    private const string Picture = "JS.RenderBatch";

    private static readonly string[] s_pages = ["overview", "heap", "objects", "object", "clients", "timeline", "workloads", "whatif"];
    private static readonly string[] s_keys = [.. s_pages.Where(static name => name != "object")]; // Keys 1 to 7.

    /// <summary>Widths in CSS pixels: a window, a telephone, and a window of 1280 at a zoom of 400 %; and whether dark is looked at too.</summary>
    /// <remarks>A Debug build looks the same: there one width is opened, for the assertions of the service behind it.</remarks>
    public static TheoryData<int, bool> Looks { get; } = Browser.IsDebug ? new([(1280, false)]) : new([(1280, true), (400, true), (320, false)]);

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task EveryPageIsReadableLabelledAndWhole(int width, bool isDarkToo)
    {
        IPage page = await browser.OpenAsync("/", ColorScheme.Light, width, width == 1280 ? 800 : 720);
        await SchemeIsAsync(page, "light");
        await MakeGroupsAsync(page);
        List<string> faults = [];
        foreach (string name in s_pages)
        {
            await GoAsync(page, name);
            await FillAsync(page, name);
            foreach (string scheme in isDarkToo ? (string[])["light", "dark"] : ["light"])
            {
                await SwitchAsync(page, scheme, name);
                await Browser.PictureAsync(page, $"look-{name}-{scheme}-{width}");
                foreach (string fault in await page.EvaluateAsync<string[]>(Audit.Script))
                {
                    faults.Add($"{name}, {scheme}: {fault}");
                }
            }

            await SwitchAsync(page, "light", name);
        }

        await page.CloseAsync();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task TheAuditFindsWhatIsWrong()
    {
        IPage page = await browser.OpenAsync("/workloads", ColorScheme.Light);
        await Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Dark", Exact = true })).ToBeVisibleAsync();
        await page.EvaluateAsync("""
            () => { document.getElementById('main').insertAdjacentHTML('beforeend',
              '<p style="color:#aaa;background:#fff">pale</p><button style="width:20px;height:20px"></button><table><tr><th></th></tr></table><div style="width:3000px">wide</div><div id="main">again</div><i id="dance">dance</i><button style="transition:color 1s !important">slide</button><div style="position:relative"><table class="dense"><tr><td style="position:sticky;left:0">under</td></tr></table><b style="position:absolute;inset:0;z-index:9">over</b></div>');
              document.getElementById('dance').animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1e6 }); }
            """);
        string faults = string.Join('\n', await page.EvaluateAsync<string[]>(Audit.Script));
        foreach (string wanted in (string[])["contrast 2.32 of <p> \"pale\"", "no name: <button style", "a heading of a table says nothing", "px wide in", "cut off at the side: <div> \"wide\"", "two elements have the id main", "moves: <i> \"dance\"", "would move when it changes: <button> \"slide\"", "is covered: <td> \"under\" by <b> \"over\""])
        {
            Assert.Contains(wanted, faults, StringComparison.Ordinal);
        }

        await page.CloseAsync();
    }

    [Fact]
    public async Task EverythingThatCanBeUsedIsReachedWithTheTabKeyAndShowsIt()
    {
        IPage page = await browser.OpenAsync("/", ColorScheme.Light, 1280, 800);
        await MakeGroupsAsync(page);
        foreach (string name in s_pages)
        {
            await GoAsync(page, name);
            await FillAsync(page, name);
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pause" }).ClickAsync(); // What stands still can be counted.
            ILocator goOn = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Go on" });
            await Expect(goOn).ToBeVisibleAsync();
            string[] missed = await WalkAsync(page);
            await goOn.ClickAsync();
            Assert.True(missed.Length == 0, $"{name}: {string.Join(" | ", missed)}");
        }

        await page.CloseAsync();
    }

    [Fact]
    public async Task NothingIsSentWhileNobodyCanSeeThePage()
    {
        IPage page = await browser.OpenAsync("/");
        ConcurrentQueue<string> sent = [];
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            foreach (Match message in Message().Matches(frame.Binary is { } bytes ? Encoding.Latin1.GetString(bytes) : ""))
            {
                sent.Enqueue(message.Value);
            }
        };
        await page.ReloadAsync();
        await page.WaitForFunctionAsync("() => document.body.dataset.live === 'yes'");
        await Expect(page.Locator("svg.mud-chart-line").First).ToBeVisibleAsync();
        Assert.Contains(Picture, sent);
        await page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { configurable: true, get: () => window.isAway }); window.isAway = true; }");

        // Once the service knows it, every picture is here that it drew before; once it is told again, it also knows that they are here,
        // and has sent what it draws into the last one's map.
        for (int i = 0; i < 2; i++)
        {
            await page.EvaluateAsync("() => { document.body.dataset.live = 'asked'; document.dispatchEvent(new Event('visibilitychange')); }");
            await page.WaitForFunctionAsync("() => document.body.dataset.live === 'no'");
        }

        sent.Clear();
        await page.WaitForTimeoutAsync(1800); // A page that is seen is drawn three times in it.
        Assert.True(sent.IsEmpty, string.Join(' ', sent));
        await page.EvaluateAsync("() => { window.isAway = false; document.dispatchEvent(new Event('visibilitychange')); }");
        string time = await page.Locator("#memory").InnerTextAsync();
        await Expect(page.Locator("#memory")).Not.ToHaveTextAsync(time);
        Assert.Contains(Picture, sent);
        await page.CloseAsync();
    }

    // With the keys and links that a page has: it is the same circuit all the time.
    private static async Task GoAsync(IPage page, string name)
    {
        if (name == "object")
        {
            await page.Locator("table.dense tbody a").Filter(new LocatorFilterOptions { HasText = "texture" }).First.ClickAsync(); // On the page of objects, the one before.
            await Expect(page.Locator("#why")).ToBeVisibleAsync();
            return;
        }

        await page.EvaluateAsync("() => { scrollTo(0, 0); document.getElementById('main').focus({ preventScroll: true }); }");
        await page.Keyboard.PressAsync($"{Array.IndexOf(s_keys, name) + 1}");
        await Expect(page).ToHaveTitleAsync(name switch { "overview" => "GpuMm: gpu0", "whatif" => "GpuMm: what if", _ => $"GpuMm: {name}" });
    }

    private static Task SchemeIsAsync(IPage page, string scheme) =>
        Expect(page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = scheme == "light" ? "Dark" : "Light", Exact = true })).ToBeVisibleAsync();

    private static async Task SwitchAsync(IPage page, string scheme, string name)
    {
        ILocator toOther = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = scheme == "light" ? "Light" : "Dark", Exact = true });
        if (await toOther.CountAsync() > 0)
        {
            await toOther.ClickAsync();
        }

        await SchemeIsAsync(page, scheme);
        if (name == "overview")
        {
            await Expect(page.Locator($"svg.mud-chart-line path[stroke^='{(scheme == "light" ? "#0072B2" : "#56B4E9")}' i]").First).ToBeAttachedAsync(); // Drawn anew in its colours.
        }
    }

    private async Task MakeGroupsAsync(IPage page)
    {
        foreach (string path in (string[])["games", "games/shooter"])
        {
            await page.APIRequest.PutAsync(new Uri(browser.Service.Address, $"/api/v1/devices/gpu0/groups/{path}").ToString());
        }
    }

    // What a page shows only after something was done is looked at too.
    private static async Task FillAsync(IPage page, string name)
    {
        switch (name)
        {
            case "overview":
                await Expect(page.Locator("svg.mud-chart-line").First).ToBeVisibleAsync();
                break;
            case "heap":
                await page.WaitForFunctionAsync("() => document.querySelector('canvas.heap')?.gpumm"); // Drawn, and so it listens.
                await page.Locator("canvas.heap").First.ClickAsync(new LocatorClickOptions { Position = new Position { X = 8, Y = 4 } });
                await Expect(page.Locator("#chosen")).ToBeVisibleAsync();
                break;
            case "objects":
                await Expect(page.Locator("table.dense tbody tr").First).ToBeVisibleAsync();
                break;
            case "clients":
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Change the limits of" }).First.ClickAsync();
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Change what group games is promised" }).ClickAsync();
                await Expect(page.GetByLabel("Low")).ToBeVisibleAsync();
                await page.GetByLabel("New group").FillAsync("no name");
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Make", Exact = true }).ClickAsync();
                await Expect(page.GetByText("A group's path is")).ToBeVisibleAsync();
                break;
            case "timeline":
                await page.WaitForFunctionAsync("() => Number(document.querySelector('input[type=range]')?.max) >= 2");
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare with this moment" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Take a snapshot" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Take a snapshot" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Compare", Exact = true }).ClickAsync();
                await Expect(page.GetByText("Objects that came")).ToBeVisibleAsync();
                break;
            case "whatif":
                await CompareAsync(page);
                break;
        }
    }

    private static async Task CompareAsync(IPage page)
    {
        ILocator boxes = page.GetByRole(AriaRole.Checkbox);
        await Expect(page.GetByLabel("VRAM, one or several")).ToBeVisibleAsync(); // With it the runs are there that were before.
        if (await page.GetByText("done in").CountAsync() < 2)
        {
            await page.GetByLabel("VRAM, one or several").FillAsync("64MiB,128MiB");
            await page.GetByLabel("Frames").FillAsync("60");
            await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Run", Exact = true }).ClickAsync();
            await Expect(page.GetByText("done in")).ToHaveCountAsync(2);
        }

        await boxes.First.ClickAsync();
        await boxes.Last.ClickAsync();
        await Expect(page.Locator("#compare")).ToBeVisibleAsync();
    }

    // Presses Tab until the focus comes round; what was not met, or does not show that it is met, is told.
    private static async Task<string[]> WalkAsync(IPage page)
    {
        await page.EvaluateAsync("""
            () => {
              document.activeElement?.blur(); window.getSelection()?.removeAllRanges(); window.scrollTo(0, 0);
              window.unmet = new Set([...document.querySelectorAll('a[href], button:not([disabled]), input:not([disabled]), select, canvas, .scroll[tabindex="0"]')].filter(e => e.checkVisibility()));
              window.faults = [];
              document.removeEventListener('focusin', window.meet);
              document.addEventListener('focusin', window.meet = event => {
                const at = event.target;
                if (!window.unmet.delete(at)) return;
                const style = getComputedStyle(at), box = at.getBoundingClientRect(), around = getComputedStyle(at, '::after');
                const shows = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none' || around.opacity !== '0' && around.backgroundColor !== 'rgba(0, 0, 0, 0)';
                if (!shows) window.faults.push(`does not show the focus: ${at.outerHTML.slice(0, 70)}`);
                if (box.bottom < 0 || box.top > innerHeight) window.faults.push(`focused out of sight: ${at.outerHTML.slice(0, 70)}`);
              });
              const focus = document.createElement('a'); focus.tabIndex = -1; document.body.prepend(focus); focus.focus(); focus.remove();
            }
            """);
        for (int i = 0; i < 40 && await page.EvaluateAsync<bool>("() => window.unmet.size > 0"); i++)
        {
            for (int press = 0; press < 10; press++)
            {
                await page.Keyboard.PressAsync("Tab");
            }
        }

        return await page.EvaluateAsync<string[]>("() => [...window.faults, ...[...window.unmet].map(e => `not reached: ${e.outerHTML.slice(0, 70)}`)].slice(0, 10)");
    }

    // The messages that Blazor's service sends to a page, by name.
    [GeneratedRegex("JS\\.(RenderBatch|EndInvokeDotNet|BeginInvokeJS)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Message();
}
