using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Full names and numbers are shown by one right and for one kind of reason, wherever they stand.</summary>
public sealed partial class UseTests
{
    [Fact]
    public async Task Given_a_record_on_file_When_it_is_opened_Then_a_reason_is_asked_once_and_written_down_for_whoever_has_the_right()
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var visit = await nurse.RunVisitAsync(Donor("保密甲", idNumber), mpv: true);
        using var doctor = await shared.Staff.SignInAsync(Station, "gl01");
        var record = $"/visits/{visit}/records/record-consent-v1.pdf";
        var asked = await doctor.GetAsync(record);
        Assert.Equal((200, true, false), (asked.Status, asked.Has("查看完整信息的原因"), asked.Has("%PDF")));

        var reveal = System.Text.RegularExpressions.Regex.Match(asked.Body, "action=\"/hangzhou(/donors/[0-9a-f-]+/reveal)\"").Groups[1].Value;
        Assert.Equal(422, (await doctor.PostAsync(reveal, ("reason", ""), ("then", record))).Status);
        var opened = await doctor.PostAsync(reveal, ("reason", "核对记录单据"), ("then", record));
        Assert.Equal((302, "/hangzhou" + record), (opened.Status, opened.Location));
        Assert.StartsWith("%PDF", (await doctor.GetAsync(record)).Body, StringComparison.Ordinal);
        Assert.Contains("核对记录单据", Part(await doctor.GetAsync($"/visits/{visit}"), "<h2>操作记录</h2>.*?</table>"), StringComparison.Ordinal);
        Assert.Equal(403, (await (await shared.Staff.AtAsync(Station, "jd01")).GetAsync(record)).Status);

        shared.Server.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.True((await doctor.GetAsync(record)).Has("查看完整信息的原因"));
    }

    [Theory]
    [InlineData("https://evil.example/x")]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example")]
    public async Task Given_an_address_elsewhere_When_named_as_the_way_on_Then_nobody_is_led_there(string then)
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        await nurse.RegisterOnlyAsync(Donor("保密乙", idNumber));
        var administrator = await shared.Staff.AtAsync(Station, "gl01");
        await administrator.GetAsync("/donors");
        var donor = (await administrator.PostAsync("/donors/find", ("idNumber", idNumber))).Location!["/hangzhou".Length..];
        await administrator.GetAsync(donor);
        var answer = await administrator.PostAsync(donor + "/reveal", ("reason", "核对证件"), ("then", then));

        Assert.True(answer.Status == 200 && answer.Location is null, $"{answer.Status} {answer.Location}");
    }

    [Fact]
    public async Task Given_an_archived_visit_When_looked_at_Then_page_report_and_forms_keep_the_name_until_a_reason_is_given()
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var visit = await nurse.RegisterOnlyAsync(Donor("司徒归档", idNumber));
        await nurse.InquireAsync(visit);
        await nurse.CompleteAsync(visit, "general-check", new(Visiting.GeneralCheck()) { ["systolic"] = "180" });
        var archivist = await shared.Staff.AtAsync(Station, "da01");
        await archivist.GetAsync("/archive/runs");
        var job = await archivist.PostAsync("/archive/runs/outstanding", []);
        await archivist.DoneAsync(job.Location!["/hangzhou".Length..]);
        await archivist.GetAsync("/archive");
        var list = await archivist.GetAsync((await archivist.PostAsync("/archive/find", ("document", idNumber))).Location!["/hangzhou".Length..]);
        var item = System.Text.RegularExpressions.Regex.Match(list.Body, "/archive/([0-9a-f-]{36})").Groups[1].Value;
        var page = await archivist.GetAsync($"/archive/{item}");

        Assert.False(page.Has("司徒归档") || page.Has(idNumber));
        Assert.True((await archivist.GetAsync($"/archive/{item}/v1/documents/record-consent.pdf")).Has("查看完整信息的原因"));
        var revealed = await archivist.PostAsync($"/archive/{item}/reveal", ("reason", "核对档案"));
        Assert.True(revealed.Has("司徒归档") && revealed.Has(idNumber), Visiting.Words(revealed));
        Assert.StartsWith("%PDF", (await archivist.GetAsync($"/archive/{item}/v1/documents/record-consent.pdf")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/steps/pre-collection-check")]
    [InlineData("/steps/registration/amend")]
    public async Task Given_a_masked_number_When_a_page_of_the_visit_is_read_Then_nothing_on_it_gives_the_number_away(string page)
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var visit = await nurse.RunVisitAsync(new(Donor("保密丙", idNumber)) { ["address"] = "隐秘巷九十九号" }, mpv: true);
        var answer = await nurse.GetAsync($"/visits/{visit}{page}");
        var born = $"{idNumber[6..10]}-{idNumber[10..12]}-{idNumber[12..14]}";

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain([idNumber, born, idNumber[6..14], "保密丙", "隐秘巷九十九号"], secret => answer.Body.Contains(secret, StringComparison.Ordinal) || answer.Has(secret));
    }

    [Fact]
    public async Task Given_a_name_to_correct_When_only_it_is_typed_Then_everything_else_that_is_protected_stays()
    {
        var (nurse, idNumber) = (await NurseAsync(), Visiting.NewIdNumber());
        var visit = await nurse.RegisterOnlyAsync(Donor("保密丁", idNumber));
        await nurse.AmendAsync(visit, "registration", new(Visiting.Registration("")) { ["name"] = "保密戊", ["phone"] = "", ["address"] = "", ["pin-corrector"] = Staff.Pin });
        var administrator = await shared.Staff.AtAsync(Station, "gl01");
        await administrator.GetAsync("/donors");
        var donor = (await administrator.PostAsync("/donors/find", ("idNumber", idNumber))).Location!["/hangzhou".Length..];
        await administrator.GetAsync(donor);
        var revealed = await administrator.PostAsync(donor + "/reveal", ("reason", "核对证件"));

        Assert.True(revealed.Has("保密戊") && revealed.Has("13900000000") && revealed.Has(idNumber), Visiting.Words(revealed));
    }
}
