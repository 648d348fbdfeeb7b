namespace Modules.Archive.Contracts;

/// <summary>By which another program reads the archive: the scope of its token and the right the token gives.</summary>
public static class ArchiveScope
{
    public const string Read = "archive.read";
}
