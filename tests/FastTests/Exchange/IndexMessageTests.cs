using Modules.Exchange;
using Modules.Exchange.Contracts;
using Xunit;

namespace FastTests.Exchange;

/// <summary>Which of a station's messages say anything new to the province.</summary>
public sealed class IndexMessageTests
{
    [Theory]
    [InlineData(null, 0, false)]
    [InlineData(0L, 0, true)]
    [InlineData(0L, 1, false)]
    [InlineData(2L, 1, true)]
    [InlineData(2L, 2, true)]
    [InlineData(2L, 3, false)]
    public void Given_what_the_province_has_When_a_message_comes_again_or_late_Then_it_changes_nothing(long? has, long comes, bool known)
    {
        var entry = new IndexEntry(Guid.NewGuid(), "s", IndexEntry.Deferral, null, new DateOnly(2026, 11, 23), 0, null, Revision: comes);
        var row = has is not { } revision ? null
            : new IndexRow { SourceId = entry.SourceId, Digest = "", Station = "s", Kind = IndexEntry.Deferral, Revision = revision };

        Assert.Equal(known, DonorIndexHandler.IsKnown(row, entry));
    }
}
