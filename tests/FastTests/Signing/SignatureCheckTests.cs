using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Modules.Signing;
using Modules.Signing.BuiltIn;
using Modules.Signing.Contracts;

namespace FastTests.Signing;

public sealed class SignatureCheckTests
{
    private static readonly byte[] Content = "{\"hb\":\"135\"}"u8.ToArray();
    private static readonly DateTimeOffset Signed = TestAuthority.Start.AddHours(3).AddMilliseconds(250);
    private static readonly TestAuthority Authority = new();
    private static readonly OpenedKey Signer = Authority.Certify("检查医师甲", TimeSpan.FromDays(1));
    private static readonly byte[] Cms = Authority.Sign(Signer, Content, Signed);
    private static readonly SignatureCheck Check = new();

    [Fact]
    public void Given_a_signature_When_checked_long_after_its_certificate_has_ended_Then_it_holds_for_the_time_of_its_stamp()
    {
        var verdict = Check.Check(Cms, Content, Authority.Trust(Signed.AddYears(5)));

        Assert.Empty(verdict.Faults);
        Assert.Equal(("检查医师甲", "staff:1", "甲站 签发", (DateTimeOffset?)Signed), (verdict.Signer, verdict.SignerId, verdict.Authority, verdict.StampedAt));
    }

    [Fact]
    public void Given_a_signature_When_decoded_Then_it_claims_no_time_of_its_own_and_fits_a_pdf()
    {
        var message = new SignedCms(new ContentInfo(Content), detached: true);
        message.Decode(Cms);

        Assert.Equal(["1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"], message.SignerInfos[0].SignedAttributes.OfType<CryptographicAttributeObject>().Select(a => a.Oid.Value!).Order(StringComparer.Ordinal));
        Assert.True(Cms.Length < 8192, $"{Cms.Length} bytes");
    }

    [Fact]
    public void Given_other_content_When_checked_Then_it_was_changed() =>
        Assert.Equal(["内容与签名时不一致，已被改动。"], Check.Check(Cms, "{\"hb\":\"136\"}"u8.ToArray(), Authority.Trust(Signed)).Faults);

    public static TheoryData<string, double?, string> Revocations => new()
    {
        { "before the stamp", -1, "签名证书在签名时已被吊销。" },
        { "at the stamp", 0, "签名证书在签名时已被吊销。" },
        { "after the stamp", 60, "" },
    };

    [Theory]
    [MemberData(nameof(Revocations))]
    public void Given_a_revocation_When_checked_Then_only_one_before_the_stamp_counts(string when, double? seconds, string fault)
    {
        // The list counts in whole seconds.
        var at = Signed.AddMilliseconds(-250).AddSeconds(seconds!.Value);

        Assert.Equal((when, fault), (when, string.Join(' ', Check.Check(Cms, Content, Authority.Trust(Signed.AddDays(3), (Signer, at))).Faults)));
    }

    [Fact]
    public void Given_no_list_or_one_that_had_ended_or_one_of_somebody_else_When_checked_Then_nothing_is_known_and_that_is_a_fault()
    {
        const string unknown = "没有签名证书在签名时的吊销信息，不能确认证书当时有效。";
        var trust = Authority.Trust(Signed);

        foreach (var crls in new IReadOnlyList<byte[]>[] { [], Authority.Trust(Signed.AddDays(-2)).Crls, new TestAuthority().Trust(Signed).Crls, [[1, 2, 3]] })
            Assert.Equal([unknown], Check.Check(Cms, Content, trust with { Crls = crls }).Faults);
    }

    [Theory]
    [InlineData(25, "签名时证书已过期。")]
    [InlineData(-1, "签名时证书尚未生效。")]
    public void Given_a_stamp_outside_the_certificates_validity_When_checked_Then_that_is_the_fault(int hours, string fault)
    {
        var at = TestAuthority.Start.AddHours(hours);
        var verdict = Check.Check(Authority.Sign(Signer, Content, at), Content, Authority.Trust(at));

        Assert.Contains(fault, verdict.Faults);
    }

    [Theory]
    [InlineData(-5, true)]
    [InlineData(-6, false)]
    public void Given_a_stamp_a_little_before_the_certificate_begins_When_checked_Then_clocks_may_differ_by_five_minutes(int minutes, bool holds)
    {
        var at = TestAuthority.Start.AddMinutes(minutes);

        Assert.Equal(holds ? [] : ["签名时证书尚未生效。"], Check.Check(Authority.Sign(Signer, Content, at), Content, Authority.Trust(at)).Faults);
    }

    [Fact]
    public void Given_another_root_of_the_same_name_When_checked_Then_neither_signer_nor_stamp_is_trusted()
    {
        var verdict = Check.Check(Cms, Content, new TestAuthority().Trust(Signed));

        Assert.Equal(["时间戳的证书不是由受信任的机构签发。", "签名证书不是由受信任的机构签发。"], verdict.Faults);
        Assert.Null(verdict.StampedAt);
    }

    [Fact]
    public void Given_a_root_that_came_with_the_signature_only_When_checked_Then_it_is_no_root() =>
        Assert.Contains("签名证书不是由受信任的机构签发。", Check.Check(Cms, Content, Authority.Trust(Signed) with { Roots = [], Issuers = [Authority.Root.RawData] }).Faults);

    [Fact]
    public void Given_no_stamp_or_one_of_another_signature_When_checked_Then_there_is_no_time()
    {
        var moved = new SignedCms(new ContentInfo(Content), detached: true);
        moved.Decode(Authority.Sign(Signer, Content, null));
        Authority.Stamp(moved, [1, 2, 3], Signed);

        Assert.Equal((null, "没有可信时间戳。"), Read(Authority.Sign(Signer, Content, null)));
        Assert.Equal((null, "时间戳不是对这个签名所加，或已被改动。"), Read(moved.Encode()));
    }

    [Fact]
    public void Given_a_plain_signature_without_its_certificate_bound_When_checked_Then_that_is_a_fault()
    {
        var message = new SignedCms(new ContentInfo(Content), detached: true);
        message.ComputeSignature(new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, Signer.Certificate, Signer.Key) { IncludeOption = System.Security.Cryptography.X509Certificates.X509IncludeOption.EndCertOnly }, true);
        Authority.Stamp(message, message.SignerInfos[0].GetSignature(), Signed);

        Assert.Contains("签名没有绑定签名证书（signing-certificate-v2）。", Check.Check(message.Encode(), Content, Authority.Trust(Signed)).Faults);
    }

    [Fact]
    public void Given_bytes_that_are_no_signature_or_a_damaged_one_When_checked_Then_there_is_a_verdict_and_never_an_exception()
    {
        var (random, trust) = (new Random(20261122), Authority.Trust(Signed));
        for (var i = 0; i < 40; i++)
        {
            var damaged = Cms.ToArray();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            var verdict = Check.Check(damaged, Content, trust);
            // Bytes no signature covers, such as a copy of an issuer that is known anyway, may differ; who signed what and when may not.
            if (verdict.Holds) Assert.Equal(("检查医师甲", (DateTimeOffset?)Signed), (verdict.Signer, verdict.StampedAt));
        }
        foreach (var bytes in new byte[][] { [], [0x30], [0x30, 0x80], Cms[..100], Cms[..^1], [.. Enumerable.Repeat((byte)0x30, 4000)] }) Assert.False(Check.Check(bytes, Content, trust).Holds);
    }

    [Fact]
    public void Given_a_signature_with_a_byte_changed_When_its_parts_are_read_Then_they_are_there_or_not_and_never_an_exception()
    {
        for (var at = 0; at < Cms.Length; at += 5)
        {
            var damaged = Cms.ToArray();
            damaged[at] ^= 1;
            Assert.Null(Record.Exception(() => (SignatureParts.Certificate(damaged), SignatureParts.StampCertificate(damaged), SignatureParts.Certificates(damaged))));
        }
        Assert.Equal(2, SignatureParts.Certificates(Cms).Count);
    }

    private static (DateTimeOffset?, string) Read(byte[] cms)
    {
        var verdict = Check.Check(cms, Content, Authority.Trust(Signed));
        return (verdict.StampedAt, string.Join(' ', verdict.Faults));
    }
}
