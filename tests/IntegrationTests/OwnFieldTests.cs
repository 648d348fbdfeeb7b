using Harness;
using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>A field a station has added to the province's form, without code.</summary>
public sealed class OwnFieldTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Given_a_field_of_one_station_When_a_donor_is_registered_there_Then_it_is_asked_and_kept_and_no_other_station_asks()
    {
        var values = new Dictionary<string, string>(Visiting.Registration(Visiting.NewIdNumber())) { ["contactTime"] = "周末上午" };
        var theirs = await shared.Staff.AtAsync("shaoxing", "hs01");
        var ours = await shared.Staff.AtAsync("hangzhou", "hs01");

        var visit = await theirs.RegisterOnlyAsync(values);

        Assert.True((await FormAsync(theirs)).Has("写到街道和小区"));
        Assert.True((await theirs.GetAsync($"/visits/{visit}")).Has("方便联系的时间") && (await theirs.GetAsync($"/visits/{visit}")).Has("周末上午"));
        Assert.False((await FormAsync(ours)).Has("方便联系的时间"));
    }

    private static async Task<Answer> FormAsync(Browser person)
    {
        await person.GetAsync("/registration");
        return await person.PostAsync("/registration/find", ("idNumber", Visiting.NewIdNumber()));
    }
}
