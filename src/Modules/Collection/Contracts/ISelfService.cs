using Engine.Forms;
using Engine.Rules;
using Platform.Audit;

namespace Modules.Collection.Contracts;

/// <summary>The terminal a donor uses without staff; records name it where they name a person elsewhere.</summary>
public sealed record SelfServiceTerminal(Guid Id, string Name)
{
    /// <summary>What the ids of all terminals begin with.</summary>
    public const string Prefix = "kiosk:";

    public Actor Actor => new(Prefix + Id, "自助终端 " + Name) { Kind = ActorKind.Terminal };
}

/// <summary>What a donor has sent from a terminal.</summary>
/// <param name="Answers">By the fields of the form.</param>
public sealed record SelfServicePost(Guid OperationId, SelfServiceTerminal Terminal, IReadOnlyDictionary<string, string> Answers);

/// <summary>A form to be filled in, with what is known beforehand.</summary>
public sealed record SelfServiceForm(FormDefinition Form, FormContext Context)
{
    /// <summary>The field of the registration that has the person's name.</summary>
    public const string Name = "name";
}

/// <summary>A visit whose questions wait for the donor.</summary>
/// <param name="Revision">Of the flow; a submission that saw an older one is not taken.</param>
/// <param name="Place">Told to the donor when he is done here.</param>
public sealed record SelfServiceVisit(Guid Id, long Revision, SelfServiceForm Inquiry, QueuePlace Place);

/// <summary>What a submission came to.</summary>
/// <param name="Place">One of <see cref="SelfServicePlaces"/>; null when nothing is signed and the donor may sign again.</param>
/// <param name="SignatureFault">Why, zh-CN. Where nobody certifies, the answers are kept for the desk as well.</param>
public sealed record SelfServiceOutcome(string? Place, string? SignatureFault);

/// <summary>Where the donor is sent. The desk is all he learns of a refusal.</summary>
public static class SelfServicePlaces
{
    public const string Room = "room";
    public const string Desk = "desk";
}

/// <summary>What a donor does of a visit himself. Nothing stored of anybody comes out of here.</summary>
public interface ISelfService
{
    /// <summary>The registration form in force.</summary>
    Task<SelfServiceForm> RegistrationAsync(CancellationToken cancel = default);

    /// <summary>The questions as a visit registered now would ask them, given what has been answered.</summary>
    Task<SelfServiceForm> InquiryAsync(FactBag answered, CancellationToken cancel = default);

    /// <summary>Today's visit of the person with this number and this very name, when its questions wait; else null.</summary>
    Task<SelfServiceVisit?> WaitingAsync(string idNumber, string name, CancellationToken cancel = default);

    /// <summary>The visit again, while its questions wait; else null.</summary>
    Task<SelfServiceVisit?> WaitingAsync(Guid visitId, CancellationToken cancel = default);

    /// <summary>Registers a visit. Null when staff have to do it: nothing has been registered then.</summary>
    Task<SelfServiceVisit?> RegisterAsync(SelfServicePost post, CancellationToken cancel = default);

    /// <summary>Submits the questions, signed by hand.</summary>
    /// <param name="signatures">Data URLs by the names of the pads.</param>
    Task<SelfServiceOutcome> SubmitAsync(SelfServiceVisit seen, SelfServicePost post, IReadOnlyDictionary<string, string> signatures, CancellationToken cancel = default);

    /// <summary>Where an operation done before has led; null when it is new.</summary>
    Task<string?> DoneBeforeAsync(Guid operationId, SelfServiceTerminal terminal, CancellationToken cancel = default);
}
