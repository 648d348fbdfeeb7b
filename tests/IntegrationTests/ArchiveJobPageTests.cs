using IntegrationTests.Support;
using Microsoft.Extensions.DependencyInjection;
using Platform.Jobs;
using Platform.Storage;
using Platform.Tenancy;
using Xunit;

namespace IntegrationTests;

/// <summary>Work of the archive that another machine is at: its page shows how far it is, and whoever may run it may stop it.</summary>
public sealed class ArchiveJobPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Station = "hangzhou";

    [Fact]
    public async Task Given_archiving_on_another_machine_When_cancelled_on_its_page_Then_it_is_asked_to_stop_and_the_audit_says_by_whom()
    {
        var (archivist, id) = (await shared.Staff.AtAsync(Station, "as-archivist"), await AtWorkAsync());
        var page = await archivist.GetAsync($"/archive/jobs/{id}");
        Assert.True(page.Has("3 / 10 次献血") && page.Has("取消作业") && page.Has("进行中"), page.Body);

        Assert.Equal((302, $"/hangzhou/archive/jobs/{id}"), await archivist.PostAsync($"/archive/runs/{id}/cancel") is var answer ? (answer.Status, answer.Location) : default);

        page = await archivist.GetAsync($"/archive/jobs/{id}");
        Assert.True(page.Has("正在停止") && !page.Has("取消作业"), page.Body);
        await archivist.PostAsync($"/archive/runs/{id}/cancel");
        Assert.NotEmpty(await new Database(shared.Server, Station).RowsAsync($"SELECT \"PersonName\" FROM audit WHERE \"Action\" = '取消作业' AND \"Subject\" = 'archive-job:{id}'"));
    }

    [Fact]
    public async Task Given_a_job_of_the_other_kind_When_cancelled_at_the_wrong_door_Then_there_is_none()
    {
        var (auditor, id) = (await shared.Staff.AtAsync(Station, "as-auditor"), await AtWorkAsync());
        await auditor.GetAsync($"/archive/jobs/{id}");

        Assert.Equal(403, (await auditor.PostAsync($"/archive/runs/{id}/cancel")).Status);
        Assert.Equal(404, (await auditor.PostAsync($"/archive/verify/{id}/cancel")).Status);
    }

    /// <summary>As if another machine held it for the next minute.</summary>
    private async Task<Guid> AtWorkAsync()
    {
        var now = shared.Server.Clock.GetUtcNow();
        var job = new Job
        {
            Id = Guid.CreateVersion7(now), Kind = "archive", Title = "归档全部未归档的献血", PayloadJson = $$"""{"Test":"{{Guid.NewGuid()}}"}""", IsLong = true, CreatedAt = now, DueAt = now,
            LeasedBy = Guid.NewGuid(), LeasedUntil = now.AddMinutes(1), Attempts = 1, Total = 10, Done = 3,
        };
        await shared.Server.Services.GetRequiredService<Tenants>().RunAsync(Station, async services =>
        {
            await using var transaction = await StoreTransaction.BeginAsync(services.GetRequiredService<Store>());
            services.GetRequiredService<Store>().Add(job);
            await transaction.CommitAsync();
        });
        return job.Id;
    }
}
