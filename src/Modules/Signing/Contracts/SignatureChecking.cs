namespace Modules.Signing.Contracts;

/// <summary>Checking without the rest of the product, for whoever has only the files.</summary>
public static class SignatureChecking
{
    public static ISignatureCheck Offline { get; } = new SignatureCheck();
}
