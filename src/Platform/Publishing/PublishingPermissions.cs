using Platform.People;

namespace Platform.Publishing;

/// <summary>Who may write documents and who may put them in force: two rights for each kind, never held by right of one another.</summary>
public static class PublishingPermissions
{
    public static DocumentRights Rules { get; } = new("rules.draft", "rules.approve");

    /// <summary>Forms and what belongs to them: layouts, test items.</summary>
    public static DocumentRights Forms { get; } = new("forms.draft", "forms.approve");

    public static DocumentRights Flows { get; } = new("flows.draft", "flows.approve");
    public static DocumentRights Settings { get; } = new("settings.draft", "settings.approve");

    /// <summary>What a device says and how it is read.</summary>
    public static DocumentRights Devices { get; } = new("devices.draft", "devices.approve");

    /// <summary>Roles are no documents yet: a recipe brings them. The rights stand ready for the pages that will.</summary>
    public static DocumentRights Roles { get; } = new("roles.draft", "roles.approve");

    public static IReadOnlyList<Permission> All { get; } =
    [
        .. Of(Rules, "规则包"), .. Of(Forms, "表单、版式和检测项目"), .. Of(Flows, "流程"), .. Of(Settings, "设置"), .. Of(Devices, "设备配置"), .. Of(Roles, "角色"),
    ];

    private static IEnumerable<Permission> Of(DocumentRights rights, string what) => [new(rights.Draft, "起草" + what), new(rights.Approve, "批准" + what)];
}
