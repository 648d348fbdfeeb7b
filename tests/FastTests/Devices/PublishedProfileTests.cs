using System.Text;
using Adapters.Devices.Listening;
using Engine.Canonical;
using Modules.Devices.Contracts;
using Platform.Publishing;
using static FastTests.Devices.DeviceSamples;

namespace FastTests.Devices;

/// <summary>Profiles are documents: the station's stands over the province's, and what does not fit is told before it comes into force.</summary>
public sealed class PublishedProfileTests
{
    private static readonly IDeviceProfiles Profiles = new PublishedProfiles();

    private static readonly DocumentKind Kind = new(DocumentKinds.DeviceProfile, "设备配置", ".profile.json", "Station.DeviceProfiles", (_, _) => { }) { NamedWithFolder = true };

    private static PublishedDocument Document(string json, DocumentLayer layer, string name = "mindray/bs") => new()
    {
        Id = Guid.NewGuid(), Kind = DocumentKinds.DeviceProfile, Name = name, Layer = layer, Version = 1, Hash = Publisher.HashOf(json), Json = json, Author = "a", CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static InForce Set(params PublishedDocument[] documents) => new(documents, new ParsedDocuments());

    private static readonly byte[] Alt = "MSH|^~\\&|||||20261201||ORU^R01|2|P|2.3.1||||0||ASCII\rOBR|1|S1\rOBX|1|NM||SGPT|45|U/L|-|N|||F||45\r"u8.ToArray();

    [Fact]
    public void Given_a_profile_of_the_province_and_one_of_the_station_When_read_Then_the_stations_counts()
    {
        var province = Document(Shelf.Json("mindray/bs"), DocumentLayer.Province);
        var station = Document(province.Json.Replace("\"ALT\", \"GPT\"", "\"ALT\", \"SGPT\""), DocumentLayer.Station);
        string? Read(InForce set) => Profiles.Read(set, "Mindray/BS", Alt).Messages.Single().Readings.Single().Code;

        Assert.Equal((null, "alt"), (Read(Set(province)), Read(Set(province, station))));
        Assert.Equal(("HL7 / MLLP", false), (Profiles.ProtocolOf(Set(province), "mindray/bs"), Profiles.IsFile(Set(province), "mindray/bs")));
    }

    [Fact]
    public void Given_no_such_profile_When_asked_Then_the_answer_names_the_recipe_step()
    {
        Assert.Null(Profiles.ProtocolOf(Set(), "mindray/bs"));
        Assert.Contains("Station.DeviceProfiles", Profiles.Read(Set(), "mindray/bs", Alt).Damage);
    }

    [Theory]
    [InlineData("\"code\": \"alt\"", "\"code\": \"ast\"", "$.items[0].code", "没有检测项目 ast")]
    [InlineData("\"format\": \"hl7\"", "\"format\": \"hl8\"", "$.format", "值的类型不对")]
    [InlineData("\"finalStatuses\"", "\"finalStates\"", "$.finalStates", "没有属性 finalStates")]
    public void Given_a_profile_that_does_not_fit_When_checked_Then_place_and_remedy_are_named(string find, string replace, string path, string remedy)
    {
        var fault = Assert.Throws<DocumentFaultException>(() => PublishedProfiles.Check(Document(Shelf.Json("mindray/bs").Replace(find, replace), DocumentLayer.Station), new HashSet<string> { "alt" }));

        Assert.Equal(path, fault.Path);
        Assert.Contains(remedy, fault.Remedy);
    }

    [Fact]
    public void Given_every_profile_delivered_When_checked_Then_it_fits()
    {
        Assert.True(Shelf.Names.Count >= 7);
        Assert.All(Shelf.Names, name => PublishedProfiles.Check(Document(Shelf.Json(name), DocumentLayer.Province, name),
            new HashSet<string> { "hb", "hct", "plt", "wbc", "mpv", "alt", "processedBloodMl", "acdaUsedMl", "acdaInProductMl", "productVolumeMl", "plateletYield" }));
    }

    [Theory]
    [InlineData("devices/mindray/bc-5380.profile.json", "mindray/bc-5380")]
    [InlineData("/srv/devices/Sysmex/XN.profile.json", "sysmex/xn")]
    public void Given_a_file_of_a_profile_When_named_Then_the_makers_folder_belongs_to_the_name(string file, string name) => Assert.Equal(name, Kind.NameOf(file));

    [Theory]
    [InlineData("bc-5380.profile.json", "文件夹")]
    [InlineData("./bc-5380.profile.json", "文件夹")]
    [InlineData("mindray/bc-5380.json", ".profile.json 结尾")]
    public void Given_a_file_without_its_folder_or_ending_When_named_Then_the_remedy_is_told(string file, string remedy) =>
        Assert.Contains(remedy, Assert.Throws<DocumentException>(() => Kind.NameOf(file)).Remedy);
}
