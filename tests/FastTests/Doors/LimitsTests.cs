using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Platform.Pages;
using Platform.Publishing;
using Platform.Tenancy;
using Web.Host;
using Xunit;

namespace FastTests.Doors;

/// <summary>What is counted together, what waits, and which names are let in.</summary>
public sealed class LimitsTests
{
    [Theory]
    [InlineData("/KIOSK/Start", "kiosk/start", "t", "192.0.2.1", true)]
    [InlineData("/kiosk/start/", "kiosk/start", "t", "192.0.2.1", true)]
    [InlineData("/kiosk/start", "kiosk/enrol", "t", "192.0.2.1", false)]
    [InlineData("/kiosk/start", "kiosk/start", "u", "192.0.2.1", false)]
    [InlineData("/kiosk/start", "kiosk/start", "t", "192.0.2.2", false)]
    public void Given_a_request_however_spelled_When_counted_Then_route_tenant_and_address_decide(string path, string route, string tenant, string address, bool together) =>
        Assert.Equal(together, LimitedRoute.Of(Request("/kiosk/start", "kiosk/start", "t", "192.0.2.1")) == LimitedRoute.Of(Request(path, route, tenant, address)));

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData(" ; ", true)]
    [InlineData("*", true)]
    [InlineData("blood.example.org;*", true)]
    [InlineData("* ; blood.example.org", true)]
    [InlineData("blood.example.org;[::]", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("blood.example.org", false)]
    [InlineData("blood.example.org;*.blood.example.org", false)]
    public void Given_a_list_of_hosts_When_one_of_them_lets_everybody_in_Then_it_is_open(string? setting, bool open) => Assert.Equal(open, HostNames.IsOpen(setting));

    [Fact]
    public async Task Given_many_large_posts_at_once_When_they_run_Then_no_more_than_there_is_room_for_are_read_and_small_ones_do_not_wait()
    {
        var (now, most, let) = (0, 0, new TaskCompletionSource());
        async Task Read(HttpContext http)
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await let.Task;
            Interlocked.Decrement(ref now);
        }
        var large = Enumerable.Range(0, 6).Select(_ => LargeUploads.RunAsync(Sized(256 * 1024 * 1024), Read)).ToList();

        await LargeUploads.RunAsync(Sized(null), _ => Task.CompletedTask);
        Assert.Equal(LargeUploads.AtOnce, now);
        let.SetResult();
        await Task.WhenAll(large);

        Assert.Equal(LargeUploads.AtOnce, most);
    }

    [Fact]
    public async Task Given_large_posts_that_fail_or_are_given_up_When_the_next_comes_Then_it_has_a_place()
    {
        for (var i = 0; i < 4; i++) await Assert.ThrowsAsync<IOException>(() => LargeUploads.RunAsync(Sized(256 * 1024 * 1024), _ => throw new IOException("cut")));
        var reached = false;

        await LargeUploads.RunAsync(Sized(256 * 1024 * 1024), _ =>
        {
            reached = true;
            return Task.CompletedTask;
        });

        Assert.True(reached);
    }

    [Fact]
    public async Task Given_stations_of_which_some_are_broken_When_documents_are_sent_Then_the_others_have_them_and_the_broken_ones_are_named()
    {
        var had = new List<string>();

        var told = await Assert.ThrowsAsync<AggregateException>(() => ProvinceDocumentsHandler.AtEachAsync(["a", "b", "c", "d"], station =>
        {
            if (station is "a" or "c") throw new IOException("disk");
            had.Add(station);
            return Task.CompletedTask;
        }));

        Assert.Equal(["b", "d"], had);
        Assert.True(told.Message.Contains("a: disk", StringComparison.Ordinal) && told.Message.Contains("c: disk", StringComparison.Ordinal), told.Message);
    }

    private static DefaultHttpContext Request(string path, string route, string tenant, string address)
    {
        var context = new TenantContext();
        context.Enter(new Tenant { Name = tenant, TenantId = tenant });
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(context).BuildServiceProvider() };
        (http.Request.Path, http.Connection.RemoteIpAddress) = (path, IPAddress.Parse(address));
        http.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(route), 0, null, null));
        return http;
    }

    private static DefaultHttpContext Sized(long? bytes)
    {
        var http = new DefaultHttpContext();
        http.SetEndpoint(new Endpoint(null, bytes is { } size ? new EndpointMetadataCollection(new RequestSizeLimitAttribute(size)) : EndpointMetadataCollection.Empty, null));
        return http;
    }
}
