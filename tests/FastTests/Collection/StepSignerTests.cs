using System.Text.Json.Nodes;
using Modules.Records.Contracts;
using Platform.Audit;
using Xunit;

namespace FastTests.Collection;

/// <summary>Each signer's record holds on to the one before it.</summary>
public sealed class StepSignerTests
{
    private static readonly Engine.Forms.FormSigner Role = MadeVisits.Lenient.Form("tests").Signers[0];
    private static readonly Signer First = Sign("甲", []);

    [Fact]
    public void Given_two_signers_When_the_record_of_the_second_is_read_Then_it_names_the_first_by_its_hash()
    {
        var second = Sign("乙", [First]);
        var record = second.ToCanonicalJson(First.Sha256);

        Assert.Equal((First.Sha256, 2), ((string?)JsonNode.Parse(record)!["before"], (int)JsonNode.Parse(record)!["order"]!));
        Assert.Equal(AuditTables.Sha256(record), second.Sha256);
        Assert.Null(JsonNode.Parse(First.ToCanonicalJson(null))!["before"]);
    }

    [Theory]
    [InlineData("丙", "content")]
    [InlineData("甲", "changed")]
    public void Given_another_first_signature_When_the_second_is_signed_Then_its_hash_is_another(string person, string content) =>
        Assert.NotEqual(Sign("乙", [First]).Sha256, Sign("乙", [Sign(person, [], content)]).Sha256);

    [Fact]
    public void Given_a_signature_taken_out_of_the_row_When_the_next_is_signed_Then_its_hash_is_another() =>
        Assert.NotEqual(Sign("丙", [First, Sign("乙", [First])]).Sha256, Sign("丙", [First]).Sha256);

    private static Signer Sign(string person, IReadOnlyList<Signer> before, string content = "content") =>
        Signer.Of(Role, new SignerProof(person, person, SigningMethods.Pin, MadeVisits.Now, ""), content, before);
}
