using System.Globalization;
using System.Text.RegularExpressions;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Donors of an earlier system: a history that would let a donor pass by being half there is refused.</summary>
public sealed class DonorImportTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private readonly Database _database = new(shared.Server, "hangzhou");
    private readonly string _file = Path.GetTempFileName();
    private readonly string _idNumber = Visiting.NewIdNumber();

    [Theory]
    [InlineData("""{ "type": "platelets", "on": "2026-10-01", "volumeMl": 250 }""", "$[1].donations[0].type")]
    [InlineData("""{ "type": "whole-blood", "on": "2199-10-01", "volumeMl": 400 }""", "$[1].donations[0].on")]
    [InlineData("""{ "type": "whole-blood", "on": "2026-10-01", "volumeMl": -400 }""", "$[1].donations[0].volumeMl")]
    [InlineData("""{ "type": "whole-blood", "on": "2026-10-01" }""", "$[1].donations[0].volumeMl")]
    [InlineData("""{ "type": "whole-blood", "on": "2026-10-01", "volumeMl": 200 }, { "type": "whole-blood", "on": "2026-10-01", "volumeMl": 200 }""", "$[1].donations[1]")]
    public async Task Given_a_donation_that_cannot_be_believed_When_imported_Then_entry_and_field_are_named_and_nobody_is_imported(string donations, string path)
    {
        var other = Visiting.NewIdNumber();
        var (exit, _, error) = await ImportAsync($$"""[{ "idNumber": "{{other}}", "name": "甲" }, { "idNumber": "{{_idNumber}}", "name": "乙", "donations": [{{donations}}] }]""");

        Assert.NotEqual(0, exit);
        Assert.Contains(path, error, StringComparison.Ordinal);
        Assert.True((await FindAsync(other)).Has("本站没有这位献血者的档案"));
    }

    [Theory]
    [InlineData("""{ "from": "2026-01-01", "reason": "HBsAg" }""", "$[0].deferrals[0].until")]
    [InlineData("""{ "from": "2026-01-01", "until": "2027-01-01", "permanent": true, "reason": "HBsAg" }""", "$[0].deferrals[0].until")]
    [InlineData("""{ "from": "2199-01-01", "permanent": true, "reason": "HBsAg" }""", "$[0].deferrals[0].from")]
    [InlineData("""{ "type": "all", "from": "2026-01-01", "permanent": true, "reason": "HBsAg" }""", "$[0].deferrals[0].type")]
    public async Task Given_a_deferral_that_cannot_be_believed_When_imported_Then_its_field_is_named(string deferral, string path)
    {
        var (exit, _, error) = await ImportAsync($$"""[{ "idNumber": "{{_idNumber}}", "name": "乙", "deferrals": [{{deferral}}] }]""");
        Assert.NotEqual(0, exit);
        Assert.Contains(path, error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Store", "postgres")]
    public async Task Given_a_donor_already_registered_When_an_earlier_history_is_imported_twice_Then_it_is_there_once()
    {
        var nurse = await shared.Staff.SignInAsync("hangzhou", "hs01");
        await nurse.RegisterOnlyAsync(Visiting.Registration(_idNumber));
        var file = $$"""
            [{ "idNumber": "{{_idNumber}}", "name": "乙",
               "donations": [{ "type": "apheresis-platelets", "on": "2026-05-04", "volumeMl": 251 }, { "type": "whole-blood", "on": "2025-05-04", "volumeMl": 400, "reaction": true }],
               "deferrals": [{ "from": "2026-06-01", "permanent": true, "reason": "HBsAg 阳性" }] }]
            """;

        var (first, second) = (await ImportAsync(file), await ImportAsync(file));

        Assert.True(first.Exit == 0 && first.Output.Contains("新增 0 人，补入献血 2 次、暂缓 1 条", StringComparison.Ordinal), first.Output + first.Error);
        Assert.Contains("新增 0 人，补入献血 0 次、暂缓 0 条", second.Output, StringComparison.Ordinal);
        var page = await FindAsync(_idNumber);
        Assert.Single(Regex.Matches(page.Body, "251 mL"));
        Assert.True(page.Has("HBsAg 阳性") && page.Has("永久"), Visiting.Words(page));
        var elsewhere = await ElsewhereAsync();
        Assert.True(elsewhere.Has("251 mL") && elsewhere.Has("永久") && !elsewhere.Has("HBsAg"), Visiting.Words(elsewhere));
    }

    [Fact]
    public async Task Given_an_ID_number_with_a_small_x_When_imported_Then_the_donor_and_the_history_are_found()
    {
        var idNumber = Visiting.NewIdNumber();
        while (!idNumber.EndsWith('X')) idNumber = Visiting.NewIdNumber();

        var (exit, _, error) = await ImportAsync($$"""[{ "idNumber": "{{idNumber.ToLowerInvariant()}}", "name": "乙", "donations": [{ "type": "apheresis-platelets", "on": "2026-05-04", "volumeMl": 252 }] }]""");

        Assert.Equal((0, ""), (exit, error));
        Assert.True((await FindAsync(idNumber)).Has("252 mL"));
    }

    [Fact]
    public async Task Given_a_reaction_at_another_station_When_a_donor_over_55_registers_and_says_no_Then_the_age_limit_holds()
    {
        var born = DateOnly.FromDateTime(DateTime.UtcNow).AddYears(-57);
        var (calm, unwell) = (NumberOf(born, 901), NumberOf(born, 903));
        string Entry(string id, string reaction) => $$"""{ "idNumber": "{{id}}", "name": "乙", "donations": [{ "type": "apheresis-platelets", "on": "2024-05-04", "volumeMl": 250, "reaction": {{reaction}} }] }""";
        Assert.Equal(0, (await ImportAsync($"[{Entry(calm, "false")}, {Entry(unwell, "true")}]")).Exit);
        var nurse = await shared.Staff.SignInAsync("shaoxing", "hs01");

        var allowed = await nurse.RegisterOnlyAsync(Visiting.Registration(calm));
        var answer = await nurse.PostRegistrationAsync(Visiting.Registration(unwell));

        Assert.Equal(200, (await nurse.GetAsync($"/visits/{allowed}/steps/consent-inquiry")).Status);
        Assert.True(answer.Has("超过 55 周岁"), Visiting.Words(answer));
    }

    public void Dispose() => File.Delete(_file);

    private async Task<(int Exit, string Output, string Error)> ImportAsync(string json)
    {
        await File.WriteAllTextAsync(_file, json);
        return await shared.Server.VerbAsync(["donors", "import", "hangzhou", _file]);
    }

    /// <summary>The donor's page, or the list that says there is none.</summary>
    private async Task<Answer> FindAsync(string idNumber)
    {
        var person = await shared.Staff.AtAsync("hangzhou", "jd01");
        await person.GetAsync("/donors");
        var found = await person.PostAsync("/donors/find", ("idNumber", idNumber));
        return found.Status == 302 ? await person.GetAsync(found.Location![person.Prefix.Length..]) : found;
    }

    private async Task<Answer> ElsewhereAsync()
    {
        var person = await shared.Staff.AtAsync("shaoxing", "jd01");
        await person.GetAsync("/registration");
        return await person.PostAsync("/registration/find", ("idNumber", _idNumber));
    }

    /// <summary>An invented number of somebody born on a day, with its check digit (GB 11643).</summary>
    private static string NumberOf(DateOnly born, int order)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $"330198{born:yyyyMMdd}{order:000}");
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        return body + "10X98765432"[body.Select((digit, i) => (digit - '0') * weights[i]).Sum() % 11];
    }
}
