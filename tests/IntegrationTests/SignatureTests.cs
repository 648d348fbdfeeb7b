using System.Text.Json;
using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>What the donor's and the examiner's signatures on the same record leave behind.</summary>
public sealed class SignatureTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Step = "general-check";

    [Fact]
    public async Task Given_a_drawn_name_and_a_pin_When_the_step_is_submitted_Then_both_sign_the_same_content_in_order_and_the_picture_is_kept_encrypted()
    {
        var (nurse, visit) = await RegisteredAsync();
        var before = await LeavesAsync(visit);
        await nurse.CompleteAsync(visit, Step, Visiting.GeneralCheck());
        var (submission, content, signers) = await SignedAsync(visit);
        var picture = (await Database.RowsAsync($"SELECT \"Role\", \"Sha256\" FROM handwritings WHERE lower(CAST(\"SubmissionId\" AS text)) = '{submission}'")).Single();

        Assert.Equal(["donor/handwriting/1", "examiner/pin/2"], signers.Select(s => $"{Text(s, "Role")}/{Text(s, "Method")}/{s.GetProperty("Order").GetInt32()}"));
        Assert.All(signers, s => Assert.Equal(content, Text(s, "Content")));
        Assert.StartsWith("donor:", Text(signers[0], "PersonId"), StringComparison.Ordinal);
        Assert.Equal(["工作人员核对证件", "本人账号和 PIN"], signers.Select(s => Text(s, "Identity")));
        Assert.Equal(["donor", Text(signers[0], "Picture")], picture);
        Assert.Equal(before + 2, await LeavesAsync(visit));

        using var examiner = await shared.Staff.SignInAsync("hangzhou", "yj01");
        var shown = await examiner.GetAsync($"/visits/{visit}/handwriting/{submission}/donor");
        Assert.Equal(Convert.FromBase64String(DrawnName.DataUrl.Split(',')[1]), shown.Bytes);
        Assert.Contains("no-store", shown.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(404, (await examiner.GetAsync($"/visits/{Guid.NewGuid()}/handwriting/{submission}/donor")).Status);
        Assert.True((await examiner.GetAsync($"/visits/{visit}")).Has("查看手写签名"));
    }

    [Fact]
    public async Task Given_no_pad_When_the_paper_is_signed_Then_the_record_says_so()
    {
        var (nurse, visit) = await RegisteredAsync();
        await nurse.CompleteAsync(visit, Step, new(Visiting.GeneralCheck()) { ["hand-donor"] = "", ["wet-donor"] = "yes" });
        var (submission, _, signers) = await SignedAsync(visit);

        Assert.Equal("wet", Text(signers[0], "Method"));
        Assert.True((await nurse.GetAsync($"/visits/{visit}")).Has("纸质签名"));
        Assert.Empty(await Database.RowsAsync($"SELECT 1 FROM handwritings WHERE lower(CAST(\"SubmissionId\" AS text)) = '{submission}'"));
    }

    [Theory]
    [InlineData("", "请在签名框内签名")]
    [InlineData("data:image/png;base64,AAAA", "笔迹没有收到")]
    public async Task Given_no_signature_or_rubbish_When_posted_Then_refused_beside_the_pad_and_nothing_written(string picture, string words)
    {
        var (nurse, visit) = await RegisteredAsync();
        var refused = await nurse.PostStepAsync(visit, Step, new(Visiting.GeneralCheck()) { ["hand-donor"] = picture });

        Assert.Equal((422, true), (refused.Status, refused.Has(words)));
        Assert.Empty(await Database.RowsAsync($"SELECT 1 FROM submissions WHERE \"Step\" = '{Step}' AND lower(CAST(\"SubjectId\" AS text)) = '{visit}'"));
    }

    [Fact]
    public async Task Given_a_form_without_a_check_of_identity_or_a_correction_When_the_donor_writes_Then_staff_confirm_the_document_beside_the_pad()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        var visit = await nurse.RegisterOnlyAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var answers = Visiting.HealthyAnswers(await nurse.GetAsync($"/visits/{visit}/steps/consent-inquiry"));
        var unseen = await nurse.PostStepAsync(visit, "consent-inquiry", new(answers) { ["identity-donor"] = "" });
        var paper = await nurse.PostStepAsync(visit, "consent-inquiry", new(answers) { ["identity-donor"] = "", ["hand-donor"] = "", ["wet-donor"] = "yes" });
        Assert.All(new[] { unseen, paper }, a => Assert.True(a.Status == 422 && a.Has("请核对证件，确为本人后勾选"), Visiting.Words(a)));
        await nurse.CompleteAsync(visit, "consent-inquiry", answers);
        Assert.DoesNotContain("identity-donor", (await nurse.GetAsync($"/visits/{visit}/steps/{Step}")).Body, StringComparison.Ordinal);
        await nurse.CompleteAsync(visit, Step, Visiting.GeneralCheck());

        var path = $"/visits/{visit}/steps/{Step}/amend";
        Dictionary<string, string> Correction(Answer page) => new(Visiting.WithHidden(page, Visiting.GeneralCheck())) { ["weight"] = "69", ["_kind"] = "填写错误" };
        var shown = await nurse.PostAsync(path, Correction(await nurse.GetAsync(path)));
        var asBefore = await nurse.PostAsync(path, Correction(shown));
        Assert.True(shown.Body.Contains("identity-donor", StringComparison.Ordinal) && asBefore.Status == 422 && asBefore.Has("请核对证件，确为本人后勾选"), Visiting.Words(asBefore));
        Assert.Equal(302, (await nurse.PostAsync(path, new Dictionary<string, string>(Correction(asBefore)) { ["identity-donor"] = "yes" })).Status);

        var signed = await Database.RowsAsync($"SELECT \"SignersJson\" FROM submissions WHERE \"Step\" IN ('consent-inquiry', '{Step}') AND lower(CAST(\"SubjectId\" AS text)) = '{visit}' ORDER BY \"At\"");
        Assert.Equal(3, signed.Count);
        Assert.All(signed, row => Assert.Equal("工作人员核对证件", Text(JsonDocument.Parse(row[0]!).RootElement[0], "Identity")));
    }

    [Fact]
    public async Task Given_a_refused_step_When_its_page_is_opened_again_Then_it_asks_to_sign_and_no_draft_audit_or_log_has_the_picture()
    {
        var (nurse, visit) = await RegisteredAsync();
        var refused = await nurse.PostStepAsync(visit, Step, new(Visiting.GeneralCheck()) { ["height"] = "" });
        var drawn = DrawnName.DataUrl[60..160];

        var reopened = await nurse.GetAsync($"/visits/{visit}/steps/{Step}");

        Assert.Equal((422, true), (refused.Status, refused.Hidden("hand-donor") == DrawnName.DataUrl));
        Assert.DoesNotContain(drawn, reopened.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(drawn, shared.Server.Output, StringComparison.Ordinal);
        Assert.Empty(await Database.RowsAsync($"SELECT 1 FROM audit WHERE \"New\" LIKE '%{drawn}%'"));
        Assert.True(reopened.Has("已恢复"));
    }

    private Database Database => new(shared.Server, "hangzhou");

    private async Task<int> LeavesAsync(Guid visit) => (await Database.RowsAsync($"SELECT 1 FROM evidence_leaves WHERE \"Kind\" = 'signature' AND \"Subject\" = 'visit:{visit}'")).Count;

    private async Task<(Browser Nurse, Guid Visit)> RegisteredAsync()
    {
        var nurse = await shared.Staff.AtAsync("hangzhou", "hs01");
        return (nurse, await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber())));
    }

    private async Task<(string Submission, string Content, JsonElement[] Signers)> SignedAsync(Guid visit)
    {
        var row = (await Database.RowsAsync($"SELECT lower(CAST(\"Id\" AS text)), \"ContentHash\", \"SignersJson\" FROM submissions WHERE \"Step\" = '{Step}' AND lower(CAST(\"SubjectId\" AS text)) = '{visit}'")).Single();
        return (row[0]!, row[1]!, [.. JsonDocument.Parse(row[2]!).RootElement.EnumerateArray()]);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
