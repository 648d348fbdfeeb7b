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
        model.Entity<StaffSession>(table =>
        {
            table.ToTable("sessions").HasKey(s => s.Id);
            table.HasIndex(s => new { s.PersonId, s.StartedAt });
        });
    }
}
