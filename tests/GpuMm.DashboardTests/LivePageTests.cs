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
    public async Task ARefreshThatFailsIsSaidAndTheNextOneGoesOn()
    {
        ServiceCollection services = new();
        services.AddGpuMm().AddGpu("gpu0");
        services.AddScoped<ViewState>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        await using AsyncServiceScope scope = provider.CreateAsyncScope();
        ViewState state = scope.ServiceProvider.GetRequiredService<ViewState>();
        await using HtmlRenderer renderer = new(scope.ServiceProvider, provider.GetRequiredService<ILoggerFactory>());
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            Broken.Reads = 0;
            HtmlRootComponentText(await renderer.RenderComponentAsync<Broken>(), "nothing yet");
            Assert.Equal("no such moment", state.Problem);
            state.TogglePause();
            Assert.Equal(2, Broken.Reads);
            Assert.Null(state.Problem);
        });
    }

    [Fact]
    public async Task APageThatIsLeftWhileItIsDrawnEndsQuietly()
    {
        await using ServiceProvider provider = new ServiceCollection().AddGpuMm().AddGpu("gpu0").Services.BuildServiceProvider();
        IGpuMmProvider gpus = provider.GetRequiredService<IGpuMmProvider>();
        using Broken page = new() { Provider = gpus, State = new ViewState(gpus), Logger = provider.GetRequiredService<ILogger<LivePage>>() };
        page.IsLeftWhileDrawing = true;
        await ((IHandleAfterRender)page).OnAfterRenderAsync();
    }

    private static void HtmlRootComponentText(Microsoft.AspNetCore.Components.Web.HtmlRendering.HtmlRootComponent root, string text) => Assert.Equal(text, root.ToHtmlString());

    private sealed class Broken : LivePage
    {
        private string _text = "nothing yet";

        public static int Reads { get; set; }

        public bool IsLeftWhileDrawing { get; set; }

        protected override Task DrawAsync()
        {
            if (IsLeftWhileDrawing)
            {
                base.Dispose(disposing: true);
            }

            return Task.CompletedTask;
        }

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
