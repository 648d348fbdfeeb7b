using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Modules.Signing;

/// <summary>Names in certificates: C, O, OU, CN, serialNumber (X.520).</summary>
internal static class SubjectName
{
    public const string CommonName = "2.5.4.3";
    public const string Organization = "2.5.4.10";
    public const string SerialNumber = "2.5.4.5";
    public const string Donor = Contracts.SignatureVerdict.DonorPrefix;
    public const string Staff = Contracts.SignatureVerdict.StaffPrefix;
    public const string Station = Contracts.SignatureVerdict.StationPrefix;

    /// <summary>ub-common-name, ub-organization-name and ub-serial-number of RFC 5280.</summary>
    private const int Longest = 64;

    public static X500DistinguishedName Of(string organization, string commonName, string? serialNumber, string? unit = null)
    {
        // The builder writes what was added last first.
        var name = new X500DistinguishedNameBuilder();
        if (serialNumber is not null) name.Add(SerialNumber, serialNumber, UniversalTagNumber.PrintableString);
        name.AddCommonName(Fit(commonName));
        if (unit is not null) name.AddOrganizationalUnitName(Fit(unit));
        name.AddOrganizationName(Fit(organization));
        name.AddCountryOrRegion("CN");
        return name.Build();
    }

    public static string Fit(string text, int longest = Longest) => text.Length <= longest ? text : text[..longest];

    /// <summary>The same name with a unit before the common name.</summary>
    public static X500DistinguishedName Marked(X500DistinguishedName name, string unit) =>
        Of(Part(name, Organization), Part(name, CommonName), Part(name, SerialNumber) is { Length: > 0 } number ? number : null, unit);

    /// <summary>One part of a name; empty when it has none.</summary>
    public static string Part(X500DistinguishedName name, string type) => name.EnumerateRelativeDistinguishedNames()
        .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == type).Select(part => part.GetSingleElementValue()).FirstOrDefault() ?? "";
}
