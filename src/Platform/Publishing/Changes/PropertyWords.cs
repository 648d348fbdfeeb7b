namespace Platform.Publishing.Changes;

/// <summary>Properties of documents as people call them, zh-CN.</summary>
internal static class PropertyWords
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["label"] = "名称", ["labelEn"] = "英文名称", ["title"] = "标题", ["titleEn"] = "英文标题", ["name"] = "名称", ["description"] = "说明", ["Description"] = "说明",
        ["type"] = "类型", ["unit"] = "单位", ["min"] = "下限", ["max"] = "上限", ["decimals"] = "小数位", ["optional"] = "可选", ["locked"] = "上级锁定",
        ["required"] = "必填", ["requiredWhen"] = "何时必填", ["visibleWhen"] = "何时显示", ["mustBe"] = "必须是", ["expected"] = "期望回答", ["help"] = "提示", ["helpEn"] = "英文提示",
        ["instructions"] = "说明", ["instructionsEn"] = "英文说明", ["options"] = "选项", ["permission"] = "权限", ["pin"] = "须 PIN", ["method"] = "签名方式", ["version"] = "版本",
        ["documentCode"] = "文件编号", ["footer"] = "页脚", ["confirmText"] = "确认语", ["require"] = "要求", ["appliesWhen"] = "适用条件", ["outcome"] = "不符合时", ["until"] = "暂缓至",
        ["text"] = "说明", ["donorText"] = "告诉献血者", ["donorTextEn"] = "告诉献血者（英文）", ["clause"] = "条款", ["source"] = "出处", ["status"] = "出处状态", ["mandatory"] = "强制",
        ["replaces"] = "代替", ["value"] = "值", ["kind"] = "种类", ["code"] = "代码", ["plausible"] = "可信范围", ["device"] = "设备代码", ["units"] = "单位换算",
        ["metadata"] = "位置和显示名", ["connections"] = "连线", ["activities"] = "步骤", ["page"] = "纸张", ["elements"] = "版面",
        ["expect"] = "应有结果", ["facts"] = "事实", ["date"] = "日期", ["actions"] = "操作", ["visits"] = "经过", ["ends"] = "结局", ["packs"] = "用到的规则包",
        ["SiteName"] = "血站名称", ["TimeZoneId"] = "时区", ["Features"] = "功能开关", ["OptionalTests"] = "可选检测项目", ["Values"] = "设置",
        ["Name"] = "代码", ["Permissions"] = "权限", ["IdleMinutes"] = "闲置退出（分钟）", ["Apart"] = "不能兼任",
    };

    public static string Of(string property) => Words.GetValueOrDefault(property, property);
}
