using Platform.People;
using Xunit;

namespace FastTests.People;

/// <summary>A right takes two persons, and roles that watch each other take two more.</summary>
public sealed class GivingRuleTests
{
    private static readonly RightsPerson Chief = Of("chief", null, PeoplePermissions.Manage, PeoplePermissions.Approve);
    private static readonly RightsPerson Deputy = Of("deputy", null, PeoplePermissions.Manage, PeoplePermissions.Approve);
    private static readonly RightsPerson Nurse = Of("nurse", null);

    [Fact]
    public void Given_two_administrators_When_one_asks_and_the_other_approves_Then_it_is_given() => Assert.Null(GivingRule.Refusal(new Givers(Chief, Deputy), Nurse, ready: true));

    [Fact]
    public void Given_no_second_person_When_a_right_is_given_Then_it_is_refused() => Assert.Contains("另一位管理员", GivingRule.Refusal(new Givers(Chief, null), Nurse, ready: true));

    [Fact]
    public void Given_one_and_the_same_as_both_When_a_right_is_given_Then_it_is_refused() => Assert.Contains("另一人", GivingRule.Refusal(new Givers(Chief, Chief), Nurse, ready: true));

    [Fact]
    public void Given_two_accounts_of_one_person_When_they_approve_each_other_Then_it_is_refused() =>
        Assert.Contains("另一人", GivingRule.Refusal(new Givers(Chief with { Token = "t" }, Deputy with { Token = "t" }), Nurse, ready: true));

    [Fact]
    public void Given_an_approver_who_receives_it_himself_When_given_Then_it_is_refused() => Assert.Contains("自己", GivingRule.Refusal(new Givers(Chief, Deputy), Deputy, ready: true));

    [Fact]
    public void Given_an_approver_without_that_right_When_given_Then_it_is_refused() => Assert.Contains(PeoplePermissions.ApproveTitle, GivingRule.Refusal(new Givers(Chief, Nurse), Of("other", null), ready: true));

    [Fact]
    public void Given_an_asker_without_that_right_When_given_Then_it_is_refused() => Assert.Contains(PeoplePermissions.ManageTitle, GivingRule.Refusal(new Givers(Nurse, Deputy), Of("other", null), ready: true));

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Given_the_shell_alone_When_a_right_is_given_Then_it_may_until_two_administrators_are_there(bool ready, bool given) =>
        Assert.Equal(given, GivingRule.Refusal(new Givers(null, null), Nurse, ready) is null);

    [Fact]
    public void Given_people_who_can_give_When_counted_Then_two_different_persons_make_a_station_ready()
    {
        Assert.True(GivingRule.Ready([Chief, Deputy]));
        Assert.False(GivingRule.Ready([Chief]));
        Assert.False(GivingRule.Ready([Chief with { Token = "t" }, Deputy with { Token = "t" }]));
        Assert.False(GivingRule.Ready([Of("a", null, PeoplePermissions.Manage), Of("b", null, PeoplePermissions.Manage)]));
        Assert.True(GivingRule.Ready([Of("a", null, PeoplePermissions.Manage), Of("b", null, PeoplePermissions.Approve)]));
    }

    [Theory]
    [InlineData("系统/g 安全/g", false)]
    [InlineData("系统/g 护士/", true)]
    [InlineData("系统/g 系统/g", true)]
    [InlineData("系统/g 别组/h", true)]
    [InlineData("护士/ 医师/", true)]
    [InlineData("护士/ 审计/g 安全/g", false)]
    public void Given_roles_of_one_person_When_two_of_them_stand_apart_Then_they_are_refused_and_named(string roles, bool together)
    {
        var given = roles.Split(' ').Select(r => r.Split('/')).Select(r => new Role { Name = r[0], DisplayName = r[0], Apart = r[1].Length == 0 ? null : r[1] }).ToList();

        var refusal = GivingRule.Apart(given);

        Assert.Equal(together, refusal is null);
        if (!together) Assert.Contains("安全", refusal, StringComparison.Ordinal);
    }

    private static RightsPerson Of(string id, string? token, params string[] rights) => new(id, id, token, rights.ToHashSet(StringComparer.Ordinal));
}
