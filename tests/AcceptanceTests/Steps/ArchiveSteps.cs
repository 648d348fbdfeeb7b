using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using AcceptanceTests.Running;
using Microsoft.Playwright;
using TechTalk.SpecFlow;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace AcceptanceTests.Steps;

/// <summary>归档、查阅、核查.</summary>
[Binding]
public sealed class ArchiveSteps(Journey journey) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("archive-").FullName;
    private string _number = "", _package = "", _said = "";
    private int _exit;

    [When(@"^档案员把今天的献血一键归档$")]
    public async Task ArchiveAsync()
    {
        var page = await journey.OpenAsync("档案员", "/archive/runs");
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "一键归档" }));
        await journey.Product.DrainAsync();
        await Expect(page.Locator("[data-job=done]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
    }

    [Then(@"^归档完成，没有不通过的$")]
    public Task ThenArchivedAsync() => Expect(journey.Page.Locator("[data-job=done]")).ToContainTextAsync("不通过 0");

    [Then(@"^档案列表里有(?:她|他)的献血编号，姓名""(.+)""，电子全文数""(.+)""$")]
    public async Task ThenListedAsync(string name, string documents)
    {
        var row = await RowAsync();
        await Expect(row.Locator("[data-label=姓名]")).ToHaveTextAsync(name);
        await Expect(row.Locator("[data-label=电子全文数]")).ToHaveTextAsync(documents);
        await Expect(row.Locator("[data-label=证件编号]")).Not.ToContainTextAsync(journey.Donor.IdNumber);
    }

    [When(@"^审计员按档号核查(?:她|他)的档案$")]
    public async Task VerifyAsync()
    {
        _number = (await (await RowAsync()).Locator("[data-label=档号]").InnerTextAsync()).Trim();
        var page = await journey.OpenAsync("审计员", "/archive/verify");
        await page.GetByLabel("或者档号").FillAsync(_number);
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "核查", Exact = true }));
    }

    [Then(@"^核查写明""全部符合""，有她本人和检查医师的签名$")]
    public async Task ThenHoldsAsync()
    {
        var main = journey.Page.GetByRole(AriaRole.Main);
        await Expect(main).ToContainTextAsync(_number + "：全部符合");
        await Expect(main).ToContainTextAsync(journey.Donor.Name);
        await Expect(main).ToContainTextAsync("检查医师");
    }

    [Then(@"^核查写明""(未使用电子签名，纸质签名存档)""$")]
    public async Task ThenPaperAsync(string words)
    {
        await Expect(journey.Page.GetByRole(AriaRole.Main)).ToContainTextAsync(_number + "：全部符合");
        await Expect(journey.Page.GetByRole(AriaRole.Main)).ToContainTextAsync(words);
    }

    [When(@"^审计员把档案包带到别处，用 verify 命令核查$")]
    public async Task TakeAwayAsync()
    {
        await OpenItemAsync("审计员");
        await journey.Page.GetByLabel("下载档案包的原因").FillAsync("带到别处核查");
        var download = await journey.Page.RunAndWaitForDownloadAsync(() => journey.Page.Locator("button[formaction$='package.zip']").First.ClickAsync());
        _package = Path.Combine(_folder, "package.zip");
        await download.SaveAsAsync(_package);
        await RunVerifyAsync();
    }

    [Then(@"^命令说""全部符合""$")]
    public void ThenCommandHolds() => Assert.True(_exit == 0 && _said.Contains("全部符合", StringComparison.Ordinal), _said);

    [When(@"^档案包里知情同意与征询表的一个字节被改动$")]
    public async Task FlipAsync()
    {
        using (var zip = ZipFile.Open(_package, ZipArchiveMode.Update))
        {
            var entry = zip.Entries.Single(e => e.FullName == "forms/record-consent-v1.pdf");
            using var content = new MemoryStream();
            await using (var stream = entry.Open()) await stream.CopyToAsync(content);
            var bytes = content.ToArray();
            bytes[bytes.Length / 3] ^= 1;
            await using var changed = entry.Open();
            await changed.WriteAsync(bytes);
        }
        await RunVerifyAsync();
    }

    [Then(@"^命令指出改动的是知情同意与征询表$")]
    public void ThenNamed() => Assert.True(_exit == 1 && Regex.IsMatch(_said, "不符 forms/record-consent-v1.pdf"), _said);

    [Then(@"^登记员打不开电子档案$")]
    public async Task ThenBarredAsync()
    {
        await journey.OpenAsync("登记员", "/worklist");
        await Expect(journey.Page.GetByRole(AriaRole.Link, new() { Name = "电子档案" })).ToHaveCountAsync(0);
        Assert.Equal(403, (await journey.Page.Context.APIRequest.GetAsync(new Uri(new Uri(journey.Page.Url), "/hangzhou/archive").ToString())).Status);
    }

    [When(@"^档案里已有去年一年的 (\d+) 件$")]
    public Task FillAsync(int items) => journey.Product.CopyArchiveItemsAsync("hangzhou", items, journey.Product.Today.Year - 1);

    [Then(@"^按他的证件编号查到 (\d+) 件$")]
    public async Task ThenFoundByDocumentAsync(int items)
    {
        var page = await journey.OpenAsync("档案员", "/archive");
        await page.GetByLabel("证件编号").FillAsync(journey.Donor.IdNumber);
        await page.GetByLabel("年度").FillAsync($"{journey.Product.Today.Year}");
        await FindAsync(page, items);
    }

    [Then(@"^按去年 3 月的日期查到 (\d+) 件，能翻到第 3 页$")]
    public async Task ThenFoundByDateAsync(int items)
    {
        var page = await journey.OpenAsync("档案员", "/archive");
        var year = journey.Product.Today.Year - 1;
        await page.GetByLabel("采集日期从").FillAsync($"{year}-03-01");
        await page.GetByLabel("到", new() { Exact = true }).FillAsync($"{year}-03-31");
        await FindAsync(page, items);
        await page.GotoAsync(page.Url + "&page=3");
        await Expect(page.Locator("tbody tr").Nth(9)).ToBeVisibleAsync();
        await Expect(page.GetByText($"共 {items} 条")).ToContainTextAsync("第 3 /");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task FindAsync(IPage page, int items)
    {
        await page.LeaveByAsync(page.GetByRole(AriaRole.Button, new() { Name = "查找" }));
        await Expect(page.Locator("caption")).ToHaveTextAsync($"共 {items} 件");
    }

    /// <summary>Her line in the archive's list.</summary>
    private async Task<ILocator> RowAsync()
    {
        await journey.OpenVisitAsync("登记员");
        var donation = (await journey.Page.Locator("[data-donation-number]").InnerTextAsync()).Replace("献血编号", "", StringComparison.Ordinal).Trim();
        var page = await journey.OpenAsync("档案员", "/archive");
        await page.GetByLabel("献血编号").FillAsync(donation);
        await FindAsync(page, 1);
        return page.Locator("tbody tr");
    }

    private async Task OpenItemAsync(string person)
    {
        var address = (await (await RowAsync()).GetByRole(AriaRole.Link).First.GetAttributeAsync("href"))!;
        await journey.OpenAsync(person, address[address.IndexOf("/archive", StringComparison.Ordinal)..]);
    }

    private async Task RunVerifyAsync() => (_exit, _said) = await journey.Product.VerifyAsync(_package);
}
