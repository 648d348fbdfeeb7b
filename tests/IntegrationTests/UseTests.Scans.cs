using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>One box takes every number the station prints, and identity cards, as scanners and input methods give them.</summary>
public sealed partial class UseTests
{
    private static readonly SemaphoreSlim Once = new(1);
    private static Dictionary<string, string>? _numbers;

    [Theory]
    [InlineData("donation", "{0}")]
    [InlineData("sample", "{0}")]
    [InlineData("queue", "{0}")]
    [InlineData("visit", "{0}")]
    [InlineData("archive", "{0}")]
    [InlineData("archive", "{0:lower}")]
    [InlineData("id", "{0}")]
    [InlineData("id", "{0:lower}")]
    [InlineData("donation", "]C1{0}")]
    [InlineData("sample", "*{0}*")]
    [InlineData("donation", "A{0}B")]
    [InlineData("sample", "  {0}\t")]
    [InlineData("donation", "{0:wide}")]
    [InlineData("id", "{0:wide}")]
    [InlineData("archive", "d'{0:digits}")]
    [InlineData("sample", "{0:split}")]
    public async Task Given_a_number_of_the_visit_When_scanned_as_it_may_come_Then_the_visit_opens(string kind, string form)
    {
        var (nurse, numbers) = (await NurseAsync(), await NumbersAsync());
        var answer = await FindAsync(nurse, Written(form, numbers[kind]));

        Assert.Equal(302, answer.Status);
        Assert.EndsWith($"/visits/{numbers["visit"]}", answer.Location, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("donation", "{0:first}", "不完整")]
    [InlineData("donation", "{0:last}", "不完整")]
    [InlineData("id", "{0:first}", "不完整")]
    [InlineData("sample", "{0:first}", "不完整")]
    [InlineData("donation", "{0}{0:first}", "再扫一次")]
    [InlineData("donation", "9910126999999", "没有找到")]
    [InlineData("id", "33010219900315102X", "没有找到")]
    public async Task Given_half_a_scan_two_in_one_or_a_strange_number_When_scanned_Then_nothing_opens_and_it_is_said_why(string kind, string form, string words)
    {
        var (nurse, numbers) = (await NurseAsync(), await NumbersAsync());
        var answer = await FindAsync(nurse, Written(form, numbers[kind]));

        Assert.Equal(404, answer.Status);
        Assert.Contains(words, Part(answer, "class=\"notice notice--error\".*?</p>"), StringComparison.Ordinal);
        Assert.DoesNotContain("33010219900315102X", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_label_field_When_the_scanner_adds_its_own_signs_Then_they_are_not_taken_for_another_number()
    {
        var nurse = await NurseAsync();
        var idNumber = Visiting.NewIdNumber();
        var visit = await nurse.RunVisitAsync(Donor("扫码甲", idNumber), mpv: true);
        var number = await nurse.DonationNumberAsync(visit);
        var check = Collecting.BeforeCheck(idNumber, number);

        Assert.Equal(422, (await nurse.PostStepAsync(visit, "pre-collection-check", new(check) { ["tubeLabel"] = number[..7] })).Status);
        await nurse.CompleteAsync(visit, "pre-collection-check", new(check) { ["recordLabel"] = "]C1" + number, ["kitLabel"] = $"*{number}*", ["tubeLabel"] = Written("{0:wide}", number), ["bedsideDocument"] = $"*{idNumber}*" });
    }

    private static async Task<Answer> FindAsync(Browser nurse, string typed)
    {
        await nurse.GetAsync("/worklist");
        return await nurse.PostAsync("/visits/find", ("number", typed));
    }

    /// <summary>Every number one visit has, with a donation on record for it.</summary>
    private async Task<Dictionary<string, string>> NumbersAsync()
    {
        await Once.WaitAsync();
        try
        {
            if (_numbers is not null) return _numbers;
            var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
            var visit = await nurse.RunVisitAsync(Donor("扫码乙", idNumber), mpv: true);
            var row = (await new Database(shared.Server, Station).RowsAsync($"""SELECT v."DonationNumber", v."SampleNumber", v."QueueNumber", d."ArchiveNumber" FROM visits v JOIN donors d ON d."Id" = v."DonorId" WHERE lower(CAST(v."Id" AS text)) = '{visit}'"""))[0];
            return _numbers = new() { ["visit"] = visit.ToString(), ["donation"] = row[0]!, ["sample"] = row[1]!, ["queue"] = row[2]!.PadLeft(3, '0'), ["archive"] = row[3]!, ["id"] = idNumber };
        }
        finally
        {
            Once.Release();
        }
    }

    private static string Written(string form, string number) => form.Replace("{0}", number, StringComparison.Ordinal)
        .Replace("{0:lower}", number.ToLowerInvariant(), StringComparison.Ordinal).Replace("{0:wide}", string.Concat(number.Select(c => (char)(c + 0xfee0))), StringComparison.Ordinal)
        .Replace("{0:digits}", number[1..], StringComparison.Ordinal).Replace("{0:split}", string.Join(' ', number.Chunk(4).Select(p => new string(p))), StringComparison.Ordinal)
        .Replace("{0:first}", number[..(number.Length / 2)], StringComparison.Ordinal).Replace("{0:last}", number[(number.Length / 2)..], StringComparison.Ordinal);
}
