namespace Modules.Configuring.Contracts;

public static class ConfiguringPermissions
{
    /// <summary>Seeing what is in force and what is being changed. Changing and approving it are rights of their own, by kind.</summary>
    public const string View = "configuration.view";
}

/// <summary>Addresses of the console.</summary>
public static class ConfigPaths
{
    public const string Overview = "/config";
    public const string Changes = "/config/changes";
    public const string Station = "/config/station";
    public const string Features = "/config/features";
    public const string TestItems = "/config/test-items";
}
