using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Web.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class WholeDonation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<decimal>(
                name: "CollectedMl",
                table: "visits",
                type: "numeric",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "CollectedUnits",
                table: "visits",
                type: "numeric",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AssigneeId",
                table: "user_tasks",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "AssigneeName",
                table: "user_tasks",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "EscalateTo",
                table: "user_tasks",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "EscalatedAt",
                table: "user_tasks",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Note",
                table: "user_tasks",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "AmendsVersion",
                table: "submissions",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Reason",
                table: "submissions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ReviewJson",
                table: "submissions",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "follow_ups",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    VisitId = table.Column<Guid>(type: "uuid", nullable: false),
                    DonorId = table.Column<Guid>(type: "uuid", nullable: false),
                    Because = table.Column<string>(type: "text", nullable: false),
                    DueOn = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    OpenedAt = table.Column<long>(type: "bigint", nullable: false),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true),
                    ClosedBy = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_follow_ups", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "hand_over_lines",
                columns: table => new
                {
                    VisitId = table.Column<Guid>(type: "uuid", nullable: false),
                    HandOverId = table.Column<Guid>(type: "uuid", nullable: false),
                    DonationNumber = table.Column<string>(type: "text", nullable: false),
                    DonationType = table.Column<string>(type: "text", nullable: false),
                    VolumeMl = table.Column<decimal>(type: "numeric", nullable: false),
                    Units = table.Column<decimal>(type: "numeric", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hand_over_lines", x => x.VisitId);
                });

            migrationBuilder.CreateTable(
                name: "hand_overs",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<string>(type: "text", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    GivenById = table.Column<string>(type: "text", nullable: false),
                    GivenBy = table.Column<string>(type: "text", nullable: false),
                    TakenById = table.Column<string>(type: "text", nullable: false),
                    TakenBy = table.Column<string>(type: "text", nullable: false),
                    Remarks = table.Column<string>(type: "text", nullable: true),
                    ContentHash = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hand_overs", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "handwritings",
                columns: table => new
                {
                    SubmissionId = table.Column<Guid>(type: "uuid", nullable: false),
                    Role = table.Column<string>(type: "text", nullable: false),
                    Sha256 = table.Column<string>(type: "text", nullable: false),
                    ProtectedPng = table.Column<byte[]>(type: "bytea", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_handwritings", x => new { x.SubmissionId, x.Role });
                });

            migrationBuilder.CreateTable(
                name: "kiosk_sessions",
                columns: table => new
                {
                    TerminalId = table.Column<Guid>(type: "uuid", nullable: false),
                    TokenDigest = table.Column<string>(type: "text", nullable: false),
                    ProtectedState = table.Column<string>(type: "text", nullable: false),
                    UsedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_kiosk_sessions", x => x.TerminalId);
                });

            migrationBuilder.CreateTable(
                name: "kiosk_terminals",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false),
                    Place = table.Column<string>(type: "text", nullable: false),
                    CodeDigest = table.Column<string>(type: "text", nullable: true),
                    CodeExpiresAt = table.Column<long>(type: "bigint", nullable: true),
                    TokenDigest = table.Column<string>(type: "text", nullable: true),
                    EnrolledAt = table.Column<long>(type: "bigint", nullable: true),
                    AddedAt = table.Column<long>(type: "bigint", nullable: false),
                    AddedBy = table.Column<string>(type: "text", nullable: false),
                    RevokedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_kiosk_terminals", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "timers",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    InstanceId = table.Column<Guid>(type: "uuid", nullable: false),
                    Kind = table.Column<string>(type: "text", nullable: false),
                    BookmarkKey = table.Column<string>(type: "text", nullable: false),
                    DueAt = table.Column<long>(type: "bigint", nullable: false),
                    DoneAt = table.Column<long>(type: "bigint", nullable: true),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    LastError = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_timers", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_follow_ups_ClosedAt_DueOn",
                table: "follow_ups",
                columns: new[] { "ClosedAt", "DueOn" });

            migrationBuilder.CreateIndex(
                name: "IX_follow_ups_VisitId",
                table: "follow_ups",
                column: "VisitId");

            migrationBuilder.CreateIndex(
                name: "IX_hand_over_lines_HandOverId",
                table: "hand_over_lines",
                column: "HandOverId");

            migrationBuilder.CreateIndex(
                name: "IX_hand_overs_Number",
                table: "hand_overs",
                column: "Number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_kiosk_terminals_CodeDigest",
                table: "kiosk_terminals",
                column: "CodeDigest",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_kiosk_terminals_TokenDigest",
                table: "kiosk_terminals",
                column: "TokenDigest",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_timers_DoneAt_DueAt",
                table: "timers",
                columns: new[] { "DoneAt", "DueAt" });

            migrationBuilder.CreateIndex(
                name: "IX_timers_InstanceId",
                table: "timers",
                column: "InstanceId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "follow_ups");

            migrationBuilder.DropTable(
                name: "hand_over_lines");

            migrationBuilder.DropTable(
                name: "hand_overs");

            migrationBuilder.DropTable(
                name: "handwritings");

            migrationBuilder.DropTable(
                name: "kiosk_sessions");

            migrationBuilder.DropTable(
                name: "kiosk_terminals");

            migrationBuilder.DropTable(
                name: "timers");

            migrationBuilder.DropColumn(
                name: "CollectedMl",
                table: "visits");

            migrationBuilder.DropColumn(
                name: "CollectedUnits",
                table: "visits");

            migrationBuilder.DropColumn(
                name: "AssigneeId",
                table: "user_tasks");

            migrationBuilder.DropColumn(
                name: "AssigneeName",
                table: "user_tasks");

            migrationBuilder.DropColumn(
                name: "EscalateTo",
                table: "user_tasks");

            migrationBuilder.DropColumn(
                name: "EscalatedAt",
                table: "user_tasks");

            migrationBuilder.DropColumn(
                name: "Note",
                table: "user_tasks");

            migrationBuilder.DropColumn(
                name: "AmendsVersion",
                table: "submissions");

            migrationBuilder.DropColumn(
                name: "Reason",
                table: "submissions");

            migrationBuilder.DropColumn(
                name: "ReviewJson",
                table: "submissions");
        }
    }
}
