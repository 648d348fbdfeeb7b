using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Adapters.CertificateAuthorities;
using Adapters.CertificateAuthorities.Est;
using Adapters.CertificateAuthorities.Rfc3161;
using Harness;
using IntegrationTests.Support;
using Microsoft.Extensions.Configuration;
using Modules.Signing.Contracts;
using Platform.Tenancy;
using Xunit;

namespace IntegrationTests;

/// <summary>A station that signs by an authority of somebody else, run by the openssl program.</summary>
public sealed class OutsideStation : IAsyncLifetime
{
    public const string Name = "hangzhou";
    private readonly TenantConfigCopy _configuration = new();

    public OutsideAuthority Authority { get; private set; } = null!;
    public ProductHost Server { get; private set; } = null!;
    internal SigningDesk Desk { get; private set; } = null!;
    internal Staff Staff { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Authority = await OutsideAuthority.StartAsync();
        _configuration.Edit(settings =>
        {
            foreach (var (key, value) in Authority.Settings()) settings["Signing:" + key] = JsonValue.Create(value);
        }, Name, "appsettings.json");
        Server = await ProductHost.RunningAsync(_configuration.Folder);
        Desk = await SigningDesk.OpenAsync(Server);
        Staff = new Staff(Server);
        foreach (var account in new[] { "jd01", "jc02", Collecting.Second }) await Staff.AtAsync(Name, account);
    }

    public async Task DisposeAsync()
    {
        await Desk.DisposeAsync();
        await Server.DisposeAsync();
        await Authority.DisposeAsync();
        _configuration.Dispose();
    }
}

/// <summary>What an authority outside proves, and what happens when it is away, lies or has ways of its own.</summary>
public sealed class OutsideAuthorityTests : IClassFixture<OutsideStation>, IDisposable
{
    private const string Station = OutsideStation.Name;
    private const string Away = "电子认证服务暂时没有应答，没有签名。填写的内容已保留";
    private static readonly byte[] Content = [.. "{\"plt\":\"210\"}"u8];
    private readonly OutsideAuthority _authority;
    private readonly ProductHost _server;
    private readonly SigningDesk _desk;
    private readonly Staff _staff;

    public OutsideAuthorityTests(OutsideStation station) => (_authority, _server, _desk, _staff) = (station.Authority, station.Server, station.Desk, station.Staff);

    public void Dispose() => _authority.Reset();

    [Fact]
    public async Task Given_an_authority_outside_When_donor_and_staff_sign_Then_its_root_proves_them_and_its_revocation_counts_from_its_time()
    {
        foreach (var who in new[] { "donor", "staff" })
        {
            var (certificate, signature) = who == "donor" ? await _desk.DonorSignsAsync(Station, Content) : await _desk.StaffSignsAsync(Station, "jd01", Content);
            var verdict = _desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, certificate));
            Assert.Equal((who, "", "Outside Issuer"), (who, string.Join(' ', verdict.Faults), verdict.Authority));
        }
        var (own, before) = await _desk.StaffSignsAsync(Station, "jd01", Content);
        await Task.Delay(1100);
        await _authority.RevokeAsync(own);
        await Task.Delay(1100);
        var (_, after) = await _desk.StaffSignsAsync(Station, "jd01", Content);
        var trust = await _desk.TrustAsync(Station, own);

        Assert.Empty(_desk.Check(before.Cms!, Content, trust).Faults);
        Assert.Equal(["签名证书在签名时已被吊销。"], _desk.Check(after.Cms!, Content, trust).Faults);
        Assert.Contains("没有签名证书在签名时的吊销信息，不能确认证书当时有效。", _desk.Check(before.Cms!, Content, trust with { Crls = [], OcspResponses = [] }).Faults);
    }

    [Fact]
    public async Task Given_the_authority_is_away_When_somebody_signs_or_chooses_a_pin_Then_a_sentence_says_so_and_afterwards_it_works()
    {
        using var act = (await _desk.AtAsync(Station, async services => (await ((ISigningKeys)services.GetService(typeof(ISigningKeys))!).OpenForDonorAsync(new DonorSubject("李测试", SigningDesk.Donor))).Act))!;
        _authority.Stop();

        Assert.Equal((SigningFaultKind.Unavailable, true), Of(await _desk.DonorFaultAsync(Station)));
        Assert.Null(await _desk.StaffFaultAsync(Station, "jd01", Staff.Pin));
        var stamp = (await _desk.StaffSignsAsync(Station, "jd01", Content)).Signature;
        Assert.Null(stamp.Cms);
        Assert.Equal((SigningFaultKind.Unavailable, true), Of(stamp.Fault));
        using var late = _staff.Stranger(Station);
        var chosen = await ChoosePinAsync(late, "pg01");
        Assert.Equal((200, true), (chosen.Status, chosen.Has("电子认证服务暂时没有应答，没有签名。PIN 已经可以使用") && chosen.Has("页申请")));
        Assert.True((await late.GetAsync("/signing")).Has("认证机构现在没有应答"));
        Assert.Equal(422, (await late.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);

        _authority.Start();
        Assert.NotNull((await act.SignAsync(Content)).Cms);
        Assert.NotNull((await _desk.DonorSignsAsync(Station, Content)).Signature.Cms);
        await late.GetAsync("/signing");
        Assert.Equal(302, (await late.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);
        Assert.NotNull((await _desk.StaffSignsAsync(Station, "pg01", Content)).Signature.Cms);
    }

    [Fact]
    public async Task Given_an_authority_that_is_silent_or_lies_When_asked_Then_nothing_is_signed()
    {
        _authority.Silent = true;
        Assert.Equal((SigningFaultKind.Unavailable, true), Of(await _desk.DonorFaultAsync(Station)));
        _authority.Silent = false;
        _authority.OtherName = "/C=CN/O=x/CN=somebody else/serialNumber=idh:00";
        Assert.Equal((SigningFaultKind.Unavailable, true), Of(await _desk.DonorFaultAsync(Station)));
        _authority.OtherName = null;
        Assert.NotNull((await _desk.StaffSignsAsync(Station, "jd01", Content)).Signature.Cms);
        _authority.Replays = true;
        Assert.Equal((SigningFaultKind.Unavailable, true), Of((await _desk.StaffSignsAsync(Station, "jd01", Content)).Signature.Fault));
    }

    [Fact]
    public async Task Given_a_station_that_changed_its_authority_When_old_signatures_are_checked_Then_they_hold()
    {
        await using var before = await SigningDesk.OpenAsync(_server, $"--Tenants:{Station}:Signing:Authority=built-in", $"--Tenants:{Station}:Signing:Timestamps=built-in");
        var (old, signature) = await before.DonorSignsAsync(Station, Content);
        await _desk.DonorSignsAsync(Station, Content);

        var verdict = _desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, old));

        Assert.Empty(verdict.Faults);
        Assert.Contains("测试签发 CA", verdict.Authority, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_the_authority_is_away_When_archived_and_checked_Then_nothing_is_archived_unsealed_and_what_is_there_is_checked_without_it()
    {
        await ShownAsUnknownWhileAwayAsync(await _staff.DeferAsync(Station));
        await (await _staff.AtAsync(Station, "hs01")).RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var archivist = await _staff.AtAsync(Station, "da01");
        _authority.Stop();
        var refused = await archivist.ArchiveAsync();
        _authority.Start();
        var done = await archivist.ArchiveAsync();
        _authority.Stop();
        var (exit, output, error) = await _server.VerbAsync(["verify", Station]);

        Assert.True(refused.Has("没有封存") && refused.Has("请稍后") && !refused.Has("已归档"), Visiting.Words(refused));
        Assert.True(done.Has("已归档"), Visiting.Words(done));
        Assert.True(exit == 3 && output.Contains("档案包 1 个，全部符合", StringComparison.Ordinal) && output.Contains("待核：认证机构没有应答", StringComparison.Ordinal) && output.Contains("全部与写入时一致", StringComparison.Ordinal), output + error);
    }

    [Fact]
    public async Task Given_no_timestamps_or_too_large_ones_When_a_step_is_signed_Then_it_says_so_keeps_the_draft_and_is_signed_afterwards()
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        _authority.NoStamps = true;
        var away = await nurse.PostStepAsync(visit, "general-check", Visiting.GeneralCheck());
        var opened = await nurse.GetAsync($"/visits/{visit}/steps/general-check");
        (_authority.NoStamps, _authority.Wordy) = (false, true);
        var large = await nurse.PostStepAsync(visit, "general-check", Visiting.GeneralCheck());
        _authority.Wordy = false;

        Assert.True(away.Status == 422 && away.Has(Away), Visiting.Words(away));
        Assert.True(opened.Has("已恢复") && opened.Has("value=\"172\""), Visiting.Words(opened));
        Assert.True(large.Status == 422 && large.Has("字节，表单里只留了 12288 字节，没有签名。填写的内容已保留"), Visiting.Words(large));
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await HoldsAsync(nurse, visit);
    }

    [Fact]
    public async Task Given_the_authority_is_away_When_a_donor_signs_at_a_terminal_Then_his_answers_stay_there_and_at_the_desk_and_he_signs_again()
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        var idNumber = Visiting.NewIdNumber();
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(idNumber));
        using var terminal = await _staff.EnrolTerminalAsync(Station, "中断");
        var sign = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, "演示献血者"), []);
        _authority.Stop();
        var away = await terminal.SignAsync(sign);
        var desk = await nurse.GetAsync($"/visits/{visit}/steps/consent-inquiry");
        _authority.Start();
        var signed = await terminal.SignAsync(away);

        Assert.True(away.Status == 422 && away.Headline == "签名" && away.Has("您的回答已保留") && away.Has("请稍后再签一次"), Visiting.Words(away));
        Assert.True(desk.Has("已恢复（自助终端 中断）"), Visiting.Words(desk));
        Assert.Matches("name=\"consentGiven\" value=\"yes\" checked", desk.Body);
        Assert.EndsWith("/kiosk/done/room", signed.Location, StringComparison.Ordinal);
        Assert.Equal(0, await DraftsAsync(visit));
    }

    [Fact]
    public async Task Given_an_authority_whose_clock_is_wrong_When_a_donor_signs_at_the_terminal_Then_he_is_sent_to_the_desk_and_his_answers_are_there()
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        var idNumber = Visiting.NewIdNumber();
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(idNumber));
        using var terminal = await _staff.EnrolTerminalAsync(Station, "时钟");
        var sign = await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, "演示献血者"), []);
        _authority.Ahead = TimeSpan.FromMinutes(7);

        Assert.EndsWith("/kiosk/done/desk", (await terminal.SignAsync(sign)).Location, StringComparison.Ordinal);
        Assert.True((await nurse.GetAsync($"/visits/{visit}/steps/consent-inquiry")).Has("已恢复（自助终端 时钟）"));
    }

    [Fact]
    public async Task Given_the_authority_is_away_When_a_form_is_corrected_or_a_reaction_reported_Then_what_was_typed_is_kept_for_whoever_opens_it_next()
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        var idNumber = Visiting.NewIdNumber();
        var visit = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv: true);
        await nurse.CompleteAsync(visit, "pre-collection-check", Collecting.BeforeCheck(idNumber, await nurse.DonationNumberAsync(visit)));
        var (amend, reaction) = ($"/visits/{visit}/steps/tests/amend", $"/visits/{visit}/reactions/new");
        _authority.NoStamps = true;

        var corrected = await nurse.TryAmendAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "144"));
        Assert.True(corrected.Status == 422 && corrected.Has(Away) && corrected.Has("name=\"hb\" value=\"144\""), Visiting.Words(corrected));
        var (again, fresh) = (await nurse.GetAsync(amend), await nurse.GetAsync(amend + "?fresh=true"));
        Assert.True(again.Has("已恢复，还没有保存") && again.Has("name=\"hb\" value=\"144\"") && again.Has("value=\"看错一行\"") && again.Has("value=\"填写错误\" selected"), Visiting.Words(again));
        Assert.True(!fresh.Has("已恢复") && fresh.Has("name=\"hb\" value=\"145\""), Visiting.Words(fresh));

        var colleague = await _staff.AtAsync(Station, "jd01");
        var (first, before) = (await nurse.GetAsync(reaction), await colleague.GetAsync(reaction));
        Assert.True(first.Body.Contains($"data-draft-url=\"/{Station}{reaction}/draft\"", StringComparison.Ordinal), Visiting.Words(first));
        Assert.Equal(200, (await nurse.PostAsync(reaction + "/draft", Visiting.WithHidden(first, Collecting.Reaction(signs: "只填了一半")))).Status);
        Assert.True((await nurse.GetAsync(reaction)).Has("只填了一半"));
        var reported = await nurse.PostAsync(reaction, Visiting.WithHidden(await nurse.GetAsync(reaction), Collecting.Reaction()));
        Assert.True(reported.Status == 422 && reported.Has(Away) && reported.Has("口周麻木"), Visiting.Words(reported));
        var taken = await colleague.GetAsync(reaction);
        Assert.True(taken.Has("已恢复（多面手护士甲）") && taken.Has("口周麻木") && !taken.Body.Contains("data-draft-url", StringComparison.Ordinal), Visiting.Words(taken));
        Assert.Equal(409, (await colleague.PostAsync(reaction + "/draft", Visiting.WithHidden(before, Collecting.Reaction(signs: "别人正在写")))).Status);
        var empty = await colleague.GetAsync(reaction + "?fresh=true");
        Assert.False(empty.Body.Contains("data-draft-url", StringComparison.Ordinal));
        Assert.True(taken.Has($"{reaction}?fresh=true") && empty.Has($"action=\"/{Station}{reaction}?fresh=true\"") && !empty.Has("已恢复（") && !empty.Has("口周麻木"), Visiting.Words(empty));

        _authority.NoStamps = false;
        await nurse.AmendAsync(visit, "tests", Visiting.Tests(mpv: true, hb: "144"));
        var other = await colleague.PostAsync(reaction + "?fresh=true", Visiting.WithHidden(empty, Collecting.Reaction(signs: "头晕")));
        Assert.True(other.Status == 302 && (await colleague.GetAsync(reaction)).Has("口周麻木"), Visiting.Words(other));
        var unaware = await colleague.PostAsync(reaction, Visiting.WithHidden(before, Collecting.Reaction(signs: "恶心")));
        Assert.True(unaware.Status == 302 && (await nurse.GetAsync(reaction)).Has("口周麻木"), Visiting.Words(unaware));
        var stood = Regex.Match(taken.Body, $"action=\"/{Station}({reaction}[?]draft=[0-9]+)\"").Groups[1].Value;
        Assert.Equal(302, (await colleague.PostAsync(stood, Visiting.WithHidden(taken, Collecting.Reaction()))).Status);
        Assert.False((await nurse.GetAsync(reaction)).Has("口周麻木") || (await nurse.GetAsync(amend)).Has("已恢复"));
        Assert.Equal(0, await DraftsAsync(visit));
    }

    [Fact]
    public async Task Given_a_calendar_year_and_clocks_that_differ_a_little_When_certified_Then_both_are_taken_and_what_is_beyond_is_called_what_it_is()
    {
        var nurse = await _staff.AtAsync(Station, "cj01");
        foreach (var (days, words) in new[] { (367, "认证机构签发的证书有效期太长（8808 小时，最长 8784 小时）"), (366, "") })
        {
            _authority.StaffDays = days;
            await RevokeOwnAsync(nurse);
            var applied = await ApplyAsync(nurse);
            Assert.True(words.Length == 0 ? applied.Status == 302 : applied.Status == 422 && applied.Has(words), Visiting.Words(applied));
        }
        _authority.Ahead = TimeSpan.FromMinutes(4);
        var (donor, signature) = await _desk.DonorSignsAsync(Station, Content);
        Assert.Empty(_desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, donor)).Faults);
        _authority.Ahead = TimeSpan.FromMinutes(7);
        var late = (await _desk.DonorSignsAsync(Station, Content)).Signature.Fault;
        Assert.Equal((SigningFaultKind.Unusable, true), (late!.Kind, late.Message.Contains("时间戳服务的时间", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Given_an_authority_that_cannot_be_told_When_a_certificate_is_revoked_Then_its_number_is_shown_to_whoever_has_to_tell_it()
    {
        var (nurse, manager) = (await _staff.AtAsync(Station, "rh01"), await _staff.AtAsync(Station, "gl01"));
        var (certificate, _) = await _desk.StaffSignsAsync(Station, "rh01", Content);
        var serial = X509CertificateLoader.LoadCertificate(certificate).SerialNumber;
        var own = await RevokeOwnAsync(nurse);
        var person = await _desk.AtAsync(Station, services => SigningDesk.PersonAsync(services, "rh01"));
        await manager.GetAsync("/signing");
        var again = await manager.PostAsync($"/signing/people/{person}/revoke", ("again", "true"));

        foreach (var page in new[] { own, again })
            Assert.True(page.Status == 200 && page.Has("密钥已在本站销毁") && page.Has("另行告知") && page.Has("证书编号：" + serial) && !page.Has("✓ 证书已吊销"), Visiting.Words(page));
        Assert.Equal(SigningFaultKind.NoCertificate, (await _desk.StaffFaultAsync(Station, "rh01", Staff.Pin))!.Kind);
        var (exit, output, error) = await _server.VerbAsync(["people", "reset-pin", Station, "rh01"]);
        Assert.True(exit == 0 && output.Contains(serial, StringComparison.Ordinal), output + error);
    }

    private Task<long> DraftsAsync(Guid visit) => new Database(_server, Station).CountAsync($"drafts WHERE \"Subject\" = 'visit:{visit}'");

    private static async Task<Answer> RevokeOwnAsync(Browser person)
    {
        await person.GetAsync("/signing");
        return await person.PostAsync("/signing/revoke", ("reason", "known"), ("revoke-pin", Staff.Pin));
    }

    private static async Task<Answer> ApplyAsync(Browser person)
    {
        await person.GetAsync("/signing");
        return await person.PostAsync("/signing/apply", ("apply-pin", Staff.Pin));
    }

    /// <summary>On a busy machine the programs that answer here may need more than the page waits for.</summary>
    private static async Task HoldsAsync(Browser person, Guid visit)
    {
        var page = await person.GetAsync($"/visits/{visit}");
        for (var tries = 0; tries < 20 && page.Body.Contains("data-proof=\"unknown\"", StringComparison.Ordinal); tries++) page = await person.GetAsync($"/visits/{visit}");
        Assert.True(page.Body.Contains("data-proof=\"holds\"", StringComparison.Ordinal), Visiting.Words(page));
    }

    /// <summary>An outage is no false alarm, and the page does not wait for each certificate in turn.</summary>
    private async Task ShownAsUnknownWhileAwayAsync(Guid visit)
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        await HoldsAsync(nurse, visit);
        _authority.Silent = true;
        var (before, silent) = (Stopwatch.GetTimestamp(), await nurse.GetAsync($"/visits/{visit}"));
        var waited = Stopwatch.GetElapsedTime(before);
        _authority.Silent = false;
        _authority.Stop();
        var away = await nurse.GetAsync($"/visits/{visit}");
        _authority.Start();
        foreach (var page in new[] { silent, away }) Assert.True(page.Body.Contains("data-proof=\"unknown\"", StringComparison.Ordinal) && page.Has("暂时不能核验") && !page.Has(">有问题<"), Visiting.Words(page));
        Assert.True(waited < TimeSpan.FromSeconds(15), $"{waited}");
    }

    private static (SigningFaultKind?, bool) Of(SigningFault? fault) => (fault?.Kind, fault is { Message.Length: > 0, Remedy.Length: > 0 });

    private static async Task<Answer> ChoosePinAsync(Browser browser, string account)
    {
        await browser.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in", ("userName", account), ("password", Installation.DemoPassword), ("returnUrl", ""));
        await browser.GetAsync("/pin");
        return await browser.PostAsync("/pin", ("password", Installation.DemoPassword), ("pin", Staff.Pin), ("pinAgain", Staff.Pin));
    }
}

/// <summary>EST and timestamps over TLS, from the product's client to a server with a certificate of the authority's own.</summary>
public sealed class AuthorityOverTlsTests
{
    [Fact]
    public async Task Given_an_authority_over_tls_that_wants_a_certificate_When_asked_Then_only_the_right_root_and_the_stations_certificate_get_an_answer()
    {
        await using var authority = await OutsideAuthority.StartAsync();
        using var tls = await authority.OverTlsAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tls", key, HashAlgorithmName.SHA256).CreateSigningRequest();
        var stamp = Rfc3161TimestampRequest.CreateFromData([1, 2, 3], HashAlgorithmName.SHA256, requestSignerCertificates: true);

        var (est, stamps) = Clients(authority, tls, []);
        using var issued = X509CertificateLoader.LoadCertificate(await est.IssueAsync(request, CertificateProfile.OneAct));
        Assert.Equal(("CN=tls", true), (issued.Subject, issued.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo())));
        Assert.Single((await est.ChainAsync()).Issuers);
        Assert.True(stamp.ProcessResponse(await stamps.AskAsync(stamp.Encode()), out _).VerifySignatureForData([1, 2, 3], out _));

        foreach (var wrong in new (string, string?)[] { ("TlsRoots", tls.StrangerFile), ("TlsRoots", null), ("ClientCertificate", null), ("ClientCertificatePassword", "wrong"), ("TlsRoots", "/nowhere.pem") })
        {
            var (refused, unstamped) = Clients(authority, tls, [wrong]);
            await Assert.ThrowsAsync<AuthorityUnavailableException>(() => refused.IssueAsync(request, CertificateProfile.OneAct));
            await Assert.ThrowsAsync<AuthorityUnavailableException>(() => unstamped.AskAsync(stamp.Encode()));
        }
    }

    private static (EstAuthority, Rfc3161Timestamps) Clients(OutsideAuthority authority, TlsFront tls, IEnumerable<(string Key, string? Value)> changes)
    {
        var settings = new Dictionary<string, string?>(authority.Settings().Select(s => KeyValuePair.Create(s.Key, (string?)s.Value.Replace(authority.Address, tls.Address, StringComparison.Ordinal))));
        foreach (var section in new[] { "Est", "Rfc3161" })
        {
            (settings[section + ":TlsRoots"], settings[section + ":ClientCertificate"], settings[section + ":ClientCertificatePassword"]) = (tls.RootFile, tls.ClientFile, OutsideAuthority.Password);
            foreach (var (name, value) in changes) settings[$"{section}:{name}"] = value;
        }
        var tenant = new TenantContext();
        tenant.Enter(new Tenant { Name = OutsideStation.Name, TenantId = OutsideStation.Name });
        var host = new ConfigurationBuilder().AddInMemoryCollection(settings.Where(s => s.Value is not null).Select(s => KeyValuePair.Create($"Tenants:{OutsideStation.Name}:Signing:{s.Key}", s.Value))).Build();
        var (chosen, connections) = (new SigningSettings(tenant, host), new OutsideConnections());
        return (new EstAuthority(chosen, connections), new Rfc3161Timestamps(chosen, connections));
    }
}
