using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Web.Storage.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "hand_over_signatures",
                columns: table => new
                {
                    HandOverId = table.Column<Guid>(type: "TEXT", nullable: false),
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    ProtectedRecord = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProtectedCms = table.Column<byte[]>(type: "BLOB", nullable: false),
                    ProtectedTrust = table.Column<byte[]>(type: "BLOB", nullable: false),
                    StampedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Seal = table.Column<byte[]>(type: "BLOB", nullable: true)
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
