using System.Security.Claims;
using Platform.Pages;
using Platform.People;
using Web.Host;
using Xunit;

namespace FastTests.Pages;

/// <summary>The menu shows what is open to a person, and where he is; who signs in arrives at his work.</summary>
public sealed class MenuTests
{
    private static readonly MenuEntry[] Entries = [.. Composition.Modules.SelectMany(m => m.Menu)];

    [Theory]
    [InlineData("collection.work", "工作列表")]
    [InlineData("collection.work collection.register", "工作列表 登记")]
    [InlineData("archive.view donors.view", "电子档案 献血者档案")]
    [InlineData("collection.kiosks", "")]
    [InlineData("collection.kiosks +collection.kiosk", "自助终端")]
    [InlineData("+collection.kiosk", "")]
    [InlineData("signing.manage", "签名与证书")]
    [InlineData("signing.manage +signing.electronic", "签名与证书")]
    [InlineData("+signing.electronic", "签名与证书")]
    public void Given_rights_and_features_When_the_menu_is_drawn_Then_it_shows_the_places_open_with_them_each_once(string rights, string titles) =>
        Assert.Equal(titles, string.Join(' ', Of(rights, "/").Select(p => p.Title)));

    [Theory]
    [InlineData("/archive", "电子档案", "page")]
    [InlineData("/archive/runs", "电子档案", "true")]
    [InlineData("/visits/0190/steps/tests", "工作列表", "true")]
    [InlineData("/Worklist", "工作列表", "page")]
    [InlineData("/worklists", null, null)]
    [InlineData("/pin", null, null)]
    [InlineData("/config/people/7", "人员与岗位", "true")]
    public void Given_a_page_When_the_menu_is_drawn_Then_at_most_one_place_is_marked_and_only_the_page_itself_as_the_page(string address, string? title, string? mark)
    {
        var marked = Of("collection.work archive.view people.manage audit.read", address).Where(p => p.Current is not null);

        Assert.Equal(title is null ? "" : $"{title} {mark}", string.Join(' ', marked.Select(p => $"{p.Title} {p.Current}")));
    }

    [Theory]
    [InlineData("collection.daily-list archive.view", "/archive")]
    [InlineData("archive.view collection.work donors.view", "/worklist")]
    [InlineData("collection.daily-list", "/daily")]
    [InlineData("people.manage audit.read", "/config/people")]
    [InlineData("signing.manage collection.kiosks", "/signing")]
    [InlineData("signing.manage collection.kiosks +collection.kiosk", "/kiosks")]
    [InlineData("collection.register +signing.electronic", null)]
    [InlineData("", null)]
    public void Given_rights_When_somebody_signs_in_Then_he_arrives_where_his_work_is(string rights, string? path) =>
        Assert.Equal(path, Menu.Landing(Entries, Person(rights), Features(rights)));

    [Fact]
    public void Given_places_that_lie_in_each_other_When_the_inner_one_is_open_Then_the_inner_one_alone_is_marked()
    {
        MenuEntry[] nested = [new("外", "/a"), new("内", "/a/b"), new("旁", "/c") { Besides = ["/a/b/d"] }];

        Assert.Equal(["内"], Menu.Of(nested, Person(""), [], "/a/b/c").Where(p => p.Current is not null).Select(p => p.Title));
        Assert.Equal(["旁"], Menu.Of(nested, Person(""), [], "/a/b/d").Where(p => p.Current is not null).Select(p => p.Title));
    }

    private static IReadOnlyList<MenuPlace> Of(string rights, string address) => Menu.Of(Entries, Person(rights), Features(rights), address);

    private static ClaimsPrincipal Person(string rights) =>
        new(new ClaimsIdentity(rights.Split(' ').Where(r => !r.StartsWith('+')).Select(r => new Claim(PersonClaims.Permission, r)), "test"));

    private static string[] Features(string rights) => [.. rights.Split(' ').Where(r => r.StartsWith('+')).Select(r => r[1..])];
}
