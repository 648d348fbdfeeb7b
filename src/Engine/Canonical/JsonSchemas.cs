namespace Engine.Canonical;

/// <summary>A file may name the schema an editor checks it against while it is written (<c>schemas/</c>). What it names is no part of the document.</summary>
public static class JsonSchemas
{
    public const string Property = "$schema";
}
