using System.Diagnostics;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A start that must not succeed says why and what to do, and leaves everything as it was.</summary>
[Trait("Store", "postgres")]
public sealed class StartTests
{
    [Fact]
    public async Task Given_an_empty_folder_When_started_by_the_first_command_of_the_README_Then_it_prints_addresses_and_accounts_and_serves_pages_with_what_they_need()
    {
        var address = $"http://127.0.0.1:{Installation.FreePort()}";
        var folder = Directory.CreateTempSubdirectory("first-command-").FullName;
        // As the README has it, but for the build, which this run has behind it.
        var info = new ProcessStartInfo("dotnet", ["run", "--no-build", "-c", "Release", "--project", "src/Web", "--", $"--Urls={address}", $"--AppData={folder}"])
        {
            WorkingDirectory = Installation.Repository, RedirectStandardOutput = true, StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        using var process = Process.Start(info)!;
        try
        {
            var said = await SaidAsync(process, "演示账号");
            using var http = new HttpClient { BaseAddress = new Uri(address) };

            Assert.Contains($"{address}/hangzhou", said, StringComparison.Ordinal);
            Assert.Contains($"{address}/shaoxing", said, StringComparison.Ordinal);
            foreach (var path in new[] { "/", "/hangzhou/sign-in", "/shaoxing/sign-in", "/site.css", "/site.js" }) Assert.Equal((path, 200), (path, (int)(await http.GetAsync(path)).StatusCode));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> SaidAsync(Process process, string last)
    {
        var said = new System.Text.StringBuilder();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            said.AppendLine(line);
            if (line.Contains(last, StringComparison.Ordinal)) return said.ToString();
        }
        throw new InvalidOperationException("It did not start:\n" + said);
    }

    [Fact]
    public async Task Given_pins_stored_below_the_floor_When_production_starts_or_verifies_Then_it_refuses_to_store_more_and_names_those_who_cannot_sign()
    {
        await using var server = await ProductHost.RunningAsync();
        await new Staff(server).AtAsync("hangzhou", "jd01");
        await server.StopAsync();
        foreach (var (name, value) in Production(server)) server.Environment[name] = value;

        var refused = await server.ProcessAsync(["--Urls=" + server.Address]);
        server.Environment["Pins__MemoryKiB"] = "19456";
        server.Environment["Pins__Passes"] = "2";
        var (exit, said, error) = await server.ProcessAsync(["verify", "hangzhou"]);

        Assert.Equal((1, true), (refused.Exit, refused.Error.Contains("Pins:MemoryKiB 或 Pins:Passes 低于生产环境的下限", StringComparison.Ordinal)));
        Assert.True(exit == 1, said + error);
        Assert.Contains("不符 jd01 登记员甲 的 PIN 以低于要求的强度保存", said, StringComparison.Ordinal);
        Assert.Contains("不符 登记员甲 的签名密钥以低于要求的强度保存", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_store_made_by_another_build_When_started_migrated_or_asked_for_Then_it_is_refused_in_words_and_not_touched()
    {
        await using var server = await ProductHost.RunningAsync();
        await server.StopAsync();
        var store = new Database(server, "hangzhou");
        await store.ExecuteAsync("""UPDATE migrations SET "MigrationId" = '20200101000000_WholeDonation'""");
        var before = await store.CountAsync("people");

        var (exit, _, error) = await server.ProcessAsync(["migrate"]);
        var refused = await Assert.ThrowsAsync<Platform.Storage.OtherBuildException>(async () =>
        {
            await new Database(server, "host").ExecuteAsync("""UPDATE tenants SET "SchemaVersion" = '20200101000000_WholeDonation' WHERE "Name" = 'hangzhou'""");
            await server.StartAsync();
        });

        Assert.Equal((2, true), (exit, error.Contains("20200101000000_WholeDonation", StringComparison.Ordinal) && error.Contains("1.0 以前", StringComparison.Ordinal)));
        Assert.Contains("移走数据", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await store.CountAsync("people"));
    }

    private static Dictionary<string, string> Production(Installation server) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production", ["Demo"] = "false", ["AllowedHosts"] = "127.0.0.1", ["BLOODSTATION_MASTER_KEY"] = File.ReadAllText(Path.Combine(server.AppData, "master.key")),
    };
}
