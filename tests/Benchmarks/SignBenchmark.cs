using System.Diagnostics;
using System.Security.Cryptography;
using Harness;
using IntegrationTests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Modules.Collection;
using Modules.Signing;
using Modules.Signing.Contracts;
using Platform.Documents;
using Platform.Storage;
using Platform.Tenancy;
using Web.Host;

namespace Benchmarks;

/// <summary>A donor's act: key, certificate on record, signature, timestamp; against the bare key and signature, which nobody can do without.</summary>
internal static class SignBenchmark
{
    private const string Station = "hangzhou";
    private const int WarmUp = 20;
    private const int Runs = 100;
    private static readonly byte[] Content = RandomNumberGenerator.GetBytes(4096);

    public static async Task RunAsync(Figures figures)
    {
        await OnAsync(figures, "SQLite", onPostgres: false);
        if (Environment.GetEnvironmentVariable("TEST_POSTGRES") is not null) await OnAsync(figures, "PostgreSQL", onPostgres: true);
    }

    private static async Task OnAsync(Figures figures, string database, bool onPostgres)
    {
        await using var server = await ServerProcess.StartAsync(onPostgres: onPostgres);
        await using var app = Serving.Build([$"--AppData={server.AppData}", $"--TenantConfig={server.TenantConfig}", "--environment=Development", server.Postgres is null ? "" : "--ConnectionStrings:Store=" + server.Postgres]);
        var tenants = app.Services.GetRequiredService<Tenants>();
        await tenants.ReloadAsync();
        using var nurse = await Nurse.SignInAsync(server.Address, Station);
        var check = app.Services.GetRequiredService<ISignatureCheck>();
        var trust = await tenants.RunAsync(Station, async services => (await services.GetRequiredService<ITrustSource>().CollectAsync([])).Trust!);
        var (bare, open, sign, judge) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < WarmUp + Runs; i++)
        {
            var primitives = Milliseconds(() =>
            {
                using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
                key.SignData(Content, HashAlgorithmName.SHA256);
            });
            var (opened, signed, cms) = await tenants.RunAsync(Station, ActAsync);
            var judged = Milliseconds(() => check.Check(cms, Content, trust));
            if (i < WarmUp) continue;
            bare.Add(primitives);
            open.Add(opened);
            sign.Add(signed);
            judge.Add(judged);
        }
        figures.Milliseconds($"{database}: P-256 key and bare signature", bare);
        figures.Milliseconds($"{database}: a donor's key, certified and on record", open);
        figures.Milliseconds($"{database}: signature with timestamp", sign);
        figures.Milliseconds($"{database}: checking it", judge);
        figures.Milliseconds($"{database}: opening a key of staff (Argon2id)", await tenants.RunAsync(Station, StaffAsync));
        if (!onPostgres) await FormAsync(figures, app.Services, tenants);
        figures.Ratio($"{database}: certificate, signature and timestamp / bare", (Figures.Median(open) + Figures.Median(sign)) / Figures.Median(bare));
        figures.Ratio($"{database}: signature with timestamp / bare", Figures.Median(sign) / Figures.Median(bare));
        figures.Ratio($"{database}: checking / bare", Figures.Median(judge) / Figures.Median(bare));
    }

    private static async Task<(double Open, double Sign, byte[] Cms)> ActAsync(IServiceProvider services)
    {
        var keys = services.GetRequiredService<ISigningKeys>();
        var start = Stopwatch.GetTimestamp();
        using var act = (await keys.OpenForDonorAsync(new DonorSubject("张测试", "11010519491231002X"))).Act!;
        var opened = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        var signature = await act.SignAsync(Content);
        return (opened, Stopwatch.GetElapsedTime(start).TotalMilliseconds, signature.Cms!);
    }

    private static async Task<List<double>> StaffAsync(IServiceProvider services)
    {
        var (keys, times) = (services.GetRequiredService<ISigningKeys>(), new List<double>());
        var person = (await services.GetRequiredService<Store>().Set<StaffKey>().SingleAsync()).PersonId;
        for (var i = 0; i < WarmUp; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var act = (await keys.OpenForStaffAsync(person, Nurse.Pin)).Act!;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times;
    }

    /// <summary>The consent form of a visit, drawn and signed by two people as the general check does it, against drawing alone.</summary>
    private static async Task FormAsync(Figures figures, IServiceProvider services, Tenants tenants)
    {
        const string name = "record-consent";
        var (sample, renderer) = (new SampleRecord(), services.GetRequiredService<DocumentRenderer>());
        var layout = LayoutDefinition.Parse(SampleRecord.Config($"layouts/{name}.layout.json"), PrintedDocuments.Record(name, sample.Forms.Values));
        var (drawn, signed, bytes) = (new List<double>(), new List<double>(), 0);
        for (var i = 0; i < 2 * WarmUp; i++)
        {
            RenderedDocument document = null!;
            var drawing = Milliseconds(() => document = (RenderedDocument)renderer.Render(layout, sample.Data()));
            var start = Stopwatch.GetTimestamp();
            bytes = (await tenants.RunAsync(Station, scope => SignTwiceAsync(scope.GetRequiredService<ISigningKeys>(), document))).Length;
            if (i < WarmUp) continue;
            drawn.Add(drawing);
            signed.Add(drawing + Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        figures.Milliseconds("the consent form, drawn", drawn);
        figures.Milliseconds($"the consent form, drawn and signed by two ({bytes / 1000} kB)", signed);
        figures.Ratio("the consent form: drawn and signed by two / drawn", Figures.Median(signed) / Figures.Median(drawn));
    }

    private static async Task<byte[]> SignTwiceAsync(ISigningKeys keys, RenderedDocument document)
    {
        var pdf = document.Pdf;
        foreach (var (place, number) in document.Places.Take(2).Select((p, i) => (p, i)))
        {
            using var act = (await keys.OpenForDonorAsync(new DonorSubject("张测试", "11010519491231002X"))).Act!;
            var prepared = PdfSignatures.Prepare(pdf, new SignatureField($"signature{number}", place, "张测试", "本人签名", DateTimeOffset.UtcNow));
            pdf = prepared.Complete((await act.SignAsync(prepared.SignedBytes)).Cms!);
        }
        return pdf;
    }

    private static double Milliseconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
