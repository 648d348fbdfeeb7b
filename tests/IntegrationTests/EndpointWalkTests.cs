using Harness;
using IntegrationTests.Support;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;
using Xunit;

namespace IntegrationTests;

/// <summary>Every endpoint answers every role at every tenant with its exact status. The endpoints are those the product itself maps; one that the table does not know fails.</summary>
public sealed class EndpointWalkTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string[] Everybody =
    [
        "receptionist", "examiner", "tester", "assessor", "approving-doctor", "collector", "checker", "heat-seal-clerk",
        "recruiter", "stock-keeper", "quality-manager", "archivist", "auditor", "station-administrator", "system-administrator", "security-administrator", "audit-administrator",
    ];

    private static readonly string[] Workers = ["receptionist", "examiner", "tester", "assessor", "approving-doctor", "collector", "checker", "heat-seal-clerk", "quality-manager", "station-administrator"];
    private static readonly string[] VisitReaders = [.. Workers, "archivist", "auditor"];
    private static readonly string[] DonorReaders = ["receptionist", "examiner", "assessor", "approving-doctor", "recruiter", "quality-manager", "auditor", "station-administrator"];

    private static readonly string[] HandwritingReaders = ["examiner", "quality-manager", "archivist", "auditor", "station-administrator"];
    private static readonly string[] RecordReaders = ["examiner", "collector", "checker", "quality-manager", "archivist", "auditor", "station-administrator"];
    private static readonly string[] ReactionReporters = ["receptionist", "examiner", "collector", "checker"];
    private static readonly string[] DailyReaders = ["quality-manager", "archivist", "auditor", "station-administrator"];
    private static readonly string[] ArchiveReaders = ["archivist", "auditor"];
    private static readonly string[] Administrators = ["system-administrator", "security-administrator", "audit-administrator"];
    private static readonly string[] PeopleManagers = ["station-administrator", "security-administrator"];
    private static readonly string[] Configurers = ["station-administrator"];
    private static readonly string[] SystemManagers = ["station-administrator", "system-administrator"];
    private static readonly string[] DeviceHandlers = ["tester", "quality-manager", "station-administrator"];

    /// <summary>Endpoints that answer somebody who is not signed in.</summary>
    private static readonly string[] Open = ["GET /", "GET /sign-in", "POST /sign-in", "POST /sign-in/code", "GET /connect/authorize", "POST /connect/token", "GET /kiosk", "POST /kiosk/enrol", "GET /pki/root.cer", "GET /pki/ca.cer", "GET /pki/crl", "GET /pki/ocsp/{**request}", "POST /pki/ocsp", "POST /pki/tsa", "ANY /{*path:nonfile}"];

    /// <summary>Endpoints for whoever is signed in, with a cookie or a token, whatever the role.</summary>
    private static readonly string[] OwnBusiness = ["POST /sign-out", "GET /pin", "POST /pin", "GET /second-factor", "POST /second-factor", "GET /signing", "POST /signing/apply", "POST /signing/revoke", "GET /connect/userinfo"];

    /// <summary>What a station has for the walk: a visit at its general check, one with its number, and their donor.</summary>
    private sealed record Scene(string Tenant, Guid Waiting, Guid Accepted, Guid Donor, string IdNumber, Dictionary<string, string> Check);

    /// <param name="Roles">Who succeeds.</param>
    /// <param name="Status">With what.</param>
    /// <param name="To">What the address it sends to contains.</param>
    private sealed record Control(string Endpoint, string[] Roles, int Status, Func<Scene, string> Path, Func<Scene, string, Dictionary<string, string>>? Fields = null, string? To = null, string? AnonymousTo = null, int? Anonymous = null);

    private static readonly Control[] Controls =
    [
        new("GET /", [.. Workers.Union(DonorReaders).Union(DailyReaders).Union(Administrators)], 302, _ => "/", To: "/", Anonymous: 302, AnonymousTo: "/sign-in"),
        new("GET /sign-in", Everybody, 200, _ => "/sign-in", Anonymous: 200),
        new("POST /sign-in", Everybody, 302, _ => "/sign-in", (_, _) => new() { ["userName"] = "as-auditor", ["password"] = Installation.DemoPassword }, Anonymous: 302),
        new("POST /sign-in/code", Everybody, 422, _ => "/sign-in/code", (_, _) => new() { ["ticket"] = "made up", ["code"] = "123456" }, Anonymous: 422),
        new("GET /second-factor", Everybody, 200, _ => "/second-factor"),
        new("POST /second-factor", Everybody, 422, _ => "/second-factor", (_, _) => new() { ["_act"] = "confirm", ["code"] = "123456" }),
        new("GET /config/people", PeopleManagers, 200, _ => "/config/people"),
        new("POST /config/people", PeopleManagers, 422, _ => "/config/people", (_, _) => []),
        new("GET /config/people/{id}", PeopleManagers, 404, _ => "/config/people/nobody"),
        new("POST /config/people/{id}", PeopleManagers, 404, _ => "/config/people/nobody", (_, _) => []),
        new("GET /config", Configurers, 200, _ => "/config"),
        new("GET /config/changes", Configurers, 200, _ => "/config/changes"),
        new("POST /config/changes", Configurers, 302, _ => "/config/changes", (_, _) => new() { ["title"] = "试验", ["reason"] = "试验" }, To: "/config/changes/"),
        new("GET /config/changes/{id:guid}", Configurers, 404, _ => $"/config/changes/{Guid.NewGuid()}"),
        new("POST /config/changes/{id:guid}", Configurers, 404, _ => $"/config/changes/{Guid.NewGuid()}", (_, _) => new() { ["_act"] = "check" }),
        new("GET /config/station", Configurers, 200, _ => "/config/station"),
        new("POST /config/station", Configurers, 422, _ => "/config/station", (_, _) => []),
        new("GET /config/features", Configurers, 200, _ => "/config/features"),
        new("POST /config/features", Configurers, 422, _ => "/config/features", (_, _) => []),
        new("GET /config/test-items", Configurers, 200, _ => "/config/test-items"),
        new("POST /config/test-items", Configurers, 422, _ => "/config/test-items", (_, _) => []),
        new("GET /config/papers/{paper}.{ending}", Configurers, 404, _ => "/config/papers/none.png"),
        new("GET /config/audit", ["audit-administrator"], 200, _ => "/config/audit"),
        new("GET /pin", Everybody, 200, _ => "/pin"),
        new("POST /pin", Everybody, 200, _ => "/pin", (_, _) => new() { ["password"] = Installation.DemoPassword, ["currentPin"] = Staff.Pin, ["pin"] = Staff.Pin, ["pinAgain"] = Staff.Pin }),
        new("GET /connect/authorize", Everybody, 302, _ => Authorize, To: "https://tablet.example/back?code=", Anonymous: 302, AnonymousTo: "/sign-in?returnUrl="),
        new("POST /connect/token", Everybody, 200, _ => "/connect/token", (_, _) => Connecting.ClientCredentials, Anonymous: 200),
        new("GET /worklist", Workers, 200, _ => "/worklist"),
        new("GET /registration", ["receptionist"], 200, _ => "/registration"),
        new("POST /registration/find", ["receptionist"], 200, _ => "/registration/find", (_, _) => new() { ["idNumber"] = Visiting.NewIdNumber() }),
        new("POST /registration", ["receptionist"], 302, _ => "/registration", (_, _) => new(Visiting.Registration(Visiting.NewIdNumber())) { ["_operation"] = Guid.NewGuid().ToString(), ["_revision"] = "0" }, To: "/visits/"),
        new("GET /visits/{id:guid}/steps/{step}/amend", ["receptionist"], 200, s => $"/visits/{s.Waiting}/steps/registration/amend"),
        new("POST /visits/{id:guid}/steps/{step}/amend", ["receptionist"], 409, s => $"/visits/{s.Waiting}/steps/registration/amend", (_, _) => new() { ["_operation"] = Guid.NewGuid().ToString() }),
        new("GET /daily", DailyReaders, 200, _ => "/daily"),
        new("GET /visits/{id:guid}/exception", ["station-administrator"], 302, s => $"/visits/{s.Waiting}/exception", To: "/visits/"),
        new("POST /visits/{id:guid}/exception", ["station-administrator"], 409, s => $"/visits/{s.Waiting}/exception", (_, _) => new() { ["_operation"] = Guid.NewGuid().ToString(), ["_action"] = "Retry" }),
        new("GET /visits/{id:guid}/steps/{step}/assign", ["station-administrator"], 200, s => $"/visits/{s.Waiting}/steps/general-check/assign"),
        new("POST /visits/{id:guid}/steps/{step}/assign", ["station-administrator"], 422, s => $"/visits/{s.Waiting}/steps/general-check/assign",
            (s, _) => new() { ["_operation"] = Guid.NewGuid().ToString(), ["_revision"] = s.Check["_revision"], ["_reason"] = "改派" }),
        new("GET /visits/{id:guid}/steps/{step}", ["examiner"], 200, s => $"/visits/{s.Waiting}/steps/general-check"),
        new("POST /visits/{id:guid}/steps/{step}/draft", ["examiner"], 200, s => $"/visits/{s.Waiting}/steps/general-check/draft", (_, _) => new() { ["height"] = "170" }),
        new("POST /visits/{id:guid}/steps/{step}", ["examiner"], 302, s => $"/visits/{s.Waiting}/steps/general-check",
            (s, _) => new(s.Check), To: "/visits/"),
        new("GET /visits/find", Workers, 302, _ => "/visits/find?number=", To: "/worklist"),
        new("POST /visits/find", Workers, 302, _ => "/visits/find", (_, _) => new() { ["number"] = "" }, To: "/worklist"),
        new("GET /visits/{id:guid}", VisitReaders, 200, s => $"/visits/{s.Accepted}"),
        new("GET /visits/{id:guid}/documents/{name}.pdf", Workers, 200, s => $"/visits/{s.Accepted}/documents/donation-label.pdf"),
        new("GET /visits/{id:guid}/handwriting/{submission:guid}/{role}", HandwritingReaders, 404, s => $"/visits/{s.Accepted}/handwriting/{Guid.NewGuid()}/donor"),
        new("GET /visits/{id:guid}/records/{name}-v{version:int}.pdf", RecordReaders, 200, s => $"/visits/{s.Accepted}/records/record-consent-v1.pdf"),
        new("GET /visits/{id:guid}/reactions/new", ReactionReporters, 409, s => $"/visits/{s.Accepted}/reactions/new"),
        new("POST /visits/{id:guid}/reactions/new", ReactionReporters, 409, s => $"/visits/{s.Accepted}/reactions/new", (_, _) => []),
        new("POST /visits/{id:guid}/reactions/new/draft", ReactionReporters, 409, s => $"/visits/{s.Accepted}/reactions/new/draft", (_, _) => []),
        new("GET /follow-ups", ReactionReporters, 200, _ => "/follow-ups"),
        new("GET /follow-ups/{id:guid}", ReactionReporters, 404, _ => $"/follow-ups/{Guid.NewGuid()}"),
        new("POST /follow-ups/{id:guid}", ReactionReporters, 404, _ => $"/follow-ups/{Guid.NewGuid()}", (_, _) => []),
        new("POST /follow-ups/{id:guid}/draft", ReactionReporters, 404, _ => $"/follow-ups/{Guid.NewGuid()}/draft", (_, _) => []),
        new("GET /hand-overs", ["collector", "heat-seal-clerk"], 200, _ => "/hand-overs"),
        new("POST /hand-overs", ["collector", "heat-seal-clerk"], 422, _ => "/hand-overs", (_, _) => new() { ["_operation"] = Guid.NewGuid().ToString() }),
        new("GET /hand-overs/{id:guid}", ["collector", "heat-seal-clerk"], 404, _ => $"/hand-overs/{Guid.NewGuid()}"),
        new("GET /hand-overs/{id:guid}/sheet.pdf", ["collector", "heat-seal-clerk"], 404, _ => $"/hand-overs/{Guid.NewGuid()}/sheet.pdf"),
        new("GET /hand-overs/{id:guid}/{role}.json", ["collector", "heat-seal-clerk"], 404, _ => $"/hand-overs/{Guid.NewGuid()}/giver.json"),
        new("GET /hand-overs/{id:guid}/{role}.p7s", ["collector", "heat-seal-clerk"], 404, _ => $"/hand-overs/{Guid.NewGuid()}/giver.p7s"),
        new("GET /kiosks", SystemManagers, 200, _ => "/kiosks"),
        new("POST /kiosks", SystemManagers, 200, _ => "/kiosks", (_, who) => new() { ["name"] = who, ["place"] = "演示大厅" }),
        new("POST /kiosks/{id:guid}/code", SystemManagers, 404, _ => $"/kiosks/{Guid.NewGuid()}/code", (_, _) => []),
        new("POST /kiosks/{id:guid}/revoke", SystemManagers, 404, _ => $"/kiosks/{Guid.NewGuid()}/revoke", (_, _) => []),
        new("GET /kiosk", Everybody, 200, _ => "/kiosk", Anonymous: 200),
        new("POST /kiosk/enrol", Everybody, 422, _ => "/kiosk/enrol", (_, _) => new() { ["code"] = "AAAAAAAA" }, Anonymous: 422),
        OfTerminal("GET /kiosk/start", "/kiosk/start"),
        OfTerminal("POST /kiosk/start", "/kiosk/start", new() { ["idNumber"] = "1", ["name"] = "甲" }),
        OfTerminal("GET /kiosk/screen/{number:int}", "/kiosk/screen/1"),
        OfTerminal("POST /kiosk/screen/{number:int}", "/kiosk/screen/1", new() { ["_move"] = "next" }),
        OfTerminal("POST /kiosk/leave", "/kiosk/leave", []),
        OfTerminal("GET /kiosk/alive", "/kiosk/alive"),
        OfTerminal("GET /kiosk/done/{place}", "/kiosk/done/desk"),
        new("GET /donors", DonorReaders, 200, _ => "/donors"),
        new("POST /donors/find", DonorReaders, 302, _ => "/donors/find", (s, _) => new() { ["idNumber"] = s.IdNumber }, To: "/donors/"),
        new("GET /donors/{id:guid}", DonorReaders, 200, s => $"/donors/{s.Donor}"),
        new("POST /donors/{id:guid}/reveal", RecordReaders, 302, s => $"/donors/{s.Donor}/reveal", (s, _) => new() { ["reason"] = "核对证件", ["then"] = $"/visits/{s.Accepted}" }, To: "/visits/"),
        new("GET /devices", DeviceHandlers, 200, _ => "/devices"),
        new("GET /devices/import", ["collector"], 200, _ => "/devices/import"),
        new("POST /devices/import", ["collector"], 422, _ => "/devices/import", (_, _) => []),
        new("GET /devices/queue", DeviceHandlers, 200, _ => "/devices/queue"),
        new("POST /devices/queue/{sample:guid}/dismiss", DeviceHandlers, 302, _ => $"/devices/queue/{Guid.NewGuid()}/dismiss", (_, _) => new() { ["reason"] = "已复查" }, To: "/devices/queue"),
        new("POST /devices/queue/{id:guid}/attach", DeviceHandlers, 422, _ => $"/devices/queue/{Guid.NewGuid()}/attach", (_, _) => new() { ["number"] = "1", ["reason"] = "已核对" }),
        new("POST /devices/queue/{id:guid}/rematch", DeviceHandlers, 422, _ => $"/devices/queue/{Guid.NewGuid()}/rematch", (_, _) => []),
        new("GET /devices/frames", DeviceHandlers, 200, _ => "/devices/frames"),
        new("POST /devices/frames/{id:guid}/replay", DeviceHandlers, 302, _ => $"/devices/frames/{Guid.NewGuid()}/replay", (_, _) => new() { ["reason"] = "配置已更正" }, To: "/devices/frames"),
        new("GET /devices/frames/{id:guid}", DeviceHandlers, 404, _ => $"/devices/frames/{Guid.NewGuid()}"),
        new("GET /signing", Everybody, 200, _ => "/signing"),
        new("POST /signing/apply", Everybody, 422, _ => "/signing/apply", (_, _) => []),
        new("POST /signing/revoke", Everybody, 422, _ => "/signing/revoke", (_, _) => []),
        new("POST /signing/people/{person}/revoke", SystemManagers, 422, _ => "/signing/people/nobody/revoke", (_, _) => []),
        Public("GET /pki/root.cer", "/pki/root.cer"),
        Public("GET /pki/ca.cer", "/pki/ca.cer"),
        Public("GET /pki/crl", "/pki/crl"),
        Public("GET /pki/ocsp/{**request}", "/pki/ocsp/MAA="),
        Public("POST /pki/ocsp", "/pki/ocsp", []),
        Public("POST /pki/tsa", "/pki/tsa", []),
        new("GET /archive", ArchiveReaders, 200, _ => "/archive"),
        new("POST /archive/find", ArchiveReaders, 302, _ => "/archive/find", (_, _) => new() { ["name"] = "甲" }, To: "/archive?name="),
        new("GET /archive/{id:guid}", ArchiveReaders, 404, _ => $"/archive/{Guid.NewGuid()}"),
        new("POST /archive/{id:guid}/reveal", ArchiveReaders, 404, _ => $"/archive/{Guid.NewGuid()}/reveal", (_, _) => new() { ["reason"] = "核对证件" }),
        new("GET /archive/{id:guid}/v{version:int}/documents/{name}.pdf", ArchiveReaders, 404, _ => $"/archive/{Guid.NewGuid()}/v1/documents/record-consent.pdf"),
        new("POST /archive/{id:guid}/v{version:int}/package.zip", ArchiveReaders, 404, _ => $"/archive/{Guid.NewGuid()}/v1/package.zip", (_, _) => new() { ["reason"] = "移交" }),
        new("GET /archive/runs", ["archivist"], 200, _ => "/archive/runs"),
        new("POST /archive/runs", ["archivist"], 302, _ => "/archive/runs", (_, _) => new() { ["from"] = "1999-01-01", ["to"] = "1999-01-01" }, To: "/archive/jobs/"),
        new("POST /archive/runs/{id:guid}/cancel", ["archivist"], 404, _ => $"/archive/runs/{Guid.NewGuid()}/cancel", (_, _) => []),
        new("POST /archive/runs/outstanding", ["archivist"], 302, _ => "/archive/runs/outstanding", (_, _) => [], To: "/archive/jobs/"),
        new("GET /archive/jobs/{id:guid}", ArchiveReaders, 404, _ => $"/archive/jobs/{Guid.NewGuid()}"),
        new("GET /archive/verify", ArchiveReaders, 200, _ => "/archive/verify"),
        new("POST /archive/verify", ArchiveReaders, 422, _ => "/archive/verify", (_, _) => []),
        new("POST /archive/verify/{id:guid}/cancel", ArchiveReaders, 404, _ => $"/archive/verify/{Guid.NewGuid()}/cancel", (_, _) => []),
        new("POST /archive/verify/all", ArchiveReaders, 302, _ => "/archive/verify/all", (_, _) => [], To: "/archive/jobs/"),
        // A program's: whoever shows no token is nobody there, signed in or not.
        new("GET /api/archive", Everybody, 401, _ => "/api/archive", Anonymous: 401),
        new("POST /api/archive/search", Everybody, 401, _ => "/api/archive/search", (_, _) => [], Anonymous: 401),
        new("GET /api/archive/{id:guid}/v{version:int}/package.zip", Everybody, 401, _ => $"/api/archive/{Guid.NewGuid()}/v1/package.zip", Anonymous: 401),
        new("GET /api/archive/{id:guid}/documents/{name}.pdf", Everybody, 401, _ => $"/api/archive/{Guid.NewGuid()}/documents/record-consent.pdf", Anonymous: 401),
        new("ANY /{*path:nonfile}", Everybody, 404, _ => "/no/such/page", Anonymous: 404),
        new("POST /sign-out", Everybody, 302, _ => "/sign-out", (_, _) => [], To: "/sign-in"),
    ];

    /// <summary>Whoever is signed in as staff is nobody at a terminal's pages: everybody is led to where one is enrolled.</summary>
    private static Control OfTerminal(string endpoint, string path, Dictionary<string, string>? fields = null) =>
        new(endpoint, Everybody, 302, _ => path, fields is null ? null : (_, _) => fields, To: "/kiosk", Anonymous: 302, AnonymousTo: "/kiosk");

    /// <summary>What the built-in authority tells anybody.</summary>
    private static Control Public(string endpoint, string path, Dictionary<string, string>? fields = null) =>
        new(endpoint, Everybody, 200, _ => path, fields is null ? null : (_, _) => fields, Anonymous: 200);

    private const string Authorize = "/connect/authorize?client_id=tablet&response_type=code&scope=openid&redirect_uri=https%3A%2F%2Ftablet.example%2Fback&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void Given_every_endpoint_the_product_maps_When_listed_Then_each_has_a_control_and_each_control_an_endpoint() =>
        Assert.Equal(Endpoints().Select(e => e.Name).Order(StringComparer.Ordinal), Controls.Select(c => c.Endpoint).Append("GET /connect/userinfo").Order(StringComparer.Ordinal));

    [Fact]
    public void Given_every_endpoint_the_product_maps_When_its_door_is_read_Then_it_wants_a_permission_or_stands_on_the_short_list()
    {
        var open = Endpoints().Where(e => e.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => e.Name);
        var signedIn = Endpoints().Where(e => e.Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && !WantsPermission(e.Endpoint)).ToList();

        Assert.Equal(Open.Order(StringComparer.Ordinal), open.Order(StringComparer.Ordinal));
        Assert.Equal(OwnBusiness.Order(StringComparer.Ordinal), signedIn.Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.All(signedIn, e => Assert.True(e.Endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Count > 0 || e.Endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null, e.Name + " has no door at all"));
    }

    [Fact]
    public void Given_every_endpoint_that_changes_something_When_its_door_is_read_Then_it_wants_the_forms_own_token() =>
        Assert.Equal(["POST /api/archive/search", "POST /connect/token", "POST /pki/ocsp", "POST /pki/tsa"], Endpoints().Where(e => e.Name.StartsWith("POST", StringComparison.Ordinal) && e.Endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is not { RequiresValidation: true }).Select(e => e.Name).Order(StringComparer.Ordinal));

    /// <summary>What the doors themselves say, of every role at every endpoint, against the table: the rights are those the stations' roles have in their stores.</summary>
    [Theory]
    [InlineData("hangzhou")]
    [InlineData("shaoxing")]
    public async Task Given_every_role_When_the_doors_are_read_Then_each_opens_to_those_of_the_table_and_to_nobody_else(string tenant)
    {
        var rights = await RightsAsync(tenant);
        var wrong = new List<string>();
        foreach (var (name, endpoint) in Endpoints())
            foreach (var role in Everybody)
                if (Opens(endpoint, rights[role]) != Door(name).Contains(role)) wrong.Add($"{tenant} {name} as {role}: the door says {Opens(endpoint, rights[role])}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    /// <summary>That the pipeline asks the door: one who may and one who may not, besides whoever is nobody here.</summary>
    [Fact]
    public async Task Given_a_station_When_every_endpoint_is_asked_by_one_who_may_and_by_those_who_may_not_Then_the_statuses_are_exact()
    {
        var (tenant, other) = ("hangzhou", "shaoxing");
        var scene = await SceneAsync(tenant);
        var strangers = new Dictionary<string, Func<Task<Browser>>>
        {
            ["anonymous"] = () => Task.FromResult(shared.Staff.Stranger(tenant)), ["of the other station"] = () => ReplayedAsync(tenant, other, "as-receptionist"),
            ["of the province"] = () => ReplayedAsync(tenant, "Default", "province"),
        };
        var wrong = new List<string>();
        foreach (var control in Controls)
        {
            foreach (var (who, browser) in strangers) wrong.AddRange(await WrongAsync(control, scene, who, await browser(), NotSignedIn(control)));
            // Of a step the door does not know who may: everybody asks.
            foreach (var role in Everybody.Except(control.Roles).Take(IsOfStep(control.Endpoint) ? Everybody.Length : 1)) wrong.AddRange(await WrongAsync(control, scene, role, await PersonAsync(control, tenant, role), (403, null)));
            wrong.AddRange(await WrongAsync(control, scene, control.Roles[0], await PersonAsync(control, tenant, control.Roles[0]), (control.Status, control.To)));
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task Given_a_terminal_When_it_asks_every_endpoint_of_staff_Then_it_is_nobody_there()
    {
        var scene = await SceneAsync("hangzhou");
        using var terminal = await shared.Staff.EnrolTerminalAsync("hangzhou", "到处问");
        var wrong = new List<string>();
        foreach (var control in Controls.Where(c => !c.Path(scene).StartsWith("/kiosk/", StringComparison.Ordinal) && c.Path(scene) != "/kiosk"))
            wrong.AddRange(await WrongAsync(control, scene, "terminal", Replay(terminal, shared.Staff.Stranger("hangzhou")), NotSignedIn(control)));
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task Given_the_province_When_its_roles_and_a_stations_person_ask_every_endpoint_Then_nobody_gets_into_a_station_from_there()
    {
        var scene = new Scene("Default", Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Visiting.NewIdNumber(), new(Visiting.GeneralCheck()) { ["_operation"] = Guid.NewGuid().ToString(), ["_revision"] = "1" });
        var strangers = new Dictionary<string, Func<Task<Browser>>>
        {
            ["anonymous"] = () => Task.FromResult(shared.Staff.Stranger("Default")), ["of a station"] = () => ReplayedAsync("Default", "hangzhou", "as-station-administrator"),
        };
        var wrong = new List<string>();
        foreach (var control in Controls.Select(c => c.Endpoint == "GET /" ? c with { Roles = Everybody, Status = 200, To = null, Anonymous = 200, AnonymousTo = null } : c))
        {
            foreach (var (who, browser) in strangers) wrong.AddRange(await WrongAsync(control, scene, who, await browser(), NotSignedIn(control)));
            foreach (var role in new[] { "provincial-administrator", "auditor" })
                wrong.AddRange(await WrongAsync(control, scene, role, await PersonAsync(control, "Default", role), control.Roles == Everybody || (role == "provincial-administrator" && control.Roles == Configurers) ? (control.Status, control.To) : (403, null)));
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task Given_a_token_When_it_asks_who_it_is_Then_only_its_own_station_answers_and_a_cookie_is_no_token()
    {
        var token = await Connecting.TokenAsync(shared.Staff.Stranger("hangzhou"));
        async Task<int> Asked(Browser browser) => (await browser.GetAsync("/connect/userinfo")).Status;
        Browser With(string tenant)
        {
            var browser = shared.Staff.Stranger(tenant);
            browser.Bearer = token;
            return browser;
        }

        Assert.Equal(200, await Asked(With("hangzhou")));
        Assert.Equal(401, await Asked(With("shaoxing")));
        Assert.Equal(401, await Asked(With("Default")));
        Assert.Equal(401, await Asked(shared.Staff.Stranger("hangzhou")));
        Assert.Equal(401, await Asked(await CopyAsync("hangzhou", "station-administrator")));
    }

    private static async Task<IEnumerable<string>> WrongAsync(Control control, Scene scene, string who, Browser browser, (int Status, string? To) expected)
    {
        using var asking = browser;
        var answer = await AskAsync(control, scene, who, browser);
        return answer.Status == expected.Status && (expected.To is null || (answer.Location ?? "").Contains(expected.To, StringComparison.Ordinal)) ? []
            : [$"{scene.Tenant} {control.Endpoint} as {who}: {answer.Status} {answer.Location}, expected {expected.Status} {expected.To}"];
    }

    private static async Task<Answer> AskAsync(Control control, Scene scene, string who, Browser browser)
    {
        if (control.Fields is null) return await browser.GetAsync(control.Path(scene));
        // The token of this very person at this very tenant goes along: it is the right that is missing, not the form.
        await browser.GetAsync("/sign-in");
        return await browser.PostAsync(control.Path(scene), control.Fields(scene, who));
    }

    private static (int, string?) NotSignedIn(Control control) =>
        control.Anonymous is { } status ? (status, control.AnonymousTo) : control.Fields is null ? (302, "/sign-in?returnUrl=") : (401, null);

    private async Task<Scene> SceneAsync(string tenant)
    {
        var nurse = await shared.Staff.AtAsync(tenant, "hs01");
        var idNumber = Visiting.NewIdNumber();
        var accepted = await nurse.RunVisitAsync(Visiting.Registration(idNumber), mpv: tenant == "hangzhou");
        var donor = Guid.Parse((await nurse.PostAsync("/donors/find", ("idNumber", idNumber))).Location!.Split('/')[^1]);
        var waiting = await nurse.RegisterAsync(Visiting.Registration(Visiting.NewIdNumber()));
        var page = await nurse.GetAsync($"/visits/{waiting}/steps/general-check");
        return new Scene(tenant, waiting, accepted, donor, idNumber, Visiting.WithHidden(page, Visiting.GeneralCheck()));
    }

    /// <summary>Whoever signs in or out ends the session the browser had: such a browser is nobody else's.</summary>
    private Task<Browser> PersonAsync(Control control, string tenant, string role) =>
        control.Endpoint is "POST /sign-in" or "POST /sign-out" or "POST /pin" ? shared.Staff.SignInAsync(tenant, "as-" + role) : CopyAsync(tenant, role);

    private async Task<Browser> CopyAsync(string tenant, string role) => Replay(await shared.Staff.AtAsync(tenant, "as-" + role), shared.Staff.Stranger(tenant));

    private async Task<Browser> ReplayedAsync(string tenant, string from, string account) => Replay(await shared.Staff.AtAsync(from, account), shared.Staff.Stranger(tenant));

    private static Browser Replay(Browser signedIn, Browser elsewhere)
    {
        foreach (var (name, value) in signedIn.Cookies) elsewhere.Cookies[name] = value;
        return elsewhere;
    }

    /// <summary>Whom the door lets in. What a step wants its form says, so its door opens to everybody who works on visits; a terminal's and a program's doors open to nobody of the staff, who are led away or refused there.</summary>
    private static string[] Door(string endpoint) =>
        endpoint is "GET /" or "GET /connect/userinfo" ? Everybody : IsOfStep(endpoint) ? Workers
        : endpoint.Contains(" /api/", StringComparison.Ordinal) || Controls.Single(c => c.Endpoint == endpoint) is { To: "/kiosk" } ? []
        : Controls.Single(c => c.Endpoint == endpoint).Roles;

    private static bool IsOfStep(string endpoint) => endpoint.Contains("/steps/{step}", StringComparison.Ordinal);

    private static bool Opens(Endpoint endpoint, IReadOnlySet<string> rights) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
        || endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(a => a.Policy is not { } policy || rights.Contains(policy["permission:".Length..]));

    /// <summary>Rights of each role, as the station's own store has them.</summary>
    private Task<Dictionary<string, IReadOnlySet<string>>> RightsAsync(string tenant) => shared.Server.Services.GetRequiredService<Tenants>().RunAsync(tenant, async services =>
    {
        var store = services.GetRequiredService<Store>();
        var claims = await (from role in store.Roles
                            join claim in store.RoleClaims on role.Id equals claim.RoleId
                            where claim.ClaimType == PersonClaims.Permission
                            select new { role.Name, claim.ClaimValue }).ToListAsync();
        return Everybody.ToDictionary(r => r, r => (IReadOnlySet<string>)claims.Where(c => c.Name == r).Select(c => c.ClaimValue!).ToHashSet(StringComparer.Ordinal));
    });

    private static bool WantsPermission(Endpoint endpoint) =>
        endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy?.StartsWith("permission:", StringComparison.Ordinal) == true);

    /// <summary>Asked of the product itself, built in this process as it is built to serve.</summary>
    private static IReadOnlyList<(string Name, Endpoint Endpoint)> Endpoints()
    {
        var data = Directory.CreateTempSubdirectory("endpoints-").FullName;
        var app = Serving.Build([$"--AppData={data}", $"--TenantConfig={Path.Combine(Installation.Repository, "tenant-config")}", "--environment=Development"]);
        try
        {
            return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().SelectMany(e => Names(e).Select(name => (name, (Endpoint)e)))];
        }
        finally
        {
            ((IDisposable)app).Dispose();
            Directory.Delete(data, recursive: true);
        }
    }

    private static IEnumerable<string> Names(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}");
}
