using System.Text.Json;
using Harness;
using IntegrationTests.Exercise;
using IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Jobs;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;
using Xunit;

namespace IntegrationTests;

/// <summary>Due work: each tenant goes its own way, each row is done by one worker, and whoever takes it up after another repeats nothing.</summary>
[Trait("Store", "postgres")]
public sealed class JobTests : IAsyncLifetime
{
    private const string First = "hangzhou";
    private const string Second = "shaoxing";
    private readonly Probe _probe = new();
    private ProductHost _server = null!;

    public async Task InitializeAsync() => _server = await ProductHost.RunningAsync(modules: [.. Composition.Modules, new ProbeModule(_probe)]);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Given_a_station_whose_work_stands_still_When_another_and_itself_have_other_work_Then_that_is_done_meanwhile()
    {
        var gate = _probe.Hold(First, "slow", 1);
        await StartAsync(First, new ProbeWork("slow", 1));
        await gate.EnteredAsync();

        await StartAsync(Second, new ProbeWork("quick", 3));
        await SendAsync(First, "message");
        await _probe.ThroughAsync(Second, "quick");
        await _probe.ThroughAsync(First, "message");

        Assert.Equal(3, await EffectsAsync(Second, "quick"));
        Assert.Equal(0, await EffectsAsync(First, "slow"));
        gate.Open();
        await _server.DrainAsync();
        Assert.Equal(1, await EffectsAsync(First, "slow"));
    }

    [Fact]
    public async Task Given_work_that_fails_at_one_station_When_done_Then_it_says_why_once_and_the_other_stations_is_done()
    {
        await StartAsync(First, new ProbeWork("broken", 2, Fails: true));
        await StartAsync(Second, new ProbeWork("sound", 2));
        await _server.DrainAsync();

        var job = await JobAsync(First);
        Assert.Equal((JobOutcomes.Failed, 1), (job.Outcome, job.Faults));
        Assert.Equal([["作业", "作业失败，没有做完：这一件做不了"]], await RowsAsync(First, "SELECT \"Label\", \"Text\" FROM job_lines"));
        Assert.Equal(JobOutcomes.Done, (await JobAsync(Second)).Outcome);
        Assert.Equal(2, await EffectsAsync(Second, "sound"));
    }

    [Fact]
    public async Task Given_a_worker_that_died_on_the_way_When_its_lease_ends_Then_another_goes_on_behind_what_is_done()
    {
        await StartAsync(First, new ProbeWork("left", 5), job => (job.LeasedBy, job.LeasedUntil, job.Attempts, job.Cursor, job.Done) = (Guid.NewGuid(), _server.Clock.GetUtcNow().AddMinutes(1), 1, "2", 2));
        await _server.DrainAsync();
        Assert.Equal(0, await EffectsAsync(First, "left"));

        await _server.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["probe:left:3", "probe:left:4", "probe:left:5"], (await RowsAsync(First, "SELECT \"Subject\" FROM audit WHERE \"Action\" = 'probe' ORDER BY \"Id\"")).Select(r => r[0]!));
        Assert.Equal((JobOutcomes.Done, 5, 2), await JobAsync(First) is var job ? (job.Outcome, job.Done, job.Attempts) : default);
    }

    [Fact]
    public async Task Given_work_at_its_third_piece_When_the_process_stops_and_another_begins_Then_no_piece_is_done_twice_and_none_is_left_out()
    {
        var gate = _probe.Hold(First, "long", 3);
        await StartAsync(First, new ProbeWork("long", 5));
        await gate.EnteredAsync();

        await _server.StopAsync();
        gate.Open();
        await _server.StartAsync();
        await _server.DrainAsync();

        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"probe:long:{i}"), (await RowsAsync(First, "SELECT \"Subject\" FROM audit WHERE \"Action\" = 'probe' ORDER BY \"Id\"")).Select(r => r[0]!));
        Assert.Equal(5, (await RowsAsync(First, "SELECT \"Number\" FROM job_lines")).Count);
        Assert.Equal((JobOutcomes.Done, 1), await JobAsync(First) is var job ? (job.Outcome, job.Attempts) : default);
    }

    [Fact]
    public async Task Given_a_worker_that_was_taken_for_dead_When_it_comes_back_Then_what_it_writes_is_refused()
    {
        var gate = _probe.Hold(First, "late", 2);
        await StartAsync(First, new ProbeWork("late", 3));
        await gate.EnteredAsync();

        await new Database(_server, First).ExecuteAsync($"UPDATE jobs SET \"LeasedBy\" = '{Guid.NewGuid().ToString().ToUpperInvariant()}' WHERE \"Kind\" = 'probe'");
        gate.Open();
        await _server.DrainAsync();
        Assert.Equal(1, await EffectsAsync(First, "late"));

        await _server.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(3, await EffectsAsync(First, "late"));
    }

    [Fact]
    public async Task Given_work_on_the_way_and_work_that_waits_When_both_are_cancelled_Then_the_one_stops_behind_its_piece_and_the_other_never_begins()
    {
        var gate = _probe.Hold(First, "running", 2);
        var running = await StartAsync(First, new ProbeWork("running", 5));
        await gate.EnteredAsync();
        var waiting = await StartAsync(First, new ProbeWork("waiting", 5));

        foreach (var id in new[] { running, waiting }) Assert.True(await InAsync(First, store => store.CancelAsync(id, _server.Clock.GetUtcNow(), default)));
        gate.Open();
        await _server.DrainAsync();

        Assert.Equal([JobOutcomes.Cancelled, JobOutcomes.Cancelled], await InAsync(First, store => store.Set<Job>().Where(j => j.Kind == ProbeModule.Work).Select(j => j.Outcome!).ToArrayAsync()));
        Assert.Equal((2, 0), (await EffectsAsync(First, "running"), await EffectsAsync(First, "waiting")));
        Assert.False(await InAsync(First, store => store.CancelAsync(running, _server.Clock.GetUtcNow(), default)));
    }

    [Fact]
    public async Task Given_two_machines_at_the_same_work_When_both_do_all_they_can_Then_each_piece_and_each_message_was_done_once()
    {
        await using var beside = await _server.BesideAsync();
        foreach (var tenant in new[] { First, Second })
        {
            for (var i = 0; i < 15; i++) await SendAsync(tenant, $"m{i}");
            for (var i = 0; i < 3; i++) await StartAsync(tenant, new ProbeWork($"w{i}", 5));
        }

        for (var tries = 0; tries < 50 && await LeftAsync(First) + await LeftAsync(Second) > 0; tries++) await Task.WhenAll(_server.DrainAsync(), beside.DrainAsync());

        foreach (var tenant in new[] { First, Second })
        {
            var done = (await RowsAsync(tenant, "SELECT \"Subject\", COUNT(*) FROM audit WHERE \"Action\" = 'probe' GROUP BY \"Subject\"")).Select(r => (r[0]!, r[1]!)).ToList();
            Assert.Equal(15 + (3 * 5), done.Count);
            Assert.All(done, d => Assert.Equal("1", d.Item2));
            Assert.Empty(await RowsAsync(tenant, "SELECT \"Id\" FROM jobs WHERE \"Kind\" LIKE 'probe%' AND (\"Attempts\" <> 1 OR \"DoneAt\" IS NULL)"));
        }
    }

    [Fact]
    public async Task Given_work_that_took_its_worker_down_five_times_When_taken_up_again_Then_it_ends_as_failed_and_the_next_has_its_turn()
    {
        await StartAsync(First, new ProbeWork("poison", 1), job => job.Attempts = 5);
        await StartAsync(First, new ProbeWork("behind", 1));
        await _server.DrainAsync();

        Assert.Equal((0, 1), (await EffectsAsync(First, "poison"), await EffectsAsync(First, "behind")));
        Assert.Contains("已中断 5 次", (await RowsAsync(First, "SELECT \"Text\" FROM job_lines ORDER BY \"Number\"")).Select(r => r[0]!).First(t => t.Contains("中断", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private async Task<Guid> StartAsync(string tenant, ProbeWork work, Action<Job>? change = null)
    {
        var now = _server.Clock.GetUtcNow();
        var job = new Job { Id = Guid.CreateVersion7(now), Kind = ProbeModule.Work, PayloadJson = JsonSerializer.Serialize(work), Title = work.Name, IsLong = true, CreatedAt = now, DueAt = now };
        change?.Invoke(job);
        await InAsync(tenant, store => Task.FromResult(store.Add(job)));
        return job.Id;
    }

    private Task SendAsync(string tenant, string name) => InAsync(tenant, store =>
    {
        store.Enqueue(ProbeModule.Message, new ProbeWork(name, 1), _server.Clock.GetUtcNow());
        return Task.FromResult(true);
    });

    private Task<T> InAsync<T>(string tenant, Func<Store, Task<T>> work)
    {
        var tenants = _server.Services.GetRequiredService<Tenants>();
        return tenants.RunAsync(tenant, async services =>
        {
            var store = services.GetRequiredService<Store>();
            await using var transaction = await StoreTransaction.BeginAsync(store);
            var answer = await work(store);
            await transaction.CommitAsync();
            services.GetRequiredService<OutboxSignal>().Raise(tenants.Find(tenant)!);
            return answer;
        });
    }

    private Task<int> LeftAsync(string tenant) => InAsync(tenant, store => store.Set<Job>().CountAsync(j => j.DoneAt == null && j.Kind.StartsWith("probe")));

    private Task<Job> JobAsync(string tenant) => InAsync(tenant, store => store.Set<Job>().AsNoTracking().SingleAsync(j => j.Kind == ProbeModule.Work));

    private async Task<int> EffectsAsync(string tenant, string name) => (await RowsAsync(tenant, $"SELECT \"Subject\" FROM audit WHERE \"Subject\" = 'probe:{name}' OR \"Subject\" LIKE 'probe:{name}:%'")).Count;

    private Task<IReadOnlyList<IReadOnlyList<string?>>> RowsAsync(string tenant, string sql) => new Database(_server, tenant).RowsAsync(sql);
}
