using System.Globalization;
using System.Text.RegularExpressions;

namespace Harness;

/// <summary>Drives a visit through the pages' own forms.</summary>
internal static partial class Visiting
{
    private static int _serial;

    /// <summary>An invented resident identity number nobody in this run has had, with its check digit (GB 11643).</summary>
    public static string NewIdNumber(bool female = false)
    {
        var serial = Interlocked.Increment(ref _serial);
        var born = new DateOnly(1985, 1, 1).AddDays(serial / 400);
        var order = 100 + serial % 400 * 2 + (female ? 0 : 1);
        var body = string.Create(CultureInfo.InvariantCulture, $"330198{born:yyyyMMdd}{order:000}");
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        return body + "10X98765432"[body.Select((digit, i) => (digit - '0') * weights[i]).Sum() % 11];
    }

    public static Dictionary<string, string> Registration(string idNumber) => new()
    {
        ["idNumber"] = idNumber, ["name"] = "演示献血者", ["phone"] = "13900000000", ["address"] = "演示路 1 号",
        ["donorCategory"] = "first", ["donationType"] = "apheresis-platelets", ["priorReaction"] = "no",
    };

    /// <summary>A check with normal findings.</summary>
    public static Dictionary<string, string> GeneralCheck() => new()
    {
        ["height"] = "172", ["weight"] = "68", ["systolic"] = "120", ["diastolic"] = "78", ["pulse"] = "70", ["temperature"] = "36.6",
        ["enduranceAthlete"] = "no", ["generalFindingsNormal"] = "yes", ["identityChecked"] = "yes", ["hand-donor"] = DrawnName.DataUrl, ["pin-examiner"] = Staff.Pin,
    };

    public static Dictionary<string, string> Tests(bool mpv, string hb = "145", string checker = "jc02") => new(mpv ? new Dictionary<string, string> { ["mpv"] = "10.1" } : [])
    {
        ["hb"] = hb, ["hct"] = "0.43", ["plt"] = "240", ["wbc"] = "6.2", ["abo"] = "A", ["lipaemia"] = "no",
        ["pin-tester"] = Staff.Pin, ["signer-checker"] = checker, ["pin-checker"] = Staff.Pin,
    };

    public static Dictionary<string, string> Assessment() => new() { ["targetUnits"] = "1", ["pin-assessor"] = Staff.Pin };

    /// <summary>The last post of a registration.</summary>
    public static async Task<Answer> PostRegistrationAsync(this Browser person, Dictionary<string, string> values)
    {
        await person.GetAsync("/registration");
        var page = await person.PostAsync("/registration/find", ("idNumber", values["idNumber"]));
        return page.Status != 200 ? page : await person.PostAsync("/registration", WithHidden(page, values));
    }

    /// <summary>Registers a donor and takes consent and answers, so that the check is next.</summary>
    public static async Task<Guid> RegisterAsync(this Browser person, Dictionary<string, string> values)
    {
        var visit = await person.RegisterOnlyAsync(values);
        await person.InquireAsync(visit);
        return visit;
    }

    public static async Task<Guid> RegisterOnlyAsync(this Browser person, Dictionary<string, string> values) => VisitOf(await person.PostRegistrationAsync(values));

    /// <summary>Consent given and every question answered as a healthy donor does, but for those named here.</summary>
    public static async Task InquireAsync(this Browser person, Guid visit, params (string Question, string Answer)[] others)
    {
        var answers = HealthyAnswers(await person.GetAsync($"/visits/{visit}/steps/consent-inquiry"));
        foreach (var (question, answer) in others) answers[question] = answer;
        await person.CompleteAsync(visit, "consent-inquiry", answers);
    }

    /// <summary>The expected answer of every question on the page, and the signature of the donor whose document staff have seen.</summary>
    public static Dictionary<string, string> HealthyAnswers(Answer page) => new(Expected().Matches(page.Body).ToDictionary(q => q.Groups[1].Value, q => q.Groups[2].Value))
    {
        ["identity-donor"] = "yes", ["hand-donor"] = DrawnName.DataUrl,
    };

    public static async Task<Answer> PostStepAsync(this Browser person, Guid visit, string step, Dictionary<string, string> values)
    {
        var page = await person.GetAsync($"/visits/{visit}/steps/{step}");
        return page.Status != 200 ? page : await person.PostAsync($"/visits/{visit}/steps/{step}", WithHidden(page, values));
    }

    /// <summary>Runs a step and, where the page asks to confirm what it shows, confirms it.</summary>
    public static async Task<Answer> CompleteAsync(this Browser person, Guid visit, string step, Dictionary<string, string> values)
    {
        var answer = await person.PostStepAsync(visit, step, values);
        if (answer.Status == 200 && answer.Body.Contains("data-confirm", StringComparison.Ordinal))
            answer = await person.PostAsync($"/visits/{visit}/steps/{step}", WithHidden(answer, values));
        return answer.Status == 302 ? answer : throw new InvalidOperationException($"{step} was not taken: {answer.Status}\n{Words(answer)}");
    }

    /// <summary>Corrects a form: first the difference, then the signatures.</summary>
    public static async Task AmendAsync(this Browser person, Guid visit, string step, Dictionary<string, string> values)
    {
        if (await person.TryAmendAsync(visit, step, values) is var answer && answer.Status != 302) throw new InvalidOperationException($"The correction of {step} was not taken: {answer.Status}\n{Words(answer)}");
    }

    /// <summary>The answer to the signatures.</summary>
    public static async Task<Answer> TryAmendAsync(this Browser person, Guid visit, string step, Dictionary<string, string> values)
    {
        var path = $"/visits/{visit}/steps/{step}/amend";
        var answer = await person.GetAsync(path);
        foreach (var _ in new[] { "shown", "signed" })
            answer = await person.PostAsync(path, new Dictionary<string, string>(WithHidden(answer, values)) { ["_kind"] = "填写错误", ["_text"] = "看错一行", ["identity-donor"] = "yes" });
        return answer;
    }

    /// <summary>A normal check in which one flagged answer after the other is decided on.</summary>
    public static Dictionary<string, string> Reviewing(params (string Question, string Decision, string Reason)[] reviews)
    {
        var fields = GeneralCheck();
        foreach (var (question, decision, reason) in reviews) (fields["review-" + question], fields[$"review-{question}-other"]) = (decision, reason);
        return fields;
    }

    /// <summary>A whole visit to its donation number, by one person with all the rights and a second one to check the tests.</summary>
    public static async Task<Guid> RunVisitAsync(this Browser person, Dictionary<string, string> registration, bool mpv)
    {
        var visit = await person.RegisterAsync(registration);
        await person.CompleteAsync(visit, "general-check", GeneralCheck());
        await person.CompleteAsync(visit, "tests", Tests(mpv));
        await person.CompleteAsync(visit, "assessment", Assessment());
        return visit;
    }

    /// <summary>The values with what the page itself sends along, whatever that is.</summary>
    public static Dictionary<string, string> WithHidden(Answer page, Dictionary<string, string> values)
    {
        var fields = PageInputs().Matches(page.Body).ToDictionary(i => i.Groups[1].Value, i => System.Net.WebUtility.HtmlDecode(i.Groups[2].Value));
        foreach (var (name, value) in values) fields[name] = value;
        fields["_action"] = "Done";
        return fields;
    }

    public static Guid VisitOf(Answer answer) => VisitPath().Match(answer.Location ?? "") is { Success: true } found
        ? Guid.Parse(found.Groups[1].Value)
        : throw new InvalidOperationException($"No visit was opened: {answer.Status} {answer.Location}\n{Words(answer)}");

    /// <summary>The page without its markup.</summary>
    public static string Words(Answer answer) => Spaces().Replace(System.Net.WebUtility.HtmlDecode(Tags().Replace(answer.Body, " ")), " ");

    [GeneratedRegex("/visits/([0-9a-f-]{36})")]
    private static partial Regex VisitPath();

    [GeneratedRegex("data-field=\"([^\"]+)\"[^>]*? data-expected=\"([^\"]+)\"")]
    private static partial Regex Expected();

    [GeneratedRegex("<input type=\"hidden\" name=\"(_[^_\"][^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex PageInputs();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
