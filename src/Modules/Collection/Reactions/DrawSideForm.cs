using Engine.Forms;
using Microsoft.AspNetCore.Http;
using Modules.Records.Contracts;
using Platform.Pages;

namespace Modules.Collection;

/// <summary>The page of a form beside the flow.</summary>
internal sealed class DrawSideForm(VisitFiles files, ShownVerdicts shown, TimeProvider clock, IPages pages)
{
    private const string Overtaken = "本次献血刚有其他人提交了内容，这份登记还没有保存，请核对后再次提交";
    private const string Submitted = "刚才已经提交过，之后的改动没有保存。要改正已提交的内容，请在本次献血的页面点“更正”；确实是另一次，请核对后再次提交";

    public IResult Refuse(Refusal refusal) => pages.Refuse(refusal);

    public IResult Show(SideView view, FoundDraft? draft) =>
        pages.Show(Model(view, draft?.Values ?? new Dictionary<string, string>(), []) with
    {
        Notice = draft?.Notice, WithoutDraft = draft is null ? null : new DraftChoice(LeftAlone: true, null).Address(view.Use.PostTo),
    });

    /// <summary>A double click has its answer; what was changed after it had been submitted is not lost silently.</summary>
    public IResult Answer(SideView view, Post post, Decision decision) => decision switch
    {
        Decision.Done done => pages.LeadTo(done.Next),
        Decision.Wrong wrong =>
            pages.Show(Model(view, post.Fields, wrong.Errors) with { Kept = decision.Kept }, StatusCodes.Status422UnprocessableEntity),
        _ => pages.Show(Model(view, post.Fields, [Late(view, decision)]) with { Kept = decision.Kept }, StatusCodes.Status409Conflict),
    };

    private static FieldError Late(SideView view, Decision decision) =>
        new("", view.Use.Title, decision is Decision.DoneOtherwise ? Submitted : Overtaken);

    private StepModel Model(SideView view, IReadOnlyDictionary<string, string> values, IReadOnlyList<FieldError> errors)
    {
        var (use, file, form) = (view.Use, view.File, view.Form);
        return new StepModel(
            use.Title, view.Choice.Address(use.PostTo), view.Choice.Keeps ? use.PostTo + SideForm.Draft : null,
            Guid.CreateVersion7(clock.GetUtcNow()), file.Instance.Revision,
            VisitViews.Banner(file), VisitViews.Rail(file, null, view.User), form,
            files.Context(file, form, files.Facts(file), clock.GetUtcNow()), values, new Dictionary<string, string>(), errors,
            shown.Of(file), null)
        {
            Signers = [.. form.Signers.Where(s => s.Signs)], Links = [new VisitLink($"/visits/{file.Visit.Id}", "返回本次献血")],
        };
    }
}
