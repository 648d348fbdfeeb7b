using System.Globalization;
using System.Text.RegularExpressions;

namespace Harness;

/// <summary>The steps after the assessment, as the collector posts them.</summary>
internal static partial class Collecting
{
    public const string Second = "hd01";

    /// <summary>Right labels and document, material in date.</summary>
    public static Dictionary<string, string> BeforeCheck(string idNumber, string number) => new()
    {
        ["bedsideIdentity"] = "yes", ["bedsideDocument"] = idNumber, ["recordLabel"] = number, ["kitLabel"] = number, ["tubeLabel"] = number,
        ["separatorCode"] = "SEP-01", ["kitModel"] = "80300", ["kitLot"] = "2607105151", ["kitExpiresOn"] = "2099-07-01",
        ["acdaLot"] = "26092441", ["acdaExpiresOn"] = "2099-08-31", ["salineLot"] = "260426299", ["salineExpiresOn"] = "2099-04-25",
        ["pin-collector"] = Staff.Pin, ["signer-checker"] = Second, ["pin-checker"] = Staff.Pin,
    };

    /// <summary>A run of an hour that went well: one unit in 250 mL. It begins now, as nothing can begin before the donor was registered, and a test does not wait for its end: that is asked, and answered.</summary>
    public static Dictionary<string, string> Record(string volume = "250", string yield = "2.60", string units = "1")
    {
        var (began, ended) = Run(DateTime.UtcNow.AddHours(8)) ?? AfterMidnight();
        return new()
        {
            ["_reason"] = "已与机器屏幕核对",
            ["arm"] = "left", ["needleAt"] = Minute(began), ["collectionEndedAt"] = Minute(ended), ["runCompleted"] = "yes", ["redCellsReturned"] = "yes",
            ["processedBloodMl"] = "4200", ["acdaUsedMl"] = "420", ["acdaBags"] = "1", ["productVolumeMl"] = volume, ["acdaInProductMl"] = "30", ["plateletYield"] = yield, ["collectedUnits"] = units,
            ["pin-collector"] = Staff.Pin, ["signer-checker"] = Second, ["pin-checker"] = Staff.Pin,
        };
    }

    /// <summary>An hour from the station's time on, or what is left of the day: an end of tomorrow is refused. Null in the last minute, when no end of today comes after it.</summary>
    internal static (DateTime Began, DateTime Ended)? Run(DateTime now)
    {
        var last = now.Date.AddDays(1).AddMinutes(-1);
        return now >= last ? null : (now, now.AddMinutes(60) < last ? now.AddMinutes(60) : last);
    }

    /// <summary>The one minute of a day that has to be waited for.</summary>
    private static (DateTime Began, DateTime Ended) AfterMidnight()
    {
        var now = DateTime.UtcNow.AddHours(8);
        Thread.Sleep(now.Date.AddDays(1) - now + TimeSpan.FromMilliseconds(50));
        return Run(DateTime.UtcNow.AddHours(8))!.Value;
    }

    public static Dictionary<string, string> AfterCheck(string number) => new()
    {
        ["recordLabelAfter"] = number, ["bagLabelAfter"] = number, ["tubeLabelAfter"] = number, ["bagCount"] = "2", ["tubeCount"] = "4", ["donorFeelsWell"] = "yes",
        ["pin-collector"] = Staff.Pin, ["signer-checker"] = Second, ["pin-checker"] = Staff.Pin,
    };

    public static Dictionary<string, string> HeatSeal(string number) => new()
    {
        ["sealedBagLabel"] = number, ["segmentLabel"] = number, ["sealIntact"] = "yes", ["pin-sealer"] = Staff.Pin, ["signer-checker"] = Second, ["pin-checker"] = Staff.Pin,
    };

    public static Dictionary<string, string> Reaction(DateOnly? followUp = null, string signs = "口周麻木") => new()
    {
        ["reactionPhase"] = "during", ["reactionAt"] = Minute(DateTime.UtcNow.AddHours(8)), ["reactionClass"] = "C", ["reactionSeverity"] = "mild", ["reactionImputability"] = "probable",
        ["reactionSigns"] = signs, ["reactionAction"] = "减慢流速，口服葡萄糖酸钙", ["reactionOutcome"] = "recovered",
        ["followUpNeeded"] = followUp is null ? "no" : "yes", ["followUpOn"] = followUp?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", ["pin-reporter"] = Staff.Pin,
    };

    /// <summary>Reports a reaction; told that somebody else was faster, submits what the page still holds.</summary>
    public static async Task<Answer> ReportAsync(this Browser person, Guid visit, Dictionary<string, string> reaction)
    {
        var path = $"/visits/{visit}/reactions/new";
        var answer = await person.PostAsync(path, Visiting.WithHidden(await person.GetAsync(path), reaction));
        return answer.Status == 409 ? await person.PostAsync(path, Visiting.WithHidden(answer, reaction)) : answer;
    }

    /// <summary>A call to a donor who is well again.</summary>
    public static Dictionary<string, string> Call() => new()
    {
        ["contactedAt"] = Minute(DateTime.UtcNow.AddHours(8)), ["contactResult"] = "reached", ["conditionNow"] = "recovered", ["followUpNeeded"] = "no", ["pin-caller"] = Staff.Pin,
    };

    /// <summary>Both signatures over one donation, as the page shows it.</summary>
    public static Dictionary<string, string> HandOver(Answer page, Guid visit, string taker, string remarks = "") => new()
    {
        ["_operation"] = page.Hidden("_operation"), ["visit"] = visit.ToString(), [$"shown-{visit}"] = page.Hidden($"shown-{visit}"),
        ["pin-giver"] = Staff.Pin, ["signer-taker"] = taker, ["pin-taker"] = Staff.Pin, ["remarks"] = remarks,
    };

    /// <summary>The donation number as the visit's page shows it.</summary>
    public static async Task<string> DonationNumberAsync(this Browser person, Guid visit) =>
        Number().Match((await person.GetAsync($"/visits/{visit}")).Body) is { Success: true } found ? found.Value : throw new InvalidOperationException($"Visit {visit} has no donation number.");

    /// <summary>From the label to the closed visit.</summary>
    public static async Task CollectAsync(this Browser person, Guid visit, string idNumber)
    {
        var number = await person.DonationNumberAsync(visit);
        await person.CompleteAsync(visit, "pre-collection-check", BeforeCheck(idNumber, number));
        await person.FinishAsync(visit, number);
    }

    /// <summary>From the needle to the closed visit.</summary>
    public static async Task FinishAsync(this Browser person, Guid visit, string number)
    {
        await person.CompleteAsync(visit, "collection-record", Record());
        await person.CompleteAsync(visit, "post-collection-check", AfterCheck(number));
        await person.CompleteAsync(visit, "heat-seal-check", HeatSeal(number));
    }

    private static string Minute(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);

    [GeneratedRegex("9910[12][0-9]{8}")]
    private static partial Regex Number();
}
