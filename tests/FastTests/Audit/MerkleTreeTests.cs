using System.Security.Cryptography;
using Platform.Audit;
using Xunit;

namespace FastTests.Audit;

/// <summary>The root of the evidence log against the definition of RFC 9162 §2.1.1.</summary>
public sealed class MerkleTreeTests
{
    [Fact]
    public void Given_any_number_of_leaves_When_the_root_is_computed_one_after_the_other_Then_it_is_that_of_the_definition()
    {
        var tree = new MerkleTree();
        var leaves = new List<byte[]>();
        for (var size = 0; size <= 130; size++)
        {
            Assert.Equal((size, Convert.ToHexString(RootOf(leaves))), (tree.Size, Convert.ToHexString(tree.Root())));
            leaves.Add(SHA256.HashData([0, (byte)size]));
            tree.Add(leaves[^1]);
        }
    }

    [Fact]
    public void Given_no_leaf_or_the_empty_one_When_the_root_is_computed_Then_it_is_the_published_value()
    {
        var tree = new MerkleTree();
        Assert.Equal("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", Convert.ToHexString(tree.Root()));
        tree.Add(SHA256.HashData([0]));
        Assert.Equal("6E340B9CFFB37A989CA544E6BB780A2C78901D3FB33738768511A30617AFA01D", Convert.ToHexString(tree.Root()));
    }

    private static byte[] RootOf(List<byte[]> leaves)
    {
        if (leaves.Count < 2) return leaves.Count == 0 ? SHA256.HashData([]) : leaves[0];
        var left = 1;
        while (left * 2 < leaves.Count) left *= 2;
        return SHA256.HashData([1, .. RootOf(leaves[..left]), .. RootOf(leaves[left..])]);
    }
}
