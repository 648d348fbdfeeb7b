using Harness;
using IntegrationTests.Support;
using Npgsql;
using Xunit;

namespace IntegrationTests;

/// <summary>Two transactions of PostgreSQL that wait for each other: it ends one of them, and whoever sent that one learns nothing of it.</summary>
public sealed class DeadlockTests : IAsyncLifetime
{
    private readonly TenantConfigCopy _configuration = new();
    private ProductHost _server = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        WaitingFlows.Configure(_configuration, TimeSpan.FromHours(1), Installation.FreePort());
        _server = await ProductHost.RunningAsync(_configuration.Folder, onPostgres: true);
        _staff = new Staff(_server);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _configuration.Dispose();
    }

    [Fact]
    public async Task Given_a_step_submitted_while_somebody_holds_its_task_and_wants_its_timer_When_the_database_ends_the_step_Then_it_is_done_again_and_once()
    {
        var nurse = await _staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var form = Visiting.WithHidden(await nurse.GetAsync($"/visits/{visit}/steps/general-check"), Visiting.GeneralCheck());
        await using var other = await OpenAsync();
        // Whoever looks for a deadlock first is ended: the step does, after a second.
        await DoAsync(other, "SET deadlock_timeout = '60s'");
        await using var holding = await other.BeginTransactionAsync();
        await DoAsync(other, $"UPDATE user_tasks SET \"EscalatedAt\" = 1 WHERE {WaitingFlowTests.Instance(visit)}");

        var submitting = nurse.PostAsync($"/visits/{visit}/steps/general-check", form);
        await WaitingForALockAsync();
        await DoAsync(other, $"UPDATE timers SET \"Attempts\" = 1 WHERE {WaitingFlowTests.Instance(visit)}");
        await holding.RollbackAsync();

        Assert.Equal(302, (await submitting).Status);
        Assert.Equal(1, await new Database(_server, "hangzhou").CountAsync($"submissions WHERE \"Step\" = 'general-check' AND lower(CAST(\"SubjectId\" AS text)) = '{visit}'"));
        Assert.Equal(0, await new Database(_server, "hangzhou").CountAsync($"timers WHERE \"DoneAt\" IS NULL AND {WaitingFlowTests.Instance(visit)}"));
    }

    [Fact]
    public async Task Given_steps_submitted_at_the_moment_their_limits_pass_When_both_are_written_Then_every_step_is_taken_and_no_timer_is_left()
    {
        var nurse = await _staff.AtAsync("hangzhou", "hs01");
        var forms = new List<(Guid Visit, Dictionary<string, string> Form)>();
        for (var i = 0; i < 12; i++)
        {
            var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
            forms.Add((visit, Visiting.WithHidden(await nurse.GetAsync($"/visits/{visit}/steps/general-check"), Visiting.GeneralCheck())));
        }

        _server.Clock.Advance(TimeSpan.FromHours(1));
        var passing = _server.DrainAsync();
        var answers = await Task.WhenAll(forms.Select(f => nurse.PostAsync($"/visits/{f.Visit}/steps/general-check", f.Form)));
        await passing;
        await _server.DrainAsync();

        Assert.All(answers, answer => Assert.Equal(302, answer.Status));
        Assert.Equal(0, await new Database(_server, "hangzhou").CountAsync("timers WHERE \"DoneAt\" IS NULL AND \"BookmarkKey\" = 'general-check'"));
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server.Postgres) { SearchPath = "t_hangzhou", Pooling = false }.ToString());
        await connection.OpenAsync();
        return connection;
    }

    private async Task WaitingForALockAsync()
    {
        await using var watching = await OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", watching);
        for (var until = DateTime.UtcNow.AddMinutes(1); (long)(await command.ExecuteScalarAsync())! == 0; await Task.Delay(10))
            if (DateTime.UtcNow > until) throw new TimeoutException("The step does not wait for the lock.");
    }

    private static async Task DoAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
