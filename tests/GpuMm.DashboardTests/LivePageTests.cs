using System;
using System.Threading.Tasks;
using GpuMm.Dashboard.Live;
using GpuMm.Hosting.Machine;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GpuMm.DashboardTests;

/// <summary>A page whose device cannot be read for a moment.</summary>
public sealed class LivePageTests
{
    [Fact]
    public Task ARefreshThatFailsIsSaidAndTheNextOneGoesOn() => WithRendererAsync(async (renderer, state) =>
    {
        HtmlRootComponentText(await renderer.RenderComponentAsync<Broken>(), "nothing yet");
        Assert.Equal("no such moment", state.Problem);
        state.TogglePause();
        Assert.Equal(2, Broken.Reads);
        Assert.Null(state.Problem);
    });

    [Fact]
    public Task APageThatNobodyCanSeeIsNotReadUntilItIsSeenAgain() => WithRendererAsync(async (renderer, state) =>
    {
        await renderer.RenderComponentAsync<Broken>();
        state.Hide(true);
        state.TogglePause();
        Assert.Equal(1, Broken.Reads);
        state.CutOff(true); // The browser went as well.
        state.Hide(false);
        Assert.Equal(1, Broken.Reads);
        state.CutOff(false);
        Assert.Equal(2, Broken.Reads);
    });

    [Theory]
    [InlineData(500, 1, 10, 500)]
    [InlineData(500, 20, 10, 1_000)]
    [InlineData(500, 1, 400, 1_200)]
    [InlineData(500, 5_000, 9_000, 30_000)]
    [InlineData(60_000, 5_000, 0, 60_000)]
    public void APageRestsInProportionToWhatItCost(int periodMs, int readMs, int showMs, int restMs) => Assert.Equal(
        TimeSpan.FromMilliseconds(restMs), LivePage.RestAfter(TimeSpan.FromMilliseconds(periodMs), TimeSpan.FromMilliseconds(readMs), TimeSpan.FromMilliseconds(showMs)));

    [Fact]
    public async Task APageThatIsLeftWhileItIsDrawnEndsQuietly()
    {
        await using ServiceProvider provider = new ServiceCollection().AddGpuMm().AddGpu("gpu0").Services.BuildServiceProvider();
        IGpuMmProvider gpus = provider.GetRequiredService<IGpuMmProvider>();
        using Broken page = new() { Provider = gpus, State = new ViewState(gpus), Logger = provider.GetRequiredService<ILogger<LivePage>>() };
        page.Dispose();
        await ((IHandleAfterRender)page).OnAfterRenderAsync();
    }

    private static async Task WithRendererAsync(Func<HtmlRenderer, ViewState, Task> look)
    {
        ServiceCollection services = new();
        services.AddGpuMm().AddGpu("gpu0");
        services.AddScoped<ViewState>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        await using AsyncServiceScope scope = provider.CreateAsyncScope();
        ViewState state = scope.ServiceProvider.GetRequiredService<ViewState>();
        await using HtmlRenderer renderer = new(scope.ServiceProvider, provider.GetRequiredService<ILoggerFactory>());
        Broken.Reads = 0;
        await renderer.Dispatcher.InvokeAsync(() => look(renderer, state));
    }

    private static void HtmlRootComponentText(Microsoft.AspNetCore.Components.Web.HtmlRendering.HtmlRootComponent root, string text) => Assert.Equal(text, root.ToHtmlString());

    private sealed class Broken : LivePage
    {
        private string _text = "nothing yet";

        public static int Reads { get; set; }

        protected override void Read()
        {
            if (++Reads == 1)
            {
                throw new OverflowException("no such moment");
            }

            _text = "read";
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder?.AddContent(0, _text);
    }
}
