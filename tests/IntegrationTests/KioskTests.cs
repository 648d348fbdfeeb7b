using System.Text.RegularExpressions;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>The self-service terminal: who it is, what it shows and does not, and what it leaves behind.</summary>
public sealed partial class KioskTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Station = "hangzhou";

    [Fact]
    public async Task Given_a_known_and_an_unknown_number_When_typed_Then_every_page_of_the_registration_is_the_same_byte_for_byte()
    {
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        var (known, waiting, unknown) = (Visiting.NewIdNumber(), Visiting.NewIdNumber(), Visiting.NewIdNumber());
        await WithdrawAsync(nurse, await nurse.RegisterOnlyAsync(Visiting.Registration(known)));
        await nurse.RegisterOnlyAsync(Visiting.Registration(waiting));
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "比较");

        var seen = new List<string>();
        foreach (var (number, name) in new[] { (unknown, "演示献血者"), (known, "演示献血者"), (known, "别人"), (waiting, "别人") }) seen.Add(await RegistrationPagesAsync(terminal, number, name));

        Assert.Contains("联系电话", seen[0], StringComparison.Ordinal);
        Assert.All(seen, pages => Assert.Equal(seen[0], pages));
        Assert.DoesNotContain("演示献血者", seen[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_new_donor_When_everything_is_answered_and_signed_Then_the_visit_is_recorded_as_done_by_the_terminal()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "全程");
        var idNumber = Visiting.NewIdNumber();
        var sign = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, "自助甲"), Standing.Typed());
        Assert.False(sign.Has("自助甲"));
        var unsigned = await terminal.PostAsync(PathOf(sign), ("_move", "next"), ("_operation", sign.Hidden("_operation")), ("wet-donor", "yes"));
        Assert.Equal((422, true), (unsigned.Status, unsigned.Has("请在签名框内签名")));
        var answers = await Task.WhenAll(terminal.SignAsync(sign), terminal.SignAsync(sign));

        Assert.All(answers, a => Assert.EndsWith("/kiosk/done/room", a.Location, StringComparison.Ordinal));
        var visit = await VisitOfAsync(idNumber);
        var rows = await Database.RowsAsync($"SELECT \"Step\", \"PersonName\", \"SignersJson\" FROM submissions WHERE lower(CAST(\"SubjectId\" AS text)) = '{visit}' ORDER BY \"At\"");
        Assert.Equal(["registration 自助终端 全程", "consent-inquiry 自助终端 全程"], rows.Select(r => $"{r[0]} {r[1]}"));
        Assert.Contains("\"Method\":\"handwriting\"", rows[1][2], StringComparison.Ordinal);
        Assert.Contains("自助终端输入，证件待核对", Regex.Unescape(rows[1][2]!), StringComparison.Ordinal);
        Assert.Equal(302, (await terminal.GetAsync(PathOf(sign))).Status);
        Assert.Equal("0", (await Database.RowsAsync("SELECT count(*) FROM kiosk_sessions WHERE \"TerminalId\" IN (SELECT \"Id\" FROM kiosk_terminals WHERE \"Name\" = '全程')"))[0][0]);
    }

    [Fact]
    public async Task Given_a_visit_staff_have_registered_When_the_donor_comes_to_the_terminal_Then_he_goes_on_at_the_consent_with_nothing_filled_in()
    {
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        var idNumber = Visiting.NewIdNumber();
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(idNumber));
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "接着");
        var first = await terminal.IdentifyAsync(idNumber, "演示献血者");
        var page = await terminal.GetAsync("/kiosk/screen/1");
        var done = await terminal.SignAsync(await terminal.AnswerAllAsync(first, []));

        Assert.False(page.Has("联系电话") || page.Has("13900000000"));
        Assert.True(page.Has("知情同意"));
        Assert.EndsWith("/kiosk/done/room", done.Location, StringComparison.Ordinal);
        Assert.Equal(200, (await nurse.GetAsync($"/visits/{visit}/steps/general-check")).Status);
    }

    [Theory]
    [InlineData("330106199509123283", "沈一诺")]
    [InlineData("330104196801012154", "别人")]
    public async Task Given_a_deferred_donor_or_another_name_When_the_registration_is_done_Then_only_the_desk_is_named_and_nothing_is_registered(string idNumber, string name)
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "暂缓");
        var before = await Database.CountAsync("visits");
        var done = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, name), Standing.Typed());
        var page = await terminal.GetAsync("/kiosk/done/desk");

        Assert.EndsWith("/kiosk/done/desk", done.Location, StringComparison.Ordinal);
        Assert.Equal((200, "请到前台"), (page.Status, page.Headline));
        Assert.False(page.Has("暂缓") || page.Has("间隔") || page.Has(name));
        Assert.Equal(before, await Database.CountAsync("visits"));
    }

    [Fact]
    public async Task Given_the_consent_is_refused_When_answered_Then_the_desk_and_nothing_is_signed()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "不同意");
        var idNumber = Visiting.NewIdNumber();
        var done = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, "自助乙"), new(Standing.Typed()) { ["consentGiven"] = "no" });

        Assert.EndsWith("/kiosk/done/desk", done.Location, StringComparison.Ordinal);
        Assert.Single(await Database.RowsAsync($"SELECT 1 FROM submissions WHERE lower(CAST(\"SubjectId\" AS text)) = '{await VisitOfAsync(idNumber)}'"));
    }

    [Fact]
    public async Task Given_an_answer_that_defers_When_signed_Then_it_is_kept_and_the_desk_is_named_without_a_reason()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "饮酒");
        var today = DateOnly.FromDateTime(DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8)).DateTime);
        var sign = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(Visiting.NewIdNumber(), "自助丙"), new(Standing.Typed()) { ["toothExtraction"] = "yes", ["toothExtractionOn"] = $"{today:yyyy-MM-dd}" });
        var done = await terminal.SignAsync(sign);

        Assert.True(sign.Has($"{today:yyyy-MM-dd}"));
        Assert.EndsWith("/kiosk/done/desk", done.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_phone_typed_for_a_known_donor_When_not_checked_by_staff_Then_the_record_keeps_its_own_until_the_examiner_has_seen_the_document()
    {
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        var administrator = await shared.Staff.AtAsync(Station, "gl01");
        var idNumber = Visiting.NewIdNumber();
        await WithdrawAsync(nurse, await nurse.RegisterOnlyAsync(new(Visiting.Registration(idNumber)) { ["occupation"] = "teacher" }));
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "电话");
        await terminal.SignAsync(await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, "演示献血者"), Standing.Typed("13722220000")));
        var donor = Guid.Parse((await nurse.PostAsync("/donors/find", ("idNumber", idNumber))).Location!.Split('/')[^1]);
        var visit = await VisitOfAsync(idNumber);

        Assert.True((await RevealedAsync(administrator, donor)).Has("13900000000"));
        var refused = await nurse.PostStepAsync(visit, "general-check", new(Visiting.GeneralCheck()) { ["identityChecked"] = "no" });
        Assert.Equal((422, true), (refused.Status, refused.Has("已核对证件原件与本人")));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        Assert.True((await RevealedAsync(administrator, donor)).Has("13722220000"));
        Assert.Contains("teacher", (await Database.RowsAsync($"SELECT \"DetailsJson\" FROM donors WHERE lower(CAST(\"Id\" AS text)) = '{donor}'"))[0][0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_session_untouched_for_two_minutes_When_used_again_Then_it_is_gone_with_everything_typed()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "离开");
        await terminal.IdentifyAsync(Visiting.NewIdNumber(), "自助丁");
        await terminal.PostAsync("/kiosk/screen/1", Standing.Typed().Append(new("_move", "next")));
        await Database.ExecuteAsync("UPDATE kiosk_sessions SET \"UsedAt\" = \"UsedAt\" - 121000");
        var shown = await terminal.GetAsync("/kiosk/screen/1");
        var posted = await terminal.PostAsync("/kiosk/screen/1", Standing.Typed().Append(new("_move", "next")));
        await terminal.GetAsync("/kiosk/start");

        Assert.Equal(404, (await terminal.GetAsync("/kiosk/alive")).Status);
        Assert.All([shown, posted], a => Assert.EndsWith("/kiosk/start", a.Location, StringComparison.Ordinal));
        Assert.Empty(await Database.RowsAsync("SELECT 1 FROM kiosk_sessions WHERE \"TerminalId\" IN (SELECT \"Id\" FROM kiosk_terminals WHERE \"Name\" = '离开')"));
    }

    [Fact]
    public async Task Given_what_was_typed_When_the_store_is_read_Then_it_is_encrypted_and_no_address_or_log_has_it()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "加密");
        var idNumber = Visiting.NewIdNumber();
        var next = await terminal.IdentifyAsync(idNumber, "自助戊");
        var back = await terminal.PostAsync("/kiosk/screen/1", Standing.Typed().Append(new("_move", "next")));
        var again = await terminal.GetAsync("/kiosk/screen/1");

        Assert.True(again.Has("13711110000"));
        Assert.DoesNotContain(idNumber, next.Location + back.Location + shared.Server.Output, StringComparison.Ordinal);
        Assert.All(await Database.RowsAsync("SELECT \"ProtectedState\" FROM kiosk_sessions"), r => Assert.DoesNotContain("13711110000", r[0]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_revoked_terminal_When_it_asks_again_Then_it_is_nobody_at_once()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "停用");
        await terminal.IdentifyAsync(Visiting.NewIdNumber(), "自助己");
        var administrator = await shared.Staff.AtAsync(Station, "gl01");
        var id = (await Database.RowsAsync("SELECT lower(CAST(\"Id\" AS text)) FROM kiosk_terminals WHERE \"Name\" = '停用'"))[0][0];
        await administrator.GetAsync("/kiosks");
        Assert.Equal(302, (await administrator.PostAsync($"/kiosks/{id}/revoke")).Status);

        Assert.EndsWith("/kiosk", (await terminal.GetAsync("/kiosk/screen/1")).Location, StringComparison.Ordinal);
        Assert.EndsWith("/kiosk", (await terminal.PostAsync("/kiosk/start", ("idNumber", Visiting.NewIdNumber()), ("name", "甲"))).Location, StringComparison.Ordinal);
        Assert.Equal("登记这台自助终端", (await terminal.GetAsync("/kiosk")).Headline);
        Assert.Equal(404, (await administrator.PostAsync($"/kiosks/{id}/code")).Status);
    }

    [Fact]
    public async Task Given_a_terminals_cookie_When_shown_at_another_station_Then_it_is_nobody_there()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "外站");
        using var elsewhere = shared.Staff.Stranger("shaoxing");
        foreach (var (name, value) in terminal.Cookies) elsewhere.Cookies[name] = value;

        Assert.EndsWith("/shaoxing/kiosk", (await elsewhere.GetAsync("/kiosk/start")).Location, StringComparison.Ordinal);
        Assert.Equal("本站没有启用自助终端", (await elsewhere.GetAsync("/kiosk")).Headline);
        Assert.Equal("身份核验", (await terminal.GetAsync("/kiosk/start")).Headline);
    }

    [Fact]
    public async Task Given_an_enrolment_code_When_used_twice_expired_or_mistyped_Then_only_the_first_right_use_counts()
    {
        var code = Standing.CodeOf(await shared.Staff.AddAsync(Station, "一次"));
        var late = Standing.CodeOf(await shared.Staff.AddAsync(Station, "过期"));
        await Database.ExecuteAsync("UPDATE kiosk_terminals SET \"CodeExpiresAt\" = 0 WHERE \"Name\" = '过期'");
        using var browser = shared.Staff.Stranger(Station);
        await browser.GetAsync("/kiosk");
        async Task<int> TryAsync(string typed) => (await browser.PostAsync("/kiosk/enrol", ("code", typed))).Status;

        var tries = new List<int>();
        foreach (var typed in new[] { "AAAAAAAA", late, code.ToLowerInvariant(), code }) tries.Add(await TryAsync(typed));
        Assert.Equal(new List<int> { 422, 422, 302, 422 }, tries);
        Assert.DoesNotContain(code, string.Join("", (await Database.RowsAsync("SELECT \"CodeDigest\", \"TokenDigest\" FROM kiosk_terminals")).SelectMany(r => r)), StringComparison.Ordinal);
    }

    private Database Database => new(shared.Server, Station);

    private static async Task<string> RegistrationPagesAsync(Browser terminal, string number, string name)
    {
        var answer = await terminal.IdentifyAsync(number, name);
        var pages = $"{answer.Status} {answer.Location}";
        foreach (var screen in new[] { 1, 2, 3 })
        {
            var page = await terminal.GetAsync($"/kiosk/screen/{screen}");
            pages += page.Status + System.Net.WebUtility.HtmlDecode(Token().Replace(page.Body, ""));
            if (screen < 3) await terminal.PostAsync($"/kiosk/screen/{screen}", Standing.Typed().Append(new("_move", "next")));
        }
        return pages;
    }

    private static async Task WithdrawAsync(Browser nurse, Guid visit)
    {
        var page = await nurse.GetAsync($"/visits/{visit}/steps/consent-inquiry");
        var answer = await nurse.PostAsync($"/visits/{visit}/steps/consent-inquiry", new Dictionary<string, string>(Visiting.WithHidden(page, [])) { ["_action"] = "Withdraw", ["_reason"] = "献血者改期" });
        Assert.Equal(302, answer.Status);
    }

    private static async Task<Answer> RevealedAsync(Browser administrator, Guid donor)
    {
        await administrator.GetAsync($"/donors/{donor}");
        return await administrator.PostAsync($"/donors/{donor}/reveal", ("reason", "核对资料"));
    }

    private async Task<Guid> VisitOfAsync(string idNumber)
    {
        var nurse = await shared.Staff.AtAsync(Station, "hs01");
        await nurse.GetAsync("/registration");
        return Visiting.VisitOf(await nurse.PostAsync("/registration/find", ("idNumber", idNumber)));
    }

    private static string PathOf(Answer page) => Action().Match(page.Body).Groups[1].Value;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"[^\"]+\"")]
    private static partial Regex Token();

    [GeneratedRegex("action=\"[^\"]*(/kiosk/screen/\\d+)\"")]
    private static partial Regex Action();
}

/// <summary>Codes cannot be tried out: a server of its own, because whoever has tried too often waits.</summary>
public sealed class KioskLimitTests
{
    [Fact]
    public async Task Given_codes_tried_without_end_When_the_limit_is_reached_Then_even_the_right_one_waits_and_other_pages_do_not()
    {
        await using var server = await Harness.ProductHost.RunningAsync();
        var staff = new Staff(server);
        var code = Standing.CodeOf(await staff.AddAsync("hangzhou", "试探"));
        using var browser = staff.Stranger("hangzhou");
        await browser.GetAsync("/kiosk");
        var tried = new List<int>();
        for (var i = 0; i < 60; i++) tried.Add((await browser.PostAsync("/kiosk/enrol", ("code", "AAAAAAAA"))).Status);
        var late = await browser.PostAsync("/kiosk/enrol", ("code", code));

        Assert.All(tried, status => Assert.Equal(422, status));
        Assert.Equal((429, "请到前台"), (late.Status, late.Headline));
        Assert.Equal(200, (await browser.GetAsync("/sign-in")).Status);
    }
}
