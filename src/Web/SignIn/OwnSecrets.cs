using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Modules.Signing.Contracts;
using Platform.Audit;
using Platform.People;
using Platform.Storage;
using Platform.Tenancy;

namespace Web.SignIn;

/// <summary>What a person has chosen for himself and proved to be entitled to.</summary>
/// <param name="Pin">Null: it stays.</param>
/// <param name="OldPin">Opens the key until now; null where there is none.</param>
/// <param name="Password">Null: it stays.</param>
internal sealed record ChosenSecrets(string? Pin, string? OldPin, string? Password);

/// <summary>Keeps a new PIN and a new password.</summary>
internal sealed class OwnSecrets(Store store, IPasswordHasher<Person> hasher, PinHash hash, IStaffCertificates certificates, Sessions sessions, StationClock station)
{
    /// <returns>The session that goes on: a new one where the password is new, for whoever came in with the one before is out.</returns>
    public async Task<StaffSession?> KeepAsync(Actor by, ChosenSecrets chosen, SignInFrom from)
    {
        if (chosen is { Pin: { } next, OldPin: { } old }) await certificates.RewrapAsync(by.Id, old, next);
        await using var transaction = await StoreTransaction.BeginAsync(store);
        var person = await store.Users.SingleAsync(p => p.Id == by.Id);
        if (chosen.Pin is { } pin)
        {
            store.Add(by.Did(person.PinHash is null ? "设置 PIN" : "更换 PIN", "person:" + by.Id, station.Now));
            person.PinHash = hash.Of(person, pin);
            await store.LiftAsync(person.Id, TryLimit.OwnPin);
        }
        var session = chosen.Password is { } password ? await ReplaceAsync(person, password, by, from) : null;
        await transaction.CommitAsync();
        return session;
    }

    /// <summary>A certificate for who has just chosen the first PIN, where the station signs electronically or will.</summary>
    public async Task<SigningFault?> CertifyAsync(Actor who, string pin) =>
        await station.FeatureFromAsync(SigningSettings.Feature) is null ? null : await certificates.ApplyAsync(new StaffSubject(who.Id, who.Name), pin);

    private async Task<StaffSession> ReplaceAsync(Person person, string password, Actor by, SignInFrom from)
    {
        person.PasswordHash = hasher.HashPassword(person, password);
        (person.SecurityStamp, person.MustChangePassword) = (Guid.NewGuid().ToString("N"), false);
        store.Add(by.Did("更换密码", "person:" + by.Id, station.Now));
        await store.EndSessionsAsync(person.Id, "更换密码", station.Now);
        return sessions.Begin(person, from);
    }
}
