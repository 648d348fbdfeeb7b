using Platform.People;

namespace Platform.Publishing.Changes;

/// <summary>Where a change was begun. Whatever the entry, the rows are the same.</summary>
public static class ChangeEntries
{
    public const string Page = "page";
    public const string Verb = "verb";
    public const string Recipe = "recipe";
}

/// <summary>变更单: what is drafted, checked, approved, put in force at one instant and taken back together.</summary>
public sealed class Change
{
    public required Guid Id { get; init; }

    /// <summary>Year and running number, for example <c>2026-0137</c>.</summary>
    public required string Number { get; init; }

    /// <summary>One of <see cref="ChangeEntries"/>.</summary>
    public required string Entry { get; init; }

    public required string AuthorId { get; init; }
    public required string AuthorName { get; init; }

    /// <summary>As typed to sign in.</summary>
    public required string AuthorAccount { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>As the last revision has it.</summary>
    public required string Title { get; set; }

    public ChangeState State { get; set; }

    /// <summary>Number of the last revision; whoever saves names the one that was seen.</summary>
    public int Revision { get; set; }

    /// <summary>First instant in force; null before it is approved.</summary>
    public DateTimeOffset? InForceFrom { get; set; }

    /// <summary>The change this one takes back; null for any other.</summary>
    public Guid? TakesBack { get; init; }
}

/// <summary>One step of a change's content, whole. Append-only: who has saved any of them never approves the change.</summary>
public sealed class ChangeRevision
{
    public required Guid ChangeId { get; init; }

    /// <summary>Counts from 1.</summary>
    public required int Number { get; init; }

    public required RevisionAct Act { get; init; }

    /// <summary>The body as <see cref="ChangeBody.ToJson"/> writes it; its texts are kept by their digests.</summary>
    public required string BodyJson { get; init; }

    /// <summary>What was done, zh-CN.</summary>
    public required string What { get; init; }

    public required string PersonId { get; init; }
    public required string PersonName { get; init; }

    /// <summary>Which person it is, in every tenant; null where nobody has said.</summary>
    public string? PersonToken { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>A text of a change, by its digest; kept once whatever the number of revisions that have it.</summary>
public sealed class ChangeText
{
    /// <summary>SHA-256 of the text, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }
    public required string Text { get; init; }
}

/// <summary>What was found in a change, kept by what it depends on.</summary>
public sealed class ChangeCheck
{
    public required Guid ChangeId { get; init; }

    /// <summary>Of the whole set that would be in force.</summary>
    public required string SetHash { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string FindingsJson { get; init; }
}

/// <summary>One person's approval of one set of documents at one instant, or the first set-up. Append-only and sealed under a key that is not in the database: what is not covered by such rows is not in force.</summary>
public sealed class ChangeApproval
{
    public required Guid Id { get; init; }
    public required Guid ChangeId { get; init; }

    /// <summary>What was approved, as <see cref="ApprovalStatement.ToJson"/> writes it.</summary>
    public required string StatementJson { get; init; }

    /// <summary>Rights the person had and that were asked for, separated by spaces.</summary>
    public required string Rights { get; init; }

    public required string PersonId { get; init; }
    public required string PersonName { get; init; }
    public string? PersonToken { get; init; }
    public string? Note { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Detached CMS over the statement by the person's key; null where there is none.</summary>
    public byte[]? Cms { get; init; }

    /// <summary>What was said of its certificates then, as whoever signed keeps it; null without a signature.</summary>
    public byte[]? Trust { get; init; }
}

/// <summary>The change a person's edits go into.</summary>
public sealed class OpenChange
{
    public required string PersonId { get; init; }
    public required Guid ChangeId { get; set; }
}

/// <summary>Somebody who works on changes.</summary>
public sealed record ChangeActor(RightsPerson Person, string Account)
{
    public string Id => Person.Id;
    public string Name => Person.FullName;

    public bool May(string permission) => Person.Permissions.Contains(permission);
}
