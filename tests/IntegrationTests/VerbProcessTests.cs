using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Every verb once as a shell sees it: a process, its exit code, its output. What each decides has tests without a process.</summary>
public sealed class VerbProcessTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("help", 0, "用法")]
    [InlineData("tenants list", 0, "hangzhou")]
    [InlineData("migrate", 0, "hangzhou：")]
    [InlineData("recipe plan hangzhou", 0, "没有变化")]
    [InlineData("changes list hangzhou", 0, "general-check")]
    [InlineData("rules facts --station hangzhou", 0, "hb")]
    [InlineData("people list hangzhou", 0, "hs01")]
    [InlineData("verify hangzhou", 0, "证据")]
    [InlineData("restore none.zip", 2, "none.zip")]
    [InlineData("no such verb", 2, "没有命令")]
    public async Task Given_a_verb_When_called_from_a_shell_Then_exit_code_and_words_are_there(string call, int exit, string words)
    {
        var (code, output, error) = await shared.Server.ProcessAsync(call.Split(' '));

        Assert.True(code == exit && (output + error).Contains(words, StringComparison.Ordinal), $"exit {code}\n{output}\n{error}");
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_station_When_backed_up_and_a_pin_is_reset_from_a_shell_Then_both_are_done()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("verbs-").FullName, "hangzhou.zip");

        var (backed, output, error) = await shared.Server.ProcessAsync(["backup", "hangzhou", file]);
        var (reset, said, _) = await shared.Server.ProcessAsync(["people", "reset-pin", "hangzhou", "hs01"]);

        Assert.True(backed == 0 && new FileInfo(file).Length > 0, output + error);
        Assert.Equal((0, true), (reset, said.Contains("hs01 的 PIN 已清除", StringComparison.Ordinal)));
    }
}
