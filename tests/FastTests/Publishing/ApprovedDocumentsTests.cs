using Platform.Publishing;
using Platform.Publishing.Changes;
using Xunit;

namespace FastTests.Publishing;

/// <summary>Only what verifying approvals carry is in force, whatever stands in the table of documents.</summary>
public sealed class ApprovedDocumentsTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid ChangeId = Guid.NewGuid();

    [Fact]
    public void Given_an_approval_by_another_with_the_right_When_verified_Then_the_document_is_in_force_from_then()
    {
        var (document, statement) = Stated();

        var verified = ApprovedDocuments.Of([document], [Approval(statement)]);

        Assert.Equal([document], verified.Documents);
        Assert.Empty(verified.Faults);
    }

    public static TheoryData<string, Func<ApprovalStatement, ChangeApproval[]>> NoApprovals => new()
    {
        { "none at all", _ => [] },
        { "by an author", s => [Approval(s, person: "author")] },
        { "by the author's other account", s => [Approval(s, person: "other", token: "T")] },
        { "without the right", s => [Approval(s, rights: "rules.approve")] },
        { "of another change", s => [Approval(s, change: Guid.NewGuid())] },
        { "that needs nobody", s => [Approval(s with { Needs = [] })] },
        { "no statement", s => [Approval(s, text: "{}")] },
        { "one of two rights", s => [Approval(s with { Needs = ["forms.approve", "rules.approve"] })] },
    };

    [Theory]
    [MemberData(nameof(NoApprovals))]
    public void Given_a_row_without_a_verifying_approval_When_verified_Then_it_is_passed_over_and_an_alarm(string what, Func<ApprovalStatement, ChangeApproval[]> approvals)
    {
        Assert.NotEmpty(what);
        var (document, statement) = Stated();

        var verified = ApprovedDocuments.Of([document], approvals(statement));

        Assert.Empty(verified.Documents);
        Assert.Equal(ConfigurationFaultKind.Forged, Assert.Single(verified.Faults).Kind);
        Assert.False(verified.Faults[0].Stops(At.AddDays(1)));
    }

    [Fact]
    public void Given_two_rights_from_two_persons_When_verified_Then_it_is_in_force_from_the_second()
    {
        var (document, statement) = Stated(from: At.AddHours(2));
        var both = statement with { Needs = ["forms.approve", "rules.approve"] };

        var verified = ApprovedDocuments.Of([document], [Approval(both), Approval(both, person: "third", rights: "rules.approve", at: At.AddHours(2))]);

        Assert.Equal([document], verified.Documents);
    }

    public static TheoryData<string, Func<PublishedDocument, PublishedDocument>> Alterations => new()
    {
        { "content", d => Row(d.Id, json: "{\"code\":\"y\"}", hash: d.Hash) },
        { "content and hash", d => Row(d.Id, json: "{\"code\":\"y\"}") },
        { "layer", d => Row(d.Id, layer: DocumentLayer.National) },
        { "first instant", d => Row(d.Id, from: At.AddYears(-1)) },
        { "last instant", d => Row(d.Id, to: At.AddDays(1)) },
        { "cases", d => Row(d.Id, cases: "{}") },
        { "name", d => Row(d.Id, name: "g") },
    };

    [Theory]
    [MemberData(nameof(Alterations))]
    public void Given_an_approved_row_changed_in_the_database_When_verified_Then_it_is_not_in_force_and_stops_its_instant(string what, Func<PublishedDocument, PublishedDocument> alter)
    {
        Assert.NotEmpty(what);
        var (document, statement) = Stated();

        var verified = ApprovedDocuments.Of([alter(document)], [Approval(statement)]);

        Assert.Empty(verified.Documents);
        Assert.Equal(ConfigurationFaultKind.Altered, verified.Faults[0].Kind);
        Assert.True(verified.Faults[0].Stops(At));
        Assert.False(verified.Faults[0].Stops(At.AddSeconds(-1)));
    }

    [Fact]
    public void Given_an_approved_row_deleted_When_verified_Then_it_is_missed()
    {
        var (_, statement) = Stated();

        Assert.Equal(ConfigurationFaultKind.Missing, Assert.Single(ApprovedDocuments.Of([], [Approval(statement)]).Faults).Kind);
    }

    [Fact]
    public void Given_the_content_of_an_approved_document_in_another_row_When_verified_Then_the_approval_is_not_for_that_row()
    {
        var (document, statement) = Stated();

        var verified = ApprovedDocuments.Of([document, Row(Guid.NewGuid(), from: At.AddDays(5))], [Approval(statement)]);

        Assert.Equal([document], verified.Documents);
        Assert.Equal(ConfigurationFaultKind.Forged, Assert.Single(verified.Faults).Kind);
    }

    [Fact]
    public void Given_a_later_change_that_ends_a_document_When_its_end_is_taken_out_of_the_row_Then_the_row_is_altered()
    {
        var (document, statement) = Stated();
        var end = new ApprovalStatement("t", Guid.NewGuid(), "s", null, [], [document.Id], [], ["forms.approve"]);
        var approvals = new[] { Approval(statement), Approval(end, change: end.Change, at: At.AddDays(1)) };

        Assert.Equal(ConfigurationFaultKind.Altered, Assert.Single(ApprovedDocuments.Of([document], approvals).Faults).Kind);
        Assert.Empty(ApprovedDocuments.Of([Row(document.Id, to: At.AddDays(1))], approvals).Faults);
    }

    [Fact]
    public void Given_a_statement_When_written_and_read_Then_it_is_the_same_text()
    {
        var (_, statement) = Stated();
        var full = statement with { From = At, Ends = [Guid.NewGuid(), Guid.NewGuid()], Authors = [new StatedPerson("b", null), new StatedPerson("a", "T")] };

        Assert.Equal(full.ToJson(), ApprovalStatement.Read(full.ToJson())!.ToJson());
    }

    private static (PublishedDocument, ApprovalStatement) Stated(DateTimeOffset? from = null)
    {
        var document = Row(Guid.NewGuid(), from: from ?? At);
        return (document, new ApprovalStatement("t", ChangeId, "s", null,
            [new StatedDocument(document.Id, document.Kind, document.Name, document.Layer, document.Hash, null, null, null)], [], [new StatedPerson("author", "T")], ["forms.approve"]));
    }

    private static ChangeApproval Approval(ApprovalStatement statement, string person = "approver", string? token = null, string rights = "forms.approve", Guid? change = null, DateTimeOffset? at = null, string? text = null) => new()
    {
        Id = Guid.CreateVersion7(), ChangeId = change ?? ChangeId, StatementJson = text ?? statement.ToJson(), Rights = rights, PersonId = person, PersonName = person, PersonToken = token, At = at ?? At,
    };

    private static PublishedDocument Row(
        Guid id, string json = "{\"code\":\"f\"}", string? hash = null, DocumentLayer layer = DocumentLayer.Station, DateTimeOffset? from = null, DateTimeOffset? to = null, string? cases = null, string name = "f") => new()
    {
        Id = id, Kind = DocumentKinds.Form, Name = name, Layer = layer, Version = 1, Hash = hash ?? Publisher.HashOf(json), Json = json, CasesJson = cases, State = DocumentState.Approved,
        EffectiveFrom = from ?? At, EffectiveTo = to, Author = "author", Approver = "approver", CreatedAt = At,
    };
}
