using System.Net.Sockets;
using System.Security.Cryptography;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Stores and their master key belong together. Where they do not, the process says so with the remedy, listens on no port and writes nothing.</summary>
[Trait("Store", "postgres")]
public sealed class StoreKeyTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;
    private ServerProcess _server = null!;

    public async Task InitializeAsync() =>
        _server = await FirstStarted.AsItShips.CopyAsync(Installation.OnPostgres, (folder, like) => ServerProcess.InstallAsync(folder, null, like));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Given_stores_whose_master_key_is_gone_When_started_Then_no_new_one_is_made()
    {
        File.Delete(KeyFile);

        await RefusedAsync("主密钥", "master.key", "恢复");

        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public async Task Given_stores_and_a_new_master_key_When_started_Then_both_fingerprints_are_told()
    {
        await File.WriteAllTextAsync(KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        await RefusedAsync("主密钥", "指纹", "恢复");
    }

    [Fact]
    public async Task Given_stores_and_a_master_key_of_another_installation_in_the_environment_When_started_Then_it_is_refused_and_the_right_one_starts()
    {
        var right = await File.ReadAllTextAsync(KeyFile);
        _server.Environment["BLOODSTATION_MASTER_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        await RefusedAsync("主密钥", "指纹");

        _server.Environment["BLOODSTATION_MASTER_KEY"] = right;
        File.Delete(KeyFile);
        await _server.StartAsync();
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("/////////////////////////////////////////w==")]
    [InlineData("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64 at all")]
    public async Task Given_a_master_key_anybody_would_guess_or_none_at_all_When_a_first_start_is_tried_Then_it_is_refused(string key)
    {
        await using var empty = await ServerProcess.InstallAsync();
        empty.Environment["BLOODSTATION_MASTER_KEY"] = key;

        var (exit, output, error) = await empty.ProcessAsync(["--Urls=" + empty.Address]);

        Assert.True(exit == 1 && error.Contains("主密钥", StringComparison.Ordinal) && !error.Contains("   at ", StringComparison.Ordinal), output + error);
        Assert.Empty(Directory.GetFiles(empty.AppData));
    }

    [Fact]
    public async Task Given_a_lost_host_store_When_started_Then_no_other_is_made_and_its_backup_brings_everything_back()
    {
        await _server.StartAsync();
        var staff = new Staff(_server);
        var nurse = await staff.SignInAsync("hangzhou", "hs01");
        await _server.StopAsync();
        var backup = Path.Combine(_folder, "host.zip");
        var (exit, output, error) = await _server.ProcessAsync(["backup", "host", backup]);
        Assert.True(exit == 0, output + error);
        await LoseHostStoreAsync();

        await RefusedAsync("主机库", "restore");

        (exit, output, error) = await _server.ProcessAsync(["restore", backup]);
        Assert.True(exit == 0, output + error);
        await _server.StartAsync();
        Assert.Equal(200, (await nurse.GetAsync("/worklist")).Status);
        await _server.StopAsync();
        Assert.Equal(2, (await _server.ProcessAsync(["restore", backup])).Exit);
    }

    [Fact]
    public async Task Given_a_backup_of_the_host_store_under_another_key_or_changed_When_restored_Then_it_is_refused()
    {
        var backup = Path.Combine(_folder, "host.zip");
        Assert.Equal(0, (await _server.ProcessAsync(["backup", "host", backup])).Exit);
        await LoseHostStoreAsync();
        var right = await File.ReadAllTextAsync(KeyFile);
        _server.Environment["BLOODSTATION_MASTER_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

        var (exit, _, error) = await _server.ProcessAsync(["restore", backup]);

        Assert.True(exit == 2 && error.Contains("主密钥", StringComparison.Ordinal), error);
        _server.Environment["BLOODSTATION_MASTER_KEY"] = right;
        using (var zip = System.IO.Compression.ZipFile.Open(backup, System.IO.Compression.ZipArchiveMode.Update)) zip.GetEntry("tables/tenants.jsonl")!.Delete();
        (exit, _, error) = await _server.ProcessAsync(["restore", backup]);
        Assert.True(exit == 2 && error.Contains("tenants", StringComparison.Ordinal), error);
    }

    [Fact]
    public async Task Given_the_stores_of_two_stations_swapped_When_started_Then_it_names_them()
    {
        if (_server.Postgres is null)
        {
            File.Move(StoreFile("hangzhou"), StoreFile("x"));
            File.Move(StoreFile("shaoxing"), StoreFile("hangzhou"));
            File.Move(StoreFile("x"), StoreFile("shaoxing"));
        }
        else
            await new Database(_server, "host").ExecuteAsync("ALTER SCHEMA t_hangzhou RENAME TO t_x; ALTER SCHEMA t_shaoxing RENAME TO t_hangzhou; ALTER SCHEMA t_x RENAME TO t_shaoxing");

        await RefusedAsync("hangzhou", "另一");
    }

    [Fact]
    public async Task Given_a_stations_store_of_another_installation_When_started_Then_it_is_refused()
    {
        await using var other = await ProductHost.InstallAsync();
        File.Copy(KeyFile, Path.Combine(other.AppData, "master.key"));
        await other.StartAsync();
        await other.StopAsync();
        if (_server.Postgres is null) File.Copy(Path.Combine(other.AppData, "shaoxing.db"), StoreFile("shaoxing"), overwrite: true);
        else
        {
            var identity = (await new Database(other, "shaoxing").RowsAsync("SELECT \"Installation\" FROM store_identity"))[0][0];
            await new Database(_server, "shaoxing").ExecuteAsync($"UPDATE store_identity SET \"Installation\" = '{identity}'");
        }

        await RefusedAsync("shaoxing", "另一");
    }

    [Fact]
    public async Task Given_a_stations_store_is_gone_When_started_Then_no_empty_one_takes_its_place()
    {
        if (_server.Postgres is null) File.Delete(StoreFile("hangzhou"));
        else await new Database(_server, "host").ExecuteAsync("DROP SCHEMA t_hangzhou CASCADE");

        await RefusedAsync("hangzhou", "restore");

        if (_server.Postgres is null) Assert.False(File.Exists(StoreFile("hangzhou")));
    }

    [Fact]
    public async Task Given_a_store_left_behind_by_a_station_nobody_knows_any_more_When_it_would_be_set_up_Then_it_is_refused_and_kept()
    {
        await new Database(_server, "host").ExecuteAsync("DELETE FROM tenants WHERE \"Name\" = 'shaoxing'");

        await RefusedAsync("shaoxing", "已有数据");
    }

    [Fact]
    public async Task Given_a_wrong_master_key_When_a_verb_is_called_Then_it_refuses_too()
    {
        await File.WriteAllTextAsync(KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        foreach (var verb in new[] { "people list hangzhou", "verify hangzhou", "people reset-password hangzhou jd01", "migrate" })
        {
            var (exit, output, error) = await _server.ProcessAsync(verb.Split(' '));
            Assert.True(exit == 2 && error.Contains("主密钥", StringComparison.Ordinal), verb + output + error);
        }
    }

    private string KeyFile => Path.Combine(_server.AppData, "master.key");

    private string StoreFile(string tenant) => Path.Combine(_server.AppData, tenant + ".db");

    private async Task LoseHostStoreAsync()
    {
        if (_server.Postgres is null) foreach (var file in Directory.GetFiles(_server.AppData, "host.db*")) File.Delete(file);
        else await new Database(_server, "host").ExecuteAsync("DROP SCHEMA host CASCADE");
    }

    /// <summary>The start ends by itself with these words; meanwhile nobody was let in, and everything is as it was.</summary>
    private async Task RefusedAsync(params string[] words)
    {
        var before = await StateAsync();
        var running = _server.ProcessAsync(["--Urls=" + _server.Address]);
        var listened = false;
        while (!running.IsCompleted)
        {
            listened |= await ListensAsync();
            await Task.WhenAny(running, Task.Delay(50));
        }
        var (exit, output, error) = await running;

        Assert.True(exit == 1 && !listened, output + error);
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Equal(before, await StateAsync());
    }

    private async Task<bool> ListensAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Digests of all files, or the counts of all rows.</summary>
    private async Task<List<string>> StateAsync()
    {
        var files = Directory.GetFiles(_server.AppData).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal) && new FileInfo(f).Length > 0)
            .Select(f => Path.GetFileName(f) + " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));
        if (_server.Postgres is null) return [.. files.Order(StringComparer.Ordinal)];
        var rows = await new Database(_server, "host").RowsAsync(
            "SELECT schemaname || '.' || relname || ' ' || (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I.%I', schemaname, relname), false, true, '')))[1]::text FROM pg_stat_user_tables");
        return [.. files.Concat(rows.Select(r => r[0]!)).Order(StringComparer.Ordinal)];
    }
}
