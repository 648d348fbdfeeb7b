using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Web.Storage.Migrations.PostgresHost
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "data_protection_keys",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    FriendlyName = table.Column<string>(type: "text", nullable: true),
                    Xml = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_protection_keys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "host_keys",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false),
                    ProtectedPkcs8 = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_host_keys", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "person_identities",
                columns: table => new
                {
                    TenantId = table.Column<string>(type: "text", nullable: false),
                    PersonId = table.Column<string>(type: "text", nullable: false),
                    Token = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_person_identities", x => new { x.TenantId, x.PersonId });
                });

            migrationBuilder.CreateTable(
                name: "province_registry",
                columns: table => new
                {
                    Kind = table.Column<string>(type: "text", nullable: false),
                    Value = table.Column<string>(type: "text", nullable: false),
                    Tenant = table.Column<string>(type: "text", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_province_registry", x => new { x.Kind, x.Value });
                });

            migrationBuilder.CreateTable(
                name: "store_identity",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false),
                    Installation = table.Column<string>(type: "text", nullable: false),
                    Owner = table.Column<string>(type: "text", nullable: false),
                    MasterKey = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_store_identity", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "tenants",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false),
                    TenantId = table.Column<string>(type: "text", nullable: true),
                    State = table.Column<string>(type: "text", nullable: false),
                    RequestUrlHost = table.Column<string>(type: "text", nullable: false),
                    RequestUrlPrefix = table.Column<string>(type: "text", nullable: false),
                    RecipeName = table.Column<string>(type: "text", nullable: false),
                    ConnectionString = table.Column<string>(type: "text", nullable: true),
                    SchemaVersion = table.Column<string>(type: "text", nullable: false),
                    Incident = table.Column<string>(type: "text", nullable: true),
                    AppliedFiles = table.Column<string>(type: "text", nullable: false),
                    ConfigurationJson = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tenants", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_person_identities_Token",
                table: "person_identities",
                column: "Token");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_protection_keys");

            migrationBuilder.DropTable(
                name: "host_keys");

            migrationBuilder.DropTable(
                name: "person_identities");

            migrationBuilder.DropTable(
                name: "province_registry");

            migrationBuilder.DropTable(
                name: "store_identity");

            migrationBuilder.DropTable(
                name: "tenants");
        }
    }
}
