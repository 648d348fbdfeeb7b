using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Web.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Corrections : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "Lifted",
                table: "donor_index",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "Reaction",
                table: "donor_index",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Revision",
                table: "donor_index",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Revision",
                table: "donations",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "LiftedAt",
                table: "deferrals",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LiftedBecause",
                table: "deferrals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LiftedBy",
                table: "deferrals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_deferrals_VisitId",
                table: "deferrals",
                column: "VisitId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_deferrals_VisitId",
                table: "deferrals");

            migrationBuilder.DropColumn(
                name: "Lifted",
                table: "donor_index");

            migrationBuilder.DropColumn(
                name: "Reaction",
                table: "donor_index");

            migrationBuilder.DropColumn(
                name: "Revision",
                table: "donor_index");

            migrationBuilder.DropColumn(
                name: "Revision",
                table: "donations");

            migrationBuilder.DropColumn(
                name: "LiftedAt",
                table: "deferrals");

            migrationBuilder.DropColumn(
                name: "LiftedBecause",
                table: "deferrals");

            migrationBuilder.DropColumn(
                name: "LiftedBy",
                table: "deferrals");
        }
    }
}
