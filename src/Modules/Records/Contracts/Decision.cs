using Engine.Forms;
using Platform.Audit;
using Platform.Pages;

namespace Modules.Records.Contracts;

/// <summary>What an attempt comes to.</summary>
internal abstract record Decision
{
    /// <summary>What is written down although nothing else is.</summary>
    public IReadOnlyList<AuditEntry> Noted { get; init; } = [];

    /// <summary>What of its signatures goes back to the page.</summary>
    public KeptSignatures Kept { get; init; } = KeptSignatures.None;

    /// <summary>It was found in the transaction: what had been read before is out of date.</summary>
    public bool AtWriting { get; init; }

    /// <summary>It may be done.</summary>
    public sealed record Ready<TResult>(TResult Result) : Decision;

    /// <summary>It is done: now, or before by the very same attempt.</summary>
    /// <param name="Next">Where it leads: a path below the tenant.</param>
    public sealed record Done(string Next) : Decision;

    /// <summary>The operation was done before with other content: what was changed since is not saved.</summary>
    public sealed record DoneOtherwise : Decision;

    /// <summary>It cannot be done here at all.</summary>
    public sealed record Refused(Refusal Refusal) : Decision;

    /// <summary>Something has to be put right first.</summary>
    public sealed record Wrong(IReadOnlyList<FieldError> Errors) : Decision
    {
        /// <summary>Nothing was wrong but the signing.</summary>
        public bool Unsigned { get; init; }

        /// <summary>The signing may succeed a little later, with nothing set right before.</summary>
        public bool Passes { get; init; }
    }

    /// <summary>Somebody has to agree to what is shown, or give a reason for it.</summary>
    public sealed record ToConfirm<TShown>(TShown Shown, IReadOnlyList<FieldError> Errors) : Decision;

    /// <summary>The subject is another than the attempt has seen.</summary>
    public sealed record Conflict : Decision;

    /// <summary>A number that is part of what was signed has been taken meanwhile.</summary>
    public sealed record Stale : Decision;
}
