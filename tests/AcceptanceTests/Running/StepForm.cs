using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace AcceptanceTests.Running;

/// <summary>The page of a step, used as a person does: by the labels on it.</summary>
public sealed class StepForm(IPage page)
{
    public ILocator Submit => page.Locator("button[name=_action][value=Done]");

    public ILocator Field(string label) =>
        page.Locator("[data-field]").Filter(new() { Has = page.Locator("label, legend").Filter(new() { HasTextRegex = Starting(label) }), Visible = true });

    public async Task FillAsync(string label, string value)
    {
        var field = Field(label);
        if (await field.GetByRole(AriaRole.Radio).CountAsync() > 0) await field.GetByRole(AriaRole.Radio, new() { Name = value, Exact = true }).CheckAsync();
        else if (await field.GetByRole(AriaRole.Combobox).CountAsync() > 0) await field.GetByRole(AriaRole.Combobox).SelectOptionAsync(new SelectOptionValue { Label = value });
        else await field.Locator("input, textarea").FillAsync(value);
    }

    /// <summary>Decides on a flagged answer; a reason that is not offered is written.</summary>
    public async Task ReviewAsync(string question, string decision, string reason)
    {
        var review = page.Locator("[data-review]").Filter(new() { HasText = question });
        await review.GetByRole(AriaRole.Radio, new() { Name = decision, Exact = true }).CheckAsync();
        var offered = review.GetByRole(AriaRole.Radio, new() { Name = reason, Exact = true });
        if (await offered.CountAsync() > 0) await offered.CheckAsync();
        else await review.GetByLabel("其他理由").FillAsync(reason);
    }

    /// <summary>Fills a native date or time input, which has no text box's role.</summary>
    public Task FillNativeAsync(string label, string value) => Field(label).Locator("input").FillAsync(value);

    public async Task FillIfEmptyAsync(string label, string value)
    {
        if (await ValueAsync(label) == "") await FillAsync(label, value);
    }

    public Task<string> ValueAsync(string label) => Field(label).GetByRole(AriaRole.Textbox).InputValueAsync();

    /// <summary>Answers every question shown as a healthy donor does, in one go: there are dozens.</summary>
    public Task AnswerAsExpectedAsync() =>
        page.Locator("[data-expected]:visible").EvaluateAllAsync<object?>("fields => fields.forEach(field => field.querySelector(`input[value=${field.dataset.expected}]`).click())");

    /// <summary>Types the PIN, unless it was proven before and nothing has been changed since.</summary>
    public async Task SignAsync(string role, string pin = Product.Pin)
    {
        if (await Signature(role).Locator("[data-held]").CountAsync() == 0) await Signature(role).GetByLabel("签名 PIN").FillAsync(pin);
    }

    public async Task SignSecondAsync(string role, string account, string pin = Product.Pin)
    {
        await Signature(role).GetByLabel("工号").FillAsync(account);
        await SignAsync(role, pin);
    }

    /// <summary>Writes a wave into the signature box, as with a mouse; where the page asks staff for it, they have seen the document.</summary>
    public async Task DrawAsync(string role = "献血者")
    {
        var seen = Signature(role).GetByLabel("已核对证件，确为本人");
        if (await seen.CountAsync() > 0) await seen.CheckAsync();
        var paper = Signature(role).Locator("canvas");
        await paper.ScrollIntoViewIfNeededAsync();
        var box = (await paper.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width * 0.2f, box.Y + box.Height * 0.5f);
        await page.Mouse.DownAsync();
        for (var i = 1; i <= 12; i++)
            await page.Mouse.MoveAsync(box.X + box.Width * (0.2f + 0.05f * i), box.Y + box.Height * (i % 2 == 0 ? 0.3f : 0.7f));
        await page.Mouse.UpAsync();
    }

    public Task SubmitAsync() => page.LeaveByAsync(Submit);

    public ILocator Signature(string role) => page.GetByRole(AriaRole.Group, new() { NameRegex = Starting(role) });

    private static Regex Starting(string label) => new(@"^\s*" + Regex.Escape(label));
}
