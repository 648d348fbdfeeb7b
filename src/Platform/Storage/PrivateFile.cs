namespace Platform.Storage;

/// <summary>Files with personal data: readable for the account the product runs under, and for nobody else.</summary>
public static class PrivateFile
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Takes it from everybody else; a file that is not there, and one of another account, stay as they are.</summary>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path) || File.GetUnixFileMode(path) == Own) return;
        try
        {
            File.SetUnixFileMode(path, Own);
        }
        catch (UnauthorizedAccessException)
        {
            // Whoever set the product up has given it a file it may write and does not own.
        }
    }

    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Own;
        return new FileStream(path, options);
    }
}
