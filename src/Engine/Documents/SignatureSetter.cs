using System.Globalization;
using SkiaSharp;
using static Engine.Documents.Length;

namespace Engine.Documents;

/// <summary>Sets the places of a form's signers side by side: who, how and when at the left, handwriting or a line for ink at the right.</summary>
internal sealed class SignatureSetter(FilledSignatures filled, PageFlow flow, Typesetter regular, Typesetter bold)
{
    /// <summary>Before the sentence the signers agree to, and at the line for ink.</summary>
    public const string Declares = "声明：", Ink = "签名", Unsigned = "尚未签名";

    /// <summary>All characters of a time.</summary>
    public const string TimeCharacters = "0123456789-: ";

    private const float SmallSize = 7.5f, NameSize = 11, TextSize = 9, LineHeight = 1.45f, GreyInk = 0.72f, LeastSize = 5;
    private const float Between = 6, Inset = 5, PictureShare = 0.46f;

    private readonly List<DocumentProblem> _problems = [];
    private readonly List<SignaturePlace> _places = [];
    private readonly List<SKImage> _pictures = [];
    private readonly float _left = Points(filled.Placement.X);
    private readonly float _width = Points(filled.Placement.Width);
    private readonly float _height = Points(filled.Element.Height);
    private readonly float _cell = (Points(filled.Placement.Width) - (filled.Element.Columns - 1) * Between) / filled.Element.Columns;

    public IReadOnlyList<DocumentProblem> Problems => _problems;

    public IReadOnlyList<SignaturePlace> Places => _places;

    /// <summary>To be disposed of when all is drawn.</summary>
    public IReadOnlyList<SKImage> Pictures => _pictures;

    /// <summary>A time as it is printed.</summary>
    public static string Shown(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public void Set()
    {
        SetDeclaration();
        foreach (var row in filled.Signatures.Chunk(filled.Element.Columns))
        {
            var cells = row.Select((signature, at) => Cell(signature, _left + at * (_cell + Between))).ToList();
            var top = flow.Take(_height, (canvas, y) => cells.ForEach(draw => draw(canvas, y)));
            _places.AddRange(row.Select((signature, at) => new SignaturePlace(
                filled.Form.Code, signature.Role, flow.Page, _left + at * (_cell + Between), flow.Height - top - _height, _cell, _height) { Filling = filled.Form.Filling }));
            flow.Gap(Between);
        }
    }

    private void SetDeclaration()
    {
        if (filled.Form.ConfirmText is not { } sentence) return;
        var lines = TextWrap.Lines(Declares + sentence, _width + Hair, r => regular.Advance(r) * TextSize);
        var step = TextSize * LineHeight;
        flow.Keep(lines.Count * step + Between / 2 + _height);
        flow.Take(lines.Count * step + Between / 2, (canvas, top) =>
        {
            for (var i = 0; i < lines.Count; i++) regular.Draw(canvas, lines[i], TextSize, _left, top + i * step + TextSize * 1.1f, 1);
        });
    }

    private Action<SKCanvas, float> Cell(FilledSignature signature, float left)
    {
        var room = _cell * (1 - PictureShare) - 2 * Inset;
        var named = signature.Name.Length > 0;
        var (name, how) = named ? (signature.Name, $"{signature.Method} {(signature.At is { } at ? Shown(at) : "")}".Trim()) : (Unsigned, "");
        var (nameSize, labelSize) = (Fitted(bold, name, NameSize, room), Fitted(regular, signature.Label, SmallSize, room));
        var lines = TextWrap.Lines(how, room + Hair, r => regular.Advance(r) * SmallSize);
        if (lines.Count > 3) _problems.Add(new DoesNotFit(filled.Placement.Path, how));
        var picture = signature.Png is null ? null : Flattened(signature);
        return (canvas, top) =>
        {
            DrawFrame(canvas, left, top);
            regular.Draw(canvas, signature.Label, labelSize, left + Inset, top + Inset + SmallSize, GreyInk);
            (named ? bold : regular).Draw(canvas, name, nameSize, left + Inset, top + Inset + SmallSize + NameSize * 1.3f, named ? 1 : GreyInk);
            for (var i = 0; i < lines.Count; i++)
                regular.Draw(canvas, lines[i], SmallSize, left + Inset, top + _height - Inset - (lines.Count - 1 - i) * SmallSize * 1.3f, GreyInk);
            var box = SKRect.Create(left + _cell * (1 - PictureShare), top + Inset, _cell * PictureShare - Inset, _height - 2 * Inset);
            if (picture is not null) canvas.DrawImage(picture, box.AspectFit(picture.Info.Size), new SKSamplingOptions(SKFilterMode.Linear));
            else if (signature.OnPaper) DrawInkLine(canvas, box);
        };
    }

    /// <summary>The wanted size, or a smaller one in which the text fits on one line.</summary>
    private float Fitted(Typesetter setter, string text, float size, float room)
    {
        var fitted = Math.Min(size, size * room / Math.Max(setter.Width(text, size), 1));
        if (fitted < LeastSize) _problems.Add(new DoesNotFit(filled.Placement.Path, text));
        return fitted;
    }

    private void DrawFrame(SKCanvas canvas, float left, float top)
    {
        using var paint = Typesetter.Paint(0.5f);
        (paint.IsStroke, paint.StrokeWidth) = (true, 0.5f);
        canvas.DrawRect(SKRect.Create(left, top, _cell, _height), paint);
    }

    private void DrawInkLine(SKCanvas canvas, SKRect box)
    {
        using var paint = Typesetter.Paint(1);
        canvas.DrawRect(SKRect.Create(box.Left + 2.5f * SmallSize, box.Bottom - 0.6f, box.Width - 2.5f * SmallSize, 0.6f), paint);
        regular.Draw(canvas, Ink, SmallSize, box.Left, box.Bottom - 1, GreyInk);
    }

    /// <summary>On white paper and in grey: a picture that lets light through is not the same everywhere, and PDF/A may refuse it.</summary>
    private SKImage? Flattened(FilledSignature signature)
    {
        using var data = SKData.CreateCopy(signature.Png);
        using var codec = SKCodec.Create(data);
        using var drawn = codec is null ? null : new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        // A picture that breaks off half-way is not what was written.
        if (drawn is null || codec!.GetPixels(drawn.Info, drawn.GetPixels()) != SKCodecResult.Success)
        {
            _problems.Add(new UnreadablePicture(filled.Placement.Path, signature.Label));
            return null;
        }
        using var paper = new SKBitmap(new SKImageInfo(drawn.Width, drawn.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(paper))
        {
            canvas.Clear(SKColors.White);
            canvas.DrawBitmap(drawn, 0, 0);
        }
        var picture = SKImage.FromBitmap(paper);
        _pictures.Add(picture);
        return picture;
    }
}
