using Harness;
using IntegrationTests.Support;
using Microsoft.AspNetCore.Identity;
using Modules.Signing.Contracts;
using Platform.People;
using Xunit;

namespace IntegrationTests;

/// <summary>A certificate of staff from the first PIN to its end, on a server that is also killed and started again.</summary>
public sealed class StaffCertificateTests : IAsyncLifetime
{
    private const string Station = "hangzhou";
    private const string NewPin = "246813";
    private static readonly byte[] Content = [1, 2, 3];
    private ProductHost _server = null!;
    private SigningDesk _desk = null!;
    private Staff _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await ProductHost.RunningAsync();
        _desk = await SigningDesk.OpenAsync(_server);
        _staff = new Staff(_server);
        await _staff.AtAsync(Station, "jd01");
    }

    public async Task DisposeAsync()
    {
        await _desk.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Given_a_certificate_When_the_pin_changes_Then_the_old_one_is_asked_for_and_only_the_new_one_opens_the_same_key_and_the_database_alone_tells_no_pin()
    {
        var nurse = await _staff.AtAsync(Station, "jd01");
        var (certificate, _) = await _desk.StaffSignsAsync(Station, "jd01", Content);
        await nurse.GetAsync("/pin");
        Assert.Equal(422, (await nurse.PostAsync("/pin", ("password", Installation.DemoPassword), ("currentPin", "999999"), ("pin", NewPin), ("pinAgain", NewPin))).Status);
        Assert.Equal(200, (await nurse.PostAsync("/pin", ("password", Installation.DemoPassword), ("currentPin", Staff.Pin), ("pin", NewPin), ("pinAgain", NewPin))).Status);

        Assert.Equal(SigningFaultKind.WrongPin, (await _desk.StaffFaultAsync(Station, "jd01", Staff.Pin))!.Kind);
        Assert.Null(await _desk.StaffFaultAsync(Station, "jd01", NewPin));
        Assert.Equal(Convert.ToHexString(certificate), (await new Database(_server, Station).RowsAsync("""SELECT hex("Certificate") FROM staff_keys WHERE "WrappedKey" IS NOT NULL AND "PersonName" = '登记员甲'""".Replace("hex(", Database.IsSqlite ? "hex(" : "upper(encode(").Replace("\")", Database.IsSqlite ? "\")" : "\", 'hex'))")))[0][0]);
        await PinIsSealedAsync(nurse);
    }

    /// <summary>Who has only the database has nothing to try PINs on; another person's opens nothing, nor does a hash that somebody made who has no master key.</summary>
    private async Task PinIsSealedAsync(Browser nurse)
    {
        var (database, hasher) = (new Database(_server, Station), new PasswordHasher<Person>());
        async Task<string> StoredAsync(string account = "jd01") => (await database.RowsAsync($"""SELECT "PinHash" FROM people WHERE "UserName" = '{account}'"""))[0][0]!;
        Task StoreAsync(string hash) => database.ExecuteAsync($"""UPDATE people SET "PinHash" = '{hash}' WHERE "UserName" = 'jd01'""");
        Task<Answer> RevokeAsync(string pin) => nurse.PostAsync("/signing/revoke", ("reason", "known"), ("revoke-pin", pin));
        var stored = await StoredAsync();
        Assert.Throws<FormatException>(() => hasher.VerifyHashedPassword(new Person(), stored, NewPin));
        Assert.Equal(PasswordVerificationResult.Failed, hasher.VerifyHashedPassword(new Person(), stored["v1:".Length..], NewPin));

        await _staff.AtAsync(Station, "hs01");
        foreach (var foreign in new[] { await StoredAsync("hs01"), hasher.HashPassword(new Person(), Staff.Pin) })
        {
            await StoreAsync(foreign);
            Assert.True((await RevokeAsync(Staff.Pin)).Has("PIN 记录已损坏"));
        }
        await StoreAsync(stored);
        Assert.Equal(302, (await RevokeAsync(NewPin)).Status);
    }

    [Fact]
    public async Task Given_an_administrator_who_resets_a_pin_When_done_Then_the_certificate_is_revoked_its_key_is_gone_and_the_next_pin_brings_another()
    {
        await _staff.AtAsync(Station, "cj01");
        var (certificate, signature) = await _desk.StaffSignsAsync(Station, "cj01", Content);
        Assert.Equal(0, (await _server.VerbAsync(["people", "reset-pin", Station, "cj01"])).Exit);

        Assert.Equal(SigningFaultKind.NoCertificate, (await _desk.StaffFaultAsync(Station, "cj01", Staff.Pin))!.Kind);
        Assert.Equal("管理员重置 PIN", (await new Database(_server, Station).RowsAsync("""SELECT "RevocationReason" FROM staff_keys WHERE "PersonName" = '单采护士甲' AND "WrappedKey" IS NULL"""))[0][0]);
        await _staff.SignInAsync(Station, "cj01");
        var (renewed, _) = await _desk.StaffSignsAsync(Station, "cj01", Content);
        Assert.NotEqual(certificate, renewed);
        Assert.Empty(_desk.Check(signature.Cms!, Content, await _desk.TrustAsync(Station, certificate)).Faults);
    }

    [Fact]
    public async Task Given_a_certificate_that_ends_soon_When_its_owner_works_Then_worklist_and_page_say_so_it_can_be_renewed_once_and_after_its_end_no_step_is_signed()
    {
        var nurse = await _staff.AtAsync(Station, "hs01");
        await nurse.GetAsync("/signing");
        Assert.Equal(422, (await nurse.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);
        var ends = DateTimeOffset.UtcNow.AddDays(10.5).ToUnixTimeMilliseconds();
        await new Database(_server, Station).ExecuteAsync($"UPDATE staff_keys SET \"NotAfter\" = {ends} WHERE \"PersonName\" = '多面手护士甲'");

        Assert.True((await nurse.GetAsync("/worklist")).Has("您的签名证书还有 10 天到期"));
        Assert.True((await nurse.GetAsync("/signing")).Has("即将到期"));
        Assert.Equal(422, (await nurse.PostAsync("/signing/apply", ("apply-pin", "000000"))).Status);
        Assert.Equal(302, (await nurse.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);
        Assert.False((await nurse.GetAsync("/worklist")).Has("到期"));
        Assert.NotNull((await _desk.StaffSignsAsync(Station, "hs01", Content)).Signature.Cms);

        var visit = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        await new Database(_server, Station).ExecuteAsync($"UPDATE staff_keys SET \"NotAfter\" = {DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds()} WHERE \"PersonName\" = '多面手护士甲'");
        var refused = await nurse.PostStepAsync(visit, "general-check", Visiting.GeneralCheck());
        Assert.True(refused.Status == 422 && refused.Has("您的签名证书已过期。请在“签名与证书”页用 PIN 更新"), Visiting.Words(refused));
        Assert.True((await nurse.GetAsync("/worklist")).Has("您的签名证书已过期，不能电子签名"));
        await nurse.GetAsync("/signing");
        Assert.Equal(302, (await nurse.PostAsync("/signing/apply", ("apply-pin", Staff.Pin))).Status);
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
    }

    [Fact]
    public async Task Given_a_manager_When_a_certificate_is_revoked_with_a_reason_Then_its_owner_signs_no_more_and_the_list_says_why()
    {
        await _staff.AtAsync(Station, "hd01");
        var manager = await _staff.AtAsync(Station, "gl01");
        var person = (await new Database(_server, Station).RowsAsync("""SELECT "PersonId" FROM staff_keys WHERE "PersonName" = '核对护士甲'"""))[0][0];
        await manager.GetAsync("/signing");
        Assert.Equal(422, (await manager.PostAsync($"/signing/people/{person}/revoke", ("reason", "because"))).Status);
        Assert.Equal(302, (await manager.PostAsync($"/signing/people/{person}/revoke", ("reason", "left"))).Status);

        Assert.Equal(SigningFaultKind.NoCertificate, (await _desk.StaffFaultAsync(Station, "hd01", Staff.Pin))!.Kind);
        Assert.True((await manager.GetAsync("/signing")).Has("离开岗位，不再签名"));
        await using (var product = await Offline.OpenAsync(_server)) await product.LiftGuardAsync(_server, Station);
        // As if the product had ended between forgetting the key and telling the authority.
        await new Database(_server, Station).ExecuteAsync("DELETE FROM ca_revocations");
        for (var again = 0; again < 2; again++) Assert.Equal(302, (await manager.PostAsync($"/signing/people/{person}/revoke", ("again", "true"))).Status);
        Assert.Equal(1, await new Database(_server, Station).CountAsync("ca_revocations"));
        Assert.False((await (await _staff.AtAsync(Station, "jd01")).GetAsync("/signing")).Has("核对护士甲"));
    }
}
