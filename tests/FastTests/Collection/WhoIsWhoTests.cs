using Modules.Collection;
using Modules.Collection.Contracts;
using Modules.Donors.Contracts;
using Xunit;

namespace FastTests.Collection;

/// <summary>Who can be taken for whom, and by which number he is told apart.</summary>
public sealed class WhoIsWhoTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);

    [Theory]
    [InlineData(7, "007")]
    [InlineData(112, "112")]
    [InlineData(1204, "1204")]
    public void Given_a_number_of_today_When_shown_Then_it_has_three_digits_or_more(int number, string shown) => Assert.Equal(shown, new QueuePlace(Today, number).On(Today));

    [Fact]
    public void Given_a_number_of_another_day_When_shown_Then_its_day_stands_beside_it() => Assert.Equal("007（11-21）", new QueuePlace(Today.AddDays(-1), 7).On(Today));

    [Fact]
    public void Given_people_in_the_house_When_one_is_looked_at_Then_only_others_of_the_same_masked_name_are_his_namesakes_in_the_order_of_their_numbers()
    {
        var (me, namesake, again) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        PresentDonor[] present = [Of(again, "张*", 9), Of(me, "张*", 3), Of(me, "张*", 8), Of(namesake, "张*", 5), Of(Guid.NewGuid(), "章*", 4)];

        Assert.Equal([5, 9], PresentDonor.Namesakes(present, me, "张*").Select(p => p.Place.Number));
        Assert.Empty(PresentDonor.Namesakes(present, me, "李*"));
    }

    [Theory]
    [InlineData("A", "pos", "A 型 RhD 阳性")]
    [InlineData("AB", "neg", "AB 型 RhD 阴性")]
    [InlineData("O", null, "O 型 RhD 未测")]
    [InlineData("O", "+", "O 型 RhD 未测")]
    [InlineData(null, "neg", null)]
    public void Given_a_group_When_put_in_words_Then_ABO_never_stands_without_a_word_on_RhD(string? abo, string? rhd, string? words) => Assert.Equal(words, BloodGroups.Words(abo, rhd));

    private static PresentDonor Of(Guid donor, string name, int number) => new(Guid.NewGuid(), donor, name, new QueuePlace(Today, number));
}
