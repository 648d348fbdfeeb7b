using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Whatever leaves the station, on paper or as a file, is in the audit: who, what, when.</summary>
public sealed class ExportAuditTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Station = "hangzhou";
    private readonly Database _database = new(shared.Server, Station);

    [Fact]
    public async Task Given_a_backup_of_the_station_When_written_Then_the_audit_says_that_everything_left_and_into_which_file()
    {
        var file = Path.Combine(shared.Server.AppData, "export.zip");

        Assert.Equal(0, (await shared.Server.VerbAsync(["backup", Station, file])).Exit);

        var row = Assert.Single(await _database.RowsAsync("SELECT \"PersonName\", \"New\" FROM audit WHERE \"Action\" = '导出备份'"));
        Assert.True(row[0]!.Length > 0 && row[1] == "export.zip", string.Join(' ', row));
    }

    [Fact]
    public async Task Given_papers_and_records_of_a_visit_When_opened_Then_each_is_in_the_audit_with_who_and_one_that_is_refused_is_not()
    {
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        var visit = await nurse.RunVisitAsync(Visiting.Registration(Visiting.NewIdNumber()), mpv: true);
        var stranger = await shared.Staff.AtAsync(Station, "da01");

        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/documents/sample-label.pdf")).Status);
        await stranger.GetAsync($"/visits/{visit}/documents/nothing.pdf");

        var rows = await _database.RowsAsync($"SELECT \"Action\", \"PersonName\" FROM audit WHERE \"Subject\" = 'visit:{visit}' AND \"Action\" LIKE '打印%'");
        Assert.Equal("多面手护士甲", Assert.Single(rows)[1]);
    }
}
