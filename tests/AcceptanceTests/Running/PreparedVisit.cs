using System.Text.RegularExpressions;
using Harness;

namespace AcceptanceTests.Running;

/// <summary>Brings a visit so far as a scenario about something later wants it: every form is posted as its page gives it, by whoever does it at the station, and signed; there is no browser.</summary>
internal sealed partial class PreparedVisit(Staff staff, string tenant, Donor donor)
{
    /// <summary>Somebody who may see every visit.</summary>
    private const string AllRounder = "hs01";

    private static readonly string[] Steps =
        ["consent-inquiry", "general-check", "tests", "assessment", "pre-collection-check", "collection-record", "post-collection-check", "heat-seal-check"];

    public async Task<Guid> RegisterAsync()
    {
        var receptionist = await staff.AtAsync(tenant, Journey.AccountOf("登记员"));
        return await receptionist.RegisterOnlyAsync(new(Visiting.Registration(donor.IdNumber)) { ["name"] = donor.Name, ["address"] = "演示路 100 号" });
    }

    /// <summary>Does what is next until this step is done.</summary>
    public async Task BringAsync(Guid visit, string last)
    {
        var next = await NextAsync(visit);
        for (; next is not null && Array.IndexOf(Steps, next) <= Array.IndexOf(Steps, last); next = await NextAsync(visit)) await DoAsync(visit, next);
        if (next is null != (last == Steps[^1])) throw new InvalidOperationException($"Visit {visit} is not where {last} leads: {next ?? "at its end"}");
    }

    /// <summary>The step in progress; null when the visit has come to its end.</summary>
    public async Task<string?> NextAsync(Guid visit)
    {
        var page = await (await staff.AtAsync(tenant, AllRounder)).GetAsync($"/visits/{visit}");
        if (page.Status != 200) throw new InvalidOperationException($"The page of visit {visit}: {page.Status}\n{Visiting.Words(page)}");
        return Current().Match(page.Body) is { Success: true } step ? step.Groups[1].Value : null;
    }

    private async Task DoAsync(Guid visit, string step)
    {
        var (person, second, values) = step switch
        {
            "consent-inquiry" => ("登记员", null, []),
            "general-check" => ("检查医师", null, Check()),
            "tests" => ("检测员", "检测员乙", Tests()),
            "assessment" => ("评估医师", null, Visiting.Assessment()),
            "heat-seal-check" => ("热合员", "核对护士", Collecting.HeatSeal(await NumberAsync(visit))),
            "pre-collection-check" => ("单采护士", "核对护士", Collecting.BeforeCheck(donor.IdNumber, await NumberAsync(visit))),
            "collection-record" => ("单采护士", "核对护士", Collecting.Record()),
            "post-collection-check" => ("单采护士", "核对护士", Collecting.AfterCheck(await NumberAsync(visit))),
            _ => throw new InvalidOperationException($"Nobody knows how to do {step}."),
        };
        // Without a first sign-in the second person would have no PIN.
        if (second is not null) await staff.AtAsync(tenant, Journey.AccountOf(second));
        var browser = await staff.AtAsync(tenant, Journey.AccountOf(person));
        if (step == "consent-inquiry") await browser.InquireAsync(visit);
        else await browser.CompleteAsync(visit, step, values);
    }

    private static Dictionary<string, string> Check() => new(Visiting.GeneralCheck())
    {
        ["height"] = "168", ["weight"] = "62", ["systolic"] = "118", ["diastolic"] = "76", ["pulse"] = "72", ["temperature"] = "36.5",
    };

    private Dictionary<string, string> Tests() => new(Visiting.Tests(mpv: tenant == "hangzhou", hb: "138"))
    {
        ["hct"] = "0.410", ["plt"] = "260", ["wbc"] = "6.20", ["abo"] = donor.BloodGroup,
    };

    private async Task<string> NumberAsync(Guid visit) => await (await staff.AtAsync(tenant, AllRounder)).DonationNumberAsync(visit);

    [GeneratedRegex("<li class=\"current\" data-step=\"([a-z-]+)\"")]
    private static partial Regex Current();
}
