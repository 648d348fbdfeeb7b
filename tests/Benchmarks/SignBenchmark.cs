using System.Diagnostics;
using System.Security.Cryptography;
using Engine.Documents;
using Harness;
using IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Collection;
using Modules.Signing;
using Modules.Signing.Contracts;
using Platform.Storage;
using Platform.Tenancy;

namespace Benchmarks;

/// <summary>A donor's act: key, certificate on record, signature, timestamp; against the bare key and signature, which nobody can do without.</summary>
internal static class SignBenchmark
{
    private const string Station = "hangzhou";
    private static readonly string[] RecordForms = ["record-consent", "record-registration", "record-collection"];
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(4096);

    public static async Task RunAsync(Figures figures, Counts counts)
    {
        foreach (var database in Database.Available) await OnAsync(figures, counts, database);
    }

    private static async Task OnAsync(Figures figures, Counts counts, Database database)
    {
        await using var server = await Measured.RunningAsync(database);
        using var nurse = await Nurse.SignInAsync(server.Address, Station);
        await PinProof.RequireFloorAsync(server, Station);
        var tenants = server.Services.GetRequiredService<Tenants>();
        var (bare, open, sign, judge) = await ActsAsync(counts, server.Services, tenants);
        figures.Milliseconds($"{database.Name}: P-256 key and bare signature", bare);
        figures.Milliseconds($"{database.Name}: a donor's key, certified and on record", open);
        figures.Milliseconds($"{database.Name}: signature with timestamp", sign);
        figures.Milliseconds($"{database.Name}: checking it", judge);
        figures.Milliseconds($"{database.Name}: opening a key of staff (Argon2id)", await tenants.RunAsync(Station, services => StaffAsync(services, counts)));
        if (!database.OnPostgres) await FormsAsync(figures, counts, server.Services, tenants);
        figures.Ratio($"{database.Name}: certificate, signature and timestamp / bare", (Figures.Median(open) + Figures.Median(sign)) / Figures.Median(bare));
        figures.Ratio($"{database.Name}: signature with timestamp / bare", Figures.Median(sign) / Figures.Median(bare));
        figures.Ratio($"{database.Name}: checking / bare", Figures.Median(judge) / Figures.Median(bare));
    }

    private static async Task<(List<double> Bare, List<double> Open, List<double> Sign, List<double> Judge)> ActsAsync(Counts counts, IServiceProvider services, Tenants tenants)
    {
        var check = services.GetRequiredService<ISignatureCheck>();
        var trust = await tenants.RunAsync(Station, async scope => (await scope.GetRequiredService<ITrustSource>().CollectAsync([])).Trust!);
        var (bare, open, sign, judge) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < 4 * counts.WarmUps + counts.Acts; i++)
        {
            var primitives = Milliseconds(() =>
            {
                using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                key.SignData(Content, HashAlgorithmName.SHA256);
            });
            var (opened, signed, cms) = await tenants.RunAsync(Station, ActAsync);
            var judged = Milliseconds(() => check.Check(cms, Content, trust));
            if (i < 4 * counts.WarmUps) continue;
            bare.Add(primitives);
            open.Add(opened);
            sign.Add(signed);
            judge.Add(judged);
        }
        return (bare, open, sign, judge);
    }

    private static async Task<(double Open, double Sign, byte[] Cms)> ActAsync(IServiceProvider services)
    {
        var start = Stopwatch.GetTimestamp();
        using var act = await DonorActAsync(services);
        var opened = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        var signature = await act.SignAsync(Content);
        return (opened, Stopwatch.GetElapsedTime(start).TotalMilliseconds, signature.Cms!);
    }

    private static async Task<List<double>> StaffAsync(IServiceProvider services, Counts counts)
    {
        var times = new List<double>();
        for (var i = 0; i < counts.Runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var act = await StaffActAsync(services);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times;
    }

    private static async Task<ISigningAct> StaffActAsync(IServiceProvider services)
    {
        var person = (await services.GetRequiredService<Store>().Set<StaffKey>().SingleAsync()).PersonId;
        return (await services.GetRequiredService<ISigningKeys>().OpenForStaffAsync(person, Nurse.Pin)).Act!;
    }

    private static async Task<ISigningAct> DonorActAsync(IServiceProvider services) =>
        (await services.GetRequiredService<ISigningKeys>().OpenForDonorAsync(new DonorSubject("张测试", "11010519491231002X"))).Act!;

    /// <summary>The three forms of a donation, drawn and each signed by two, as the steps that complete them do it: the first by donor and examiner, the others by staff. Against drawing alone.</summary>
    private static async Task FormsAsync(Figures figures, Counts counts, IServiceProvider services, Tenants tenants)
    {
        var (sample, renderer) = (new SampleRecord(), services.GetRequiredService<DocumentRenderer>());
        var layouts = RecordForms.Select(name => LayoutDefinition.Parse(SampleRecord.Config($"layouts/{name}.layout.json"), PrintedDocuments.Record(name, sample.Forms.Values))).ToList();
        var (drawn, signed, bytes) = (new List<double>(), new List<double>(), 0);
        for (var i = 0; i < counts.WarmUps + counts.Runs; i++)
        {
            var forms = new List<RenderedDocument>();
            var drawing = Milliseconds(() => forms.AddRange(layouts.Select(l => (RenderedDocument)renderer.Render(l, sample.Data()))));
            var start = Stopwatch.GetTimestamp();
            bytes = (await tenants.RunAsync(Station, scope => SignedAsync(scope, forms))).Sum(pdf => pdf.Length);
            if (i < counts.WarmUps) continue;
            drawn.Add(drawing);
            signed.Add(drawing + Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        figures.Milliseconds("the three forms of a donation, drawn", drawn);
        figures.Milliseconds($"the three forms, drawn and each signed by two ({bytes / 1000} kB)", signed);
        figures.Ratio("the three forms: drawn and each signed by two / drawn", Figures.Median(signed) / Figures.Median(drawn));
    }

    private static async Task<IReadOnlyList<byte[]>> SignedAsync(IServiceProvider services, IReadOnlyList<RenderedDocument> forms)
    {
        var signed = new List<byte[]>();
        foreach (var (form, number) in forms.Select((f, n) => (f, n)))
        {
            var pdf = form.Pdf;
            foreach (var (place, order) in form.Places.Take(2).Select((p, n) => (p, n)))
            {
                using var act = number == 0 && order == 0 ? await DonorActAsync(services) : await StaffActAsync(services);
                var prepared = PdfSignatures.Prepare(pdf, new SignatureField($"signature{order}", place, "张测试", "本人签名", DateTimeOffset.UtcNow));
                pdf = prepared.Complete((await act.SignAsync(prepared.SignedBytes)).Cms!);
            }
            signed.Add(pdf);
        }
        return signed;
    }

    private static double Milliseconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
