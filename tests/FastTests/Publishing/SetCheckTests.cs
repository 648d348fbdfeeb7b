using System.Text.Json.Nodes;
using Platform.Publishing;
using Xunit;

namespace FastTests.Publishing;

/// <summary>Documents that would be in force together, held against each other.</summary>
public sealed class SetCheckTests
{
    [Fact]
    public void Given_the_shipped_documents_When_checked_with_their_cases_Then_there_is_no_finding()
    {
        var set = ShippedSet.New();

        Assert.Empty(set.Findings([.. set.Documents]));
    }

    public static TheoryData<string, string, string, string, string, string> Broken => new()
    {
        // kind, document, what stands there, what is put there, file and place of the finding
        { DocumentKinds.Form, "general-check", "\"weight\"", "\"wieght\"", "gb18467-2011.rules.json", "weight" },
        { DocumentKinds.Form, "general-check", "\"collection.general-check\"", "\"collection.general\"", "general-check.form.json", "$.signers[" },
        { DocumentKinds.Form, "general-check", "\"form\": \"consent-inquiry\"", "\"form\": \"inquiry\"", "general-check.form.json", "review" },
        { DocumentKinds.Form, "pre-collection-check", "\"matches\": \"donationNumber\"", "\"matches\": \"donationNo\"", "pre-collection-check.form.json", "donationNo" },
        { DocumentKinds.Form, "registration", "\"type\": \"id-number\"", "\"type\": \"text\"", "registration.form.json", "$." },
        { DocumentKinds.Layout, "donation-label", "{donationNumber}", "{donationNo}", "donation-label.layout.json", "donationNo" },
        { DocumentKinds.Layout, "record-consent", "\"consent-inquiry\"", "\"inquiry\"", "record-consent.layout.json", "inquiry" },
        { DocumentKinds.Layout, "donation-label", "\"document\": \"donation-label\"", "\"document\": \"label\"", "donation-label.layout.json", "$.document" },
        { DocumentKinds.TestItems, "zhejiang", "\"mpv\"", "\"mvp\"", "tests.form.json", "mpv" },
        { DocumentKinds.Workflow, "apheresis-platelets", "\\\"tests\\\"", "\\\"testz\\\"", "apheresis-platelets.workflow.json", "testz" },
        { DocumentKinds.Workflow, "apheresis-platelets", "\"collection.assess\"", "\"collection.asses\"", "apheresis-platelets.workflow.json", ".permission" },
        { DocumentKinds.Workflow, "apheresis-platelets", "\"definitionId\": \"apheresis-platelets\"", "\"definitionId\": \"plasma\"", "apheresis-platelets.workflow.json", "$.definitionId" },
        { DocumentKinds.RulePack, "zhejiang", "temperatureBelow", "temperatureBelw", "zhejiang.rules.json", "$.settings[0]" },
        { DocumentKinds.RulePack, "hangzhou", "\"gb18467-2011\"", "\"gb18467\"", "hangzhou.rules.json", "$.settings[0]" },
        { DocumentKinds.Settings, "station", "\"signing.electronic\"", "\"signing.electric\"", "station.settings.json", "$.Features" },
        { DocumentKinds.Settings, "station", "\"mpv\"", "\"mvp\"", "station.settings.json", "$.OptionalTests" },
        { DocumentKinds.Settings, "station", "\"mpv\"", "\"hb\"", "station.settings.json", "不是可选" },
        { DocumentKinds.Settings, "station", "\"stationPhone\"", "\"stationPhon\"", "station.settings.json", "$.Values.stationPhon:" },
        { DocumentKinds.Settings, "station", "99101{yy}{serial}", "99101{serial}", "station.settings.json", "$.Values.donationNumberPattern" },
        { DocumentKinds.Settings, "station", "99101{yy}{serial}", "{yy}{serial}", "station.settings.json", "$.Values.donationNumberPattern" },
        { DocumentKinds.Settings, "station", "99101{yy}{serial}", "99101{yy}{serial}{day}", "station.settings.json", "{day}" },
        { DocumentKinds.Settings, "station", "Asia/Shanghai", "Asia/Atlantis", "station.settings.json", "$.TimeZoneId" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Given_one_reference_broken_When_checked_Then_the_finding_stands_in_the_right_file_at_its_place(string kind, string name, string was, string now, string file, string place)
    {
        var set = ShippedSet.New();
        set.Text(kind, name, text => text.Contains(was, StringComparison.Ordinal) ? text.Replace(was, now, StringComparison.Ordinal) : throw new InvalidOperationException($"{was} is not in {name}."));

        var findings = set.Findings();

        Assert.Contains(findings, f => f.Document == file && f.ToString().Contains(place, StringComparison.Ordinal));
        Assert.All(findings, f => Assert.True(f.Path.StartsWith('$') || f.Path.Length > 0, f.ToString()));
    }

    [Theory]
    [InlineData(DocumentKinds.Form, "registration")]
    [InlineData(DocumentKinds.Form, "heat-seal-check")]
    [InlineData(DocumentKinds.Form, "donation-reaction")]
    [InlineData(DocumentKinds.Layout, "deferral-slip")]
    [InlineData(DocumentKinds.Layout, "record-collection")]
    [InlineData(DocumentKinds.Workflow, "apheresis-platelets")]
    [InlineData(DocumentKinds.RulePack, "gb18467-2011")]
    [InlineData(DocumentKinds.TestItems, "zhejiang")]
    public void Given_a_document_taken_away_that_others_need_When_checked_Then_it_is_found(string kind, string name) =>
        Assert.NotEmpty(ShippedSet.New().Without(kind, name).Findings());

    [Fact]
    public void Given_a_task_whose_form_is_worked_out_while_it_runs_When_checked_Then_refused()
    {
        var set = ShippedSet.New().Edit(DocumentKinds.Workflow, "apheresis-platelets", flow => flow["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == "tests")!["form"]!["expression"] =
            JsonNode.Parse("""{"type":"JavaScript","value":"({key: 'tests'})"}"""));

        Assert.Contains(set.Findings(), f => f is { Document: "apheresis-platelets.workflow.json" } && f.Path.EndsWith(".form", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_several_faults_in_a_flow_When_checked_Then_each_is_told()
    {
        var set = ShippedSet.New().Edit(DocumentKinds.Workflow, "apheresis-platelets", flow =>
        {
            foreach (var id in new[] { "check-general", "check-tests" })
                flow["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == id)!["stage"]!["expression"]!["value"] = id;
        });

        Assert.Equal(2, set.Findings().Count(f => f.Path.EndsWith(".stage", StringComparison.Ordinal)));
    }

    [Fact]
    public void Given_a_document_nobody_can_read_When_checked_Then_only_what_cannot_be_read_is_told()
    {
        var findings = ShippedSet.New().Text(DocumentKinds.Form, "tests", _ => "{ \"code\": 1 }").Findings();

        Assert.Contains(findings, f => f is { Document: "tests.form.json" });
        Assert.DoesNotContain(findings, f => f.Document.EndsWith(".rules.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Given_the_fault_of_a_stations_pack_When_checked_Then_no_other_file_is_blamed()
    {
        var set = ShippedSet.New().Edit(DocumentKinds.RulePack, "hangzhou", pack => pack["settings"]![0]!["value"] = 99);

        Assert.All(set.Findings(), f => Assert.Equal("hangzhou.rules.json", f.Document));
        Assert.NotEmpty(set.Findings());
    }

    [Fact]
    public void Given_an_unknown_fact_whose_name_stands_in_the_text_too_When_checked_Then_the_fact_is_blamed_and_not_the_placeholder()
    {
        var set = ShippedSet.New().Text(DocumentKinds.RulePack, "zhejiang", text => text.Replace("alcoholOn", "alcoholAt", StringComparison.Ordinal));

        var finding = Assert.Single(set.Findings().DistinctBy(f => f.ToString()));
        Assert.Contains("未知事实 alcoholAt", finding.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(".text", finding.Path, StringComparison.Ordinal);
    }
}
