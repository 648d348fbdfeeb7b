using System.Globalization;
using System.Text;
using Engine.Workflows.Activities;

namespace Engine.Workflows;

/// <summary>
/// A definition as an inline SVG that a screen reader can read: no script, nothing external. With a state the steps done carry
/// a tick and the word, the current step is filled and says so, and the arrows taken are heavier.
/// </summary>
public static class WorkflowDiagram
{
    private const string Ink = "#2b2622";
    private const string Quiet = "#6f6760";
    private const string Line = "#cfc8c0";
    private const string Taken = "#4a433d";
    private const string Accent = "#9b1c1f";
    private const string Amber = "#8a5a00";

    private static readonly Dictionary<string, string> PortNames = new(StringComparer.Ordinal)
    {
        ["Pass"] = "通过", ["Prompt"] = "提示", ["Defer"] = "暂缓", ["Missing"] = "缺项", ["On"] = "启用", ["Off"] = "未启用",
        ["True"] = "是", ["False"] = "否", ["Default"] = "其他", ["Done"] = "完成",
    };

    /// <summary>The SVG element. At its natural size; a page may narrow it.</summary>
    public static string Svg(WorkflowDefinition definition, WorkflowState? state = null)
    {
        var layout = DiagramLayout.Of(Chart(definition));
        var progress = new Progress(state);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {layout.Width:0} {layout.Height:0}\" width=\"{layout.Width:0}\" height=\"{layout.Height:0}\" font-family=\"'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif\">");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{Escape(definition.Name)}流程图</title><desc>{Escape(Describe(definition, progress))}</desc>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{layout.Width:0}\" height=\"{layout.Height:0}\" fill=\"#ffffff\"/>");
        foreach (var arrow in layout.Arrows.OrderBy(progress.IsFollowed)) Draw(svg, arrow, progress);
        foreach (var box in layout.Boxes) Draw(svg, box, progress);
        return svg.Append("</svg>").ToString();
    }

    /// <summary>The chart people think of as the flow: the root, or the first flowchart inside it.</summary>
    private static ActivityNode Chart(WorkflowDefinition definition) =>
        definition.Root.Graph is not null ? definition.Root : definition.Activities.FirstOrDefault(a => a.Graph is not null) ?? definition.Root;

    private static string Describe(WorkflowDefinition definition, Progress progress)
    {
        var steps = definition.UserTasks.Select(t => $"{t.Title}{(t.Features.Count == 0 ? "" : "（可选）")}{progress.Word(t.ActivityId)}");
        return $"步骤依次为：{string.Join("；", steps)}。";
    }

    private static void Draw(StringBuilder svg, DiagramArrow arrow, Progress progress)
    {
        var taken = progress.IsFollowed(arrow);
        var colour = taken ? Taken : Line;
        var points = string.Join(' ', arrow.Points.Select(p => $"{Number(p.X)},{Number(p.Y)}"));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{(taken ? 3 : 1.5)}\" stroke-linejoin=\"round\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{Head(arrow.Points[^2], arrow.Points[^1])}\" fill=\"{colour}\"/>");
        if (Label(arrow, progress) is not { Length: > 0 } label) return;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(arrow.LabelX)}\" y=\"{Number(arrow.LabelY)}\" font-size=\"12\" fill=\"{(taken ? Ink : Quiet)}\" text-anchor=\"{arrow.LabelAnchor}\" stroke=\"#ffffff\" stroke-width=\"4\" paint-order=\"stroke\"{(taken ? " font-weight=\"600\"" : "")}>{Escape(label)}</text>");
    }

    /// <summary>A port is named where there is a choice; a plain "Done" needs no word. Of several, those taken.</summary>
    private static string Label(DiagramArrow arrow, Progress progress)
    {
        var named = progress.IsFollowed(arrow) ? arrow.Connections.Where(progress.IsFollowed) : arrow.Connections;
        var ports = named.Select(c => c.SourcePort ?? "Done").Distinct().ToList();
        if (ports is ["Done"]) return "";
        return string.Join(" / ", ports.Select(p => ActionLabel(arrow.Connections[0].Source, p) ?? PortNames.GetValueOrDefault(p, p)));
    }

    private static string? ActionLabel(ActivityNode node, string port) => node.Type != Station.UserTaskType ? null : JsonValues.ToList(node.Literal("actionDefinitions"))
        .OfType<System.Text.Json.Nodes.JsonObject>()
        .Where(a => ActivityNode.Text(a, "key") == port)
        .Select(a => ActivityNode.Text(a, "label"))
        .FirstOrDefault();

    private static void Draw(StringBuilder svg, DiagramBox box, Progress progress)
    {
        var (fill, stroke, width, text) = progress.Of(box.Node.Id) switch
        {
            StepProgress.Current => (Accent, Accent, 2.0, "#ffffff"),
            StepProgress.Done => ("#f6f3ef", Taken, 2.5, Ink),
            StepProgress.Faulted => ("#fdf6e7", Amber, 2.5, Ink),
            StepProgress.Ahead => ("#ffffff", Line, 1.5, Quiet),
            _ => ("#ffffff", box.Node.Type == Station.UserTaskType ? Taken : Line, 1.5, Ink),
        };
        var word = progress.Word(box.Node.Id).Trim('（', '）');
        var title = (progress.Of(box.Node.Id) == StepProgress.Done ? "✓ " : "") + Fit(box.Node.DisplayText, box.Width - 24);
        svg.Append(CultureInfo.InvariantCulture, $"<g><title>{Escape(box.Node.DisplayText + progress.Word(box.Node.Id))}</title>");
        svg.Append(Shape(box, $"fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{Number(width)}\""));
        var middle = box.Y + box.Height / 2;
        var showsWord = word.Length > 0 && progress.Of(box.Node.Id) is StepProgress.Current or StepProgress.Faulted;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(box.CentreX)}\" y=\"{Number(middle + (showsWord ? -2 : 5))}\" font-size=\"15\" fill=\"{text}\" text-anchor=\"middle\">{Escape(title)}</text>");
        if (showsWord) svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Number(box.CentreX)}\" y=\"{Number(middle + 15)}\" font-size=\"12\" font-weight=\"600\" fill=\"{text}\" text-anchor=\"middle\">{Escape(word)}</text>");
        svg.Append("</g>");
    }

    /// <summary>People's steps are boxes, questions to rules and switches hexagons, everything else rounded.</summary>
    private static string Shape(DiagramBox box, string paint)
    {
        if (box.Node.Type is "Station.RuleCheck" or "Station.Feature" or "Elsa.FlowDecision" or "Elsa.FlowSwitch")
        {
            double left = box.X, right = box.X + box.Width, top = box.Y, bottom = box.Y + box.Height, middle = box.Y + box.Height / 2;
            (double X, double Y)[] corners = [(left + 14, top), (right - 14, top), (right, middle), (right - 14, bottom), (left + 14, bottom), (left, middle)];
            return $"<polygon points=\"{string.Join(' ', corners.Select(c => $"{Number(c.X)},{Number(c.Y)}"))}\" {paint}/>";
        }
        var radius = box.Node.Type == Station.UserTaskType ? 6 : box.Height / 2;
        return $"<rect x=\"{Number(box.X)}\" y=\"{Number(box.Y)}\" width=\"{Number(box.Width)}\" height=\"{Number(box.Height)}\" rx=\"{Number(radius)}\" {paint}/>";
    }

    private static string Head((double X, double Y) from, (double X, double Y) to)
    {
        double dx = Math.Sign(to.X - from.X), dy = Math.Sign(to.Y - from.Y);
        if (dx != 0 && dy != 0) dx = 0;
        double bx = to.X - dx * 9, by = to.Y - dy * 9;
        return $"{Number(to.X)},{Number(to.Y)} {Number(bx - dy * 5)},{Number(by - dx * 5)} {Number(bx + dy * 5)},{Number(by + dx * 5)}";
    }

    private static string Fit(string text, double width)
    {
        var used = 0.0;
        for (var i = 0; i < text.Length; i++)
        {
            used += text[i] < 0x2e80 ? 8.5 : 15;
            if (used > width) return text[..Math.Max(1, i - 1)] + "…";
        }
        return text;
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Escape(string text) => System.Net.WebUtility.HtmlEncode(text);

    private enum StepProgress { Unknown, Ahead, Current, Done, Faulted }

    private sealed class Progress(WorkflowState? state)
    {
        private readonly HashSet<string> _followed = [.. state?.Trail.Followed ?? []];
        private readonly HashSet<string> _executed = [.. state?.Trail.Executed ?? []];

        public bool IsFollowed(DiagramArrow arrow) => arrow.Connections.Any(IsFollowed);

        public bool IsFollowed(Connection connection) => _followed.Contains(connection.Key);

        public StepProgress Of(string id)
        {
            if (state is null) return StepProgress.Unknown;
            if (state.Bookmarks.Any(b => b.ActivityId == id)) return StepProgress.Current;
            if (state.Incidents.Any(i => i.ActivityId == id)) return StepProgress.Faulted;
            return _executed.Contains(id) ? StepProgress.Done : StepProgress.Ahead;
        }

        public string Word(string id) => Of(id) switch
        {
            StepProgress.Current => "（进行中）",
            StepProgress.Done => "（已完成）",
            StepProgress.Faulted => "（故障）",
            StepProgress.Ahead => "（未到）",
            _ => "",
        };
    }
}
