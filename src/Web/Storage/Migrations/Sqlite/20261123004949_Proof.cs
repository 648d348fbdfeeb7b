using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Web.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Proof : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "verdicts",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "submissions",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "handwritings",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "hand_overs",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "hand_over_lines",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "evidence_leaves",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_samples",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_sample_statuses",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_readings",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_frames",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "audit",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "archive_items",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    VisitId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ArchiveNumber = table.Column<string>(type: "TEXT", nullable: false),
                    Year = table.Column<int>(type: "INTEGER", nullable: false),
                    Retention = table.Column<string>(type: "TEXT", nullable: false),
                    Department = table.Column<string>(type: "TEXT", nullable: false),
                    DepartmentTitle = table.Column<string>(type: "TEXT", nullable: false),
                    Item = table.Column<long>(type: "INTEGER", nullable: false),
                    Day = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    CollectedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ProtectedName = table.Column<string>(type: "TEXT", nullable: false),
                    NameDigest = table.Column<string>(type: "TEXT", nullable: false),
                    DocumentType = table.Column<string>(type: "TEXT", nullable: false),
                    ProtectedDocumentNumber = table.Column<string>(type: "TEXT", nullable: false),
                    DocumentNumberDigest = table.Column<string>(type: "TEXT", nullable: false),
                    DonationNumber = table.Column<string>(type: "TEXT", nullable: true),
                    Signed = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Documents = table.Column<int>(type: "INTEGER", nullable: false),
                    ArchivedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_archive_items", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "archive_job_lines",
                columns: table => new
                {
                    JobId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    VisitId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Label = table.Column<string>(type: "TEXT", nullable: false),
                    Fault = table.Column<bool>(type: "INTEGER", nullable: false),
                    Text = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_archive_job_lines", x => new { x.JobId, x.Number });
                });

            migrationBuilder.CreateTable(
                name: "archive_jobs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    From = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    To = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    PersonId = table.Column<string>(type: "TEXT", nullable: false),
                    PersonName = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Total = table.Column<int>(type: "INTEGER", nullable: false),
                    Done = table.Column<int>(type: "INTEGER", nullable: false),
                    Archived = table.Column<int>(type: "INTEGER", nullable: false),
                    Faults = table.Column<int>(type: "INTEGER", nullable: false),
                    Cursor = table.Column<Guid>(type: "TEXT", nullable: true),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_archive_jobs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "archive_versions",
                columns: table => new
                {
                    ItemId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    VisitId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ArchiveNumber = table.Column<string>(type: "TEXT", nullable: false),
                    Series = table.Column<string>(type: "TEXT", nullable: false),
                    Item = table.Column<long>(type: "INTEGER", nullable: false),
                    Records = table.Column<int>(type: "INTEGER", nullable: false),
                    File = table.Column<string>(type: "TEXT", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    PersonId = table.Column<string>(type: "TEXT", nullable: false),
                    PersonName = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_archive_versions", x => new { x.ItemId, x.Version });
                });

            migrationBuilder.CreateTable(
                name: "ca_certificates",
                columns: table => new
                {
                    Serial = table.Column<string>(type: "TEXT", nullable: false),
                    Profile = table.Column<string>(type: "TEXT", nullable: false),
                    ProtectedCertificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    NotAfter = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ca_certificates", x => x.Serial);
                });

            migrationBuilder.CreateTable(
                name: "ca_keys",
                columns: table => new
                {
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    Certificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SealedKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ca_keys", x => x.Role);
                });

            migrationBuilder.CreateTable(
                name: "ca_revocations",
                columns: table => new
                {
                    Serial = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ca_revocations", x => x.Serial);
                });

            migrationBuilder.CreateTable(
                name: "record_documents",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    VisitId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Title = table.Column<string>(type: "TEXT", nullable: false),
                    SubmissionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    Signatures = table.Column<int>(type: "INTEGER", nullable: false),
                    ProtectedPdf = table.Column<byte[]>(type: "BLOB", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_record_documents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "signatures",
                columns: table => new
                {
                    SubmissionId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    VisitId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ProtectedRecord = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProtectedCms = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StampedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signatures", x => new { x.SubmissionId, x.Role });
                });

            migrationBuilder.CreateTable(
                name: "signing_authorities",
                columns: table => new
                {
                    Thumbprint = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    Certificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signing_authorities", x => x.Thumbprint);
                });

            migrationBuilder.CreateTable(
                name: "staff_keys",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    PersonId = table.Column<string>(type: "TEXT", nullable: false),
                    PersonName = table.Column<string>(type: "TEXT", nullable: false),
                    Authority = table.Column<string>(type: "TEXT", nullable: false),
                    Certificate = table.Column<byte[]>(type: "BLOB", nullable: false),
                    IssuedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    NotAfter = table.Column<long>(type: "INTEGER", nullable: false),
                    Derivation = table.Column<string>(type: "TEXT", nullable: false),
                    WrappedKey = table.Column<byte[]>(type: "BLOB", nullable: true),
                    ReplacedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    RevokedBy = table.Column<string>(type: "TEXT", nullable: true),
                    RevocationReason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_staff_keys", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_ArchiveNumber",
                table: "archive_items",
                column: "ArchiveNumber",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_Day_Id",
                table: "archive_items",
                columns: new[] { "Day", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_Department_Day_Id",
                table: "archive_items",
                columns: new[] { "Department", "Day", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_DocumentNumberDigest",
                table: "archive_items",
                column: "DocumentNumberDigest");

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_DonationNumber",
                table: "archive_items",
                column: "DonationNumber");

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_NameDigest",
                table: "archive_items",
                column: "NameDigest");

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_VisitId",
                table: "archive_items",
                column: "VisitId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_archive_items_Year_Retention_Department_Item",
                table: "archive_items",
                columns: new[] { "Year", "Retention", "Department", "Item" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_archive_jobs_FinishedAt",
                table: "archive_jobs",
                column: "FinishedAt");

            migrationBuilder.CreateIndex(
                name: "IX_archive_versions_Series_Item_Version",
                table: "archive_versions",
                columns: new[] { "Series", "Item", "Version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_archive_versions_VisitId_Version",
                table: "archive_versions",
                columns: new[] { "VisitId", "Version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_record_documents_VisitId_Name_Version",
                table: "record_documents",
                columns: new[] { "VisitId", "Name", "Version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_signatures_VisitId",
                table: "signatures",
                column: "VisitId");

            migrationBuilder.CreateIndex(
                name: "IX_staff_keys_PersonId_IssuedAt",
                table: "staff_keys",
                columns: new[] { "PersonId", "IssuedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "archive_items");

            migrationBuilder.DropTable(
                name: "archive_job_lines");

            migrationBuilder.DropTable(
                name: "archive_jobs");

            migrationBuilder.DropTable(
                name: "archive_versions");

            migrationBuilder.DropTable(
                name: "ca_certificates");

            migrationBuilder.DropTable(
                name: "ca_keys");

            migrationBuilder.DropTable(
                name: "ca_revocations");

            migrationBuilder.DropTable(
                name: "record_documents");

            migrationBuilder.DropTable(
                name: "signatures");

            migrationBuilder.DropTable(
                name: "signing_authorities");

            migrationBuilder.DropTable(
                name: "staff_keys");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "verdicts");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "submissions");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "handwritings");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "hand_overs");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "hand_over_lines");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "evidence_leaves");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "device_samples");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "device_sample_statuses");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "device_readings");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "device_frames");

            migrationBuilder.DropColumn(
                name: "Seal",
                table: "audit");
        }
    }
}
