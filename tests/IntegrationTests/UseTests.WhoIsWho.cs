using IntegrationTests.Support;
using Xunit;

namespace IntegrationTests;

/// <summary>Two donors whose masked names are the same are told apart on every list and banner.</summary>
public sealed partial class UseTests
{
    [Fact]
    public async Task Given_two_donors_of_one_masked_name_sex_and_age_When_both_wait_Then_lists_and_banners_tell_them_apart_by_their_queue_numbers_and_mark_them()
    {
        var nurse = await NurseAsync();
        var (wei, qiang) = (await nurse.RegisterOnlyAsync(Donor("張伟")), await nurse.RegisterOnlyAsync(Donor("張强")));
        var other = await nurse.RegisterOnlyAsync(Donor("独孤一人"));
        var (first, second) = (await nurse.GetAsync($"/visits/{wei}/steps/consent-inquiry"), await nurse.GetAsync($"/visits/{qiang}/steps/consent-inquiry"));

        Assert.NotEqual(Queue(first), Queue(second));
        Assert.All(new[] { (first, Queue(second)), (second, Queue(first)) }, page => Assert.Contains($"同名：另有排队号 {page.Item2}", Banner(page.Item1), StringComparison.Ordinal));
        Assert.DoesNotContain("同名", Banner(await nurse.GetAsync($"/visits/{other}")), StringComparison.Ordinal);
        var list = await nurse.GetAsync("/worklist?step=consent-inquiry");
        foreach (var (visit, number) in new[] { (wei, Queue(first)), (qiang, Queue(second)) })
        {
            var row = Part(list, $"<tr[^>]*>(?:(?!</tr>).)*?{visit}.*?</tr>");
            Assert.True(row.Contains(number, StringComparison.Ordinal) && row.Contains("同名", StringComparison.Ordinal), row);
        }
        Assert.DoesNotContain("同名", Part(list, $"<tr[^>]*>(?:(?!</tr>).)*?{other}.*?</tr>"), StringComparison.Ordinal);
        var administrator = await shared.Staff.AtAsync(Station, "gl01");
        var daily = "";
        for (var page = 1; page <= 5; page++) daily += (await administrator.GetAsync($"/daily?list=open&page={page}")).Body;
        Assert.All(new[] { (wei, Queue(first)), (qiang, Queue(second)) }, v => Assert.Contains(v.Item2, Part(first with { Body = daily }, $"<tr[^>]*>(?:(?!</tr>).)*?{v.Item1}.*?</tr>"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_a_donor_registered_at_the_counter_When_the_next_page_comes_Then_it_says_which_number_to_tell_him_and_once_he_has_them_sample_and_donation_number_stand_on_the_list_too()
    {
        var nurse = await NurseAsync();
        var answer = await nurse.PostRegistrationAsync(Donor("排队甲"));
        var next = await nurse.GetAsync(answer.Location!["/hangzhou".Length..]);
        var visit = Visiting.VisitOf(answer);
        Assert.Contains($"请告诉献血者：排队号 {Queue(next)}", Part(next, "<main.*?</main>"), StringComparison.Ordinal);

        await nurse.InquireAsync(visit);
        await nurse.CompleteAsync(visit, "general-check", Visiting.GeneralCheck());
        await nurse.CompleteAsync(visit, "tests", Visiting.Tests(mpv: true));
        await nurse.CompleteAsync(visit, "assessment", Visiting.Assessment());
        var row = Part(await nurse.GetAsync("/worklist?step=pre-collection-check"), $"<tr[^>]*>(?:(?!</tr>).)*?{visit}.*?</tr>");
        Assert.Contains(await nurse.DonationNumberAsync(visit), row, StringComparison.Ordinal);
        Assert.Contains((await new Database(shared.Server, Station).RowsAsync($"SELECT \"SampleNumber\" FROM visits WHERE lower(CAST(\"Id\" AS text)) = '{visit}'"))[0][0]!, row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_donor_at_a_terminal_When_he_has_signed_Then_the_last_page_shows_the_number_staff_see_and_the_next_donor_sees_nothing_of_it()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "排队");
        var idNumber = Visiting.NewIdNumber();
        var done = await terminal.SignAsync(await terminal.AnswerAllAsync(await terminal.IdentifyAsync(idNumber, "排队乙"), Standing.Typed()));
        var page = await terminal.GetAsync(done.Location!["/hangzhou".Length..]);
        var nurse = await NurseAsync();
        var open = await nurse.PostRegistrationAsync(Donor("排队乙", idNumber));
        var number = Queue(await nurse.GetAsync(open.Location!["/hangzhou".Length..].Split('?')[0]));

        Assert.Equal("请到征询室", page.Headline);
        Assert.Contains($"排队号 {number}", Visiting.Words(page), StringComparison.Ordinal);
        await terminal.GetAsync("/kiosk/start");
        Assert.DoesNotContain("排队号", Visiting.Words(await terminal.GetAsync("/kiosk/done/room")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_donor_nobody_has_registered_When_the_terminal_sends_him_to_the_desk_Then_there_is_no_number()
    {
        using var terminal = await shared.Staff.EnrolTerminalAsync(Station, "无号");
        var done = await terminal.AnswerAllAsync(await terminal.IdentifyAsync("330106199509123283", "沈一诺"), Standing.Typed());

        Assert.EndsWith("/kiosk/done/desk", done.Location, StringComparison.Ordinal);
        Assert.DoesNotContain("排队号", Visiting.Words(await terminal.GetAsync("/kiosk/done/desk")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_registrations_at_several_counters_at_once_and_on_two_days_When_numbered_Then_no_number_of_a_day_is_given_twice_and_each_day_begins_anew()
    {
        var nurse = await NurseAsync();
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shared.Staff.SignInAsync(Station, "hs01")));
        var visits = await Task.WhenAll(others.Append(nurse).Select(b => b.RegisterOnlyAsync(Donor("并排"))));
        var rows = await new Database(shared.Server, Station).RowsAsync("SELECT \"Day\", \"QueueNumber\" FROM visits");

        Assert.Equal(4, visits.Distinct().Count());
        Assert.All(rows.GroupBy(r => r[0]), day => Assert.Equal(Enumerable.Range(1, day.Count()), day.Select(r => int.Parse(r[1]!)).Order()));
    }
}
