using Platform.Tenancy;

namespace Platform.Publishing.Changes;

/// <summary>The layer a tenant drafts in is its own; the province also keeps the national one.</summary>
public static class OwnLayer
{
    /// <exception cref="DocumentException">The file says another.</exception>
    public static DocumentLayer Of(Tenant tenant, string fileName, DocumentFile file)
    {
        DocumentLayer[] own = tenant.IsProvince ? [DocumentLayer.Province, DocumentLayer.National] : [DocumentLayer.Station];
        var layer = file.Layer ?? own[0];
        return own.Contains(layer) ? layer
            : throw new DocumentException(fileName, "$.layer", $"{tenant.Name} 只能起草 {string.Join("、", own.Select(l => l.ToString().ToLowerInvariant()))} 层的文档，文件写的是 {layer.ToString().ToLowerInvariant()}；请改正");
    }

    /// <exception cref="DocumentException">As <see cref="Of"/>, or its file says that it is never in force.</exception>
    public static DocumentEdit Edit(Tenant tenant, (DocumentKind Kind, string Name) of, DocumentFile file, string? cases)
    {
        var fileName = of.Name + of.Kind.Suffix;
        var layer = Of(tenant, fileName, file);
        if (file.IsDraftOnly) throw new DocumentException(fileName, "$.effectiveFrom", "没有生效日期，是草案，不能发布；定下日期后填写");
        return new DocumentEdit(of.Kind.Code, of.Name, layer, file.Content, cases, file.From, file.To);
    }
}
