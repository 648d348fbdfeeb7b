using System.Text.RegularExpressions;

namespace Harness;

/// <summary>A donor before a self-service terminal: answers the screens as they come.</summary>
internal static partial class Standing
{
    /// <summary>A browser that the station's administrator has enrolled as a terminal.</summary>
    public static async Task<Browser> EnrolTerminalAsync(this Staff staff, string tenant, string name)
    {
        var code = Code().Match((await AddAsync(staff, tenant, name)).Body).Groups[1].Value;
        var terminal = staff.Stranger(tenant);
        await terminal.GetAsync("/kiosk");
        var answer = await terminal.PostAsync("/kiosk/enrol", ("code", code));
        return answer.Location?.EndsWith("/kiosk/start", StringComparison.Ordinal) == true ? terminal : throw new InvalidOperationException($"{name} was not enrolled: {answer.Status}\n{Visiting.Words(answer)}");
    }

    /// <summary>The page that shows the one-time code.</summary>
    public static async Task<Answer> AddAsync(this Staff staff, string tenant, string name)
    {
        var administrator = await staff.AtAsync(tenant, "gl01");
        await administrator.GetAsync("/kiosks");
        return await administrator.PostAsync("/kiosks", ("name", name), ("place", "演示大厅"));
    }

    public static string CodeOf(Answer page) => Code().Match(page.Body).Groups[1].Value;

    public static async Task<Answer> IdentifyAsync(this Browser terminal, string idNumber, string name)
    {
        await terminal.GetAsync("/kiosk/start");
        return await terminal.PostAsync("/kiosk/start", ("idNumber", idNumber), ("name", name));
    }

    /// <summary>What is typed into the registration at a terminal.</summary>
    public static Dictionary<string, string> Typed(string phone = "13711110000") => new()
    {
        ["phone"] = phone, ["address"] = "自助路 1 号", ["donorCategory"] = "first", ["donationType"] = "apheresis-platelets", ["priorReaction"] = "no",
    };

    /// <summary>Goes from the screen an answer leads to up to the signature or the end; gives the last answer.</summary>
    /// <param name="typed">Values by field; questions not named are answered as expected.</param>
    public static async Task<Answer> AnswerAllAsync(this Browser terminal, Answer from, Dictionary<string, string> typed)
    {
        while (ScreenOf(from) is { } number)
        {
            var page = await terminal.GetAsync($"/kiosk/screen/{number}");
            if (page.Status != 200 || page.Body.Contains("heading-answers", StringComparison.Ordinal)) return page;
            from = await terminal.PostAsync($"/kiosk/screen/{number}", Expected(page, typed).Append(new("_move", "next")));
            if (from.Status == 422) throw new InvalidOperationException($"Screen {number}: {Visiting.Words(from)}");
        }
        return from;
    }

    public static Task<Answer> SignAsync(this Browser terminal, Answer sign, string? operation = null) => terminal.PostAsync(
        SignPath().Match(sign.Body).Groups[1].Value, ("_move", "next"), ("_operation", operation ?? sign.Hidden("_operation")), ("hand-donor", DrawnName.DataUrl));

    private static IEnumerable<KeyValuePair<string, string>> Expected(Answer page, Dictionary<string, string> typed)
    {
        foreach (Match field in Field().Matches(page.Body))
            if (typed.TryGetValue(field.Groups[1].Value, out var value)) yield return new(field.Groups[1].Value, value);
            else if (ExpectedAnswer().Match(field.Value) is { Success: true } expected) yield return new(field.Groups[1].Value, expected.Groups[1].Value);
    }

    private static string? ScreenOf(Answer answer) => Screen().Match(answer.Location ?? "") is { Success: true } found ? found.Groups[1].Value : null;

    [GeneratedRegex("data-code>([^<]+)<")]
    private static partial Regex Code();

    [GeneratedRegex("/kiosk/screen/(\\d+)$")]
    private static partial Regex Screen();

    [GeneratedRegex("action=\"[^\"]*(/kiosk/screen/\\d+)\"")]
    private static partial Regex SignPath();

    [GeneratedRegex("<div class=\"field[^>]*data-field=\"([^\"]+)\"[^>]*>")]
    private static partial Regex Field();

    [GeneratedRegex("data-expected=\"([^\"]+)\"")]
    private static partial Regex ExpectedAnswer();
}
