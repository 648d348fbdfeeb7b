using Microsoft.EntityFrameworkCore;
using Modules.Records.Contracts;
using Platform.Storage;

namespace Modules.Records;

internal sealed class RecordTables : ITables
{
    public IReadOnlyList<EvidenceTable> Evidence =>
        [new("submissions", "提交的表单"), new("handwritings", "手写签名"), new("signatures", "电子签名"), new("record_documents", "记录单据")];

    public void Map(ModelBuilder model)
    {
        model.Entity<Submission>(table =>
        {
            table.ToTable("submissions").HasKey(s => s.Id);
            table.HasIndex(s => new { s.SubjectId, s.Step, s.Version }).IsUnique();
            table.HasIndex(s => new { s.DonorId, s.Form, s.At });
            table.HasIndex(s => new { s.Form, s.At });
            table.Ignore(s => s.Subject);
        });
        model.Entity<StoredHandwriting>().ToTable("handwritings").HasKey(h => new { h.SubmissionId, h.Role });
        model.Entity<StoredSignature>(table =>
        {
            table.ToTable("signatures").HasKey(s => new { s.SubmissionId, s.Role });
            table.HasIndex(s => s.SubjectId);
        });
        model.Entity<RecordDocument>(table =>
        {
            table.ToTable("record_documents").HasKey(d => d.Id);
            table.HasIndex(d => new { d.SubjectId, d.Name, d.Version }).IsUnique();
        });
    }
}
