using Microsoft.EntityFrameworkCore;

namespace Platform.People;

internal static class PeopleTables
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<FailedTries>(table =>
        {
            table.ToTable("failed_tries").HasKey(t => t.Key);
            table.HasIndex(t => new { t.PersonId, t.Kind });
        });
        model.Entity<SecondFactor>().ToTable("second_factors").HasKey(f => f.PersonId);
        // Two who add the same person at once: the database takes one.
        model.Entity<Person>().HasIndex(p => p.IdentityToken).IsUnique().HasFilter("\"IdentityToken\" IS NOT NULL AND NOT \"Disabled\"");
        model.Entity<StaffSession>(table =>
        {
            table.ToTable("sessions").HasKey(s => s.Id);
            table.HasIndex(s => new { s.PersonId, s.StartedAt });
        });
    }
}
