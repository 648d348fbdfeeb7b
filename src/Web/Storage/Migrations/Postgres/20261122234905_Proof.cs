using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Web.Storage.Migrations.Postgres
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
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "submissions",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "handwritings",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "hand_overs",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "hand_over_lines",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "evidence_leaves",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_samples",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_sample_statuses",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_readings",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "device_frames",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Seal",
                table: "audit",
                type: "bytea",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
