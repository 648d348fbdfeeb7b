using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Web.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class HandOverSignatures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Method",
                table: "hand_overs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "hand_over_signatures",
                columns: table => new
                {
                    HandOverId = table.Column<Guid>(type: "uuid", nullable: false),
                    Role = table.Column<string>(type: "text", nullable: false),
                    ProtectedRecord = table.Column<byte[]>(type: "bytea", nullable: false),
                    ProtectedCms = table.Column<byte[]>(type: "bytea", nullable: false),
                    ProtectedTrust = table.Column<byte[]>(type: "bytea", nullable: false),
                    StampedAt = table.Column<long>(type: "bigint", nullable: false),
                    Seal = table.Column<byte[]>(type: "bytea", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hand_over_signatures", x => new { x.HandOverId, x.Role });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "hand_over_signatures");

            migrationBuilder.DropColumn(
                name: "Method",
                table: "hand_overs");
        }
    }
}
