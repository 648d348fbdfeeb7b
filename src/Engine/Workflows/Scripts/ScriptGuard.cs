using JintEngine = Jint.Engine;
using System.Text;
using Jint;
using Jint.Native;
using Jint.Native.Function;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace Engine.Workflows;

/// <summary>A script has gone beyond what it may spend; it cannot catch this.</summary>
internal sealed class ScriptLimitException(string message) : Exception(message);

/// <summary>
/// Makes limits hold inside built-in functions: those whose result can be out of proportion to what they are given look first,
/// those that call others back look after each call, and what flows have no use for is not there.
/// </summary>
internal sealed class ScriptGuard(JintEngine engine, ScriptValues values)
{
    private const int Deepest = 64;
    private const PropertyFlag Fixed = PropertyFlag.AllForbidden;
    private const PropertyFlag Usual = PropertyFlag.ConfigurableEnumerableWritable & ~PropertyFlag.Enumerable;

    /// <summary>Buffers, second worlds, other threads and numbers without end.</summary>
    private static readonly string[] Absent =
    [
        "ArrayBuffer", "SharedArrayBuffer", "DataView", "Atomics", "TypedArray", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
        "Float16Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array", "BigInt", "ShadowRealm", "Proxy", "Intl", "Temporal", "WeakRef", "FinalizationRegistry",
        "AsyncIterator", "AsyncDisposableStack", "DisposableStack", "Promise",
    ];

    private static readonly string[] CallBack = ["map", "filter", "forEach", "some", "every", "find", "findIndex", "findLast", "findLastIndex", "reduce", "reduceRight", "flatMap", "sort", "toSorted"];

    private int _depth;

    public void Install()
    {
        foreach (var name in Absent) engine.Global.RemoveOwnProperty(name);
        engine.Global.DefineOwnProperty(ScriptSource.Guard, new PropertyDescriptor(new ClrFunction(engine, "", (_, a) => Fit(a.At(0)), 1), Fixed));
        GuardLists();
        GuardTexts();
        GuardPatterns();
        var json = Object("JSON");
        Replace(json, "stringify", (original, self, a) => Stringify(original, self, a));
        foreach (var (owner, name) in new[] { ("Object", "groupBy"), ("Map", "groupBy"), ("Array", "from") }) Replace(Object(owner), name, CallingBack);
        foreach (var owner in new[] { "Map", "Set" }) Replace(Prototype(owner), "forEach", CallingBack);
        foreach (var name in CallBack.Where(n => Prototype("Iterator").HasOwnProperty(n))) Replace(Prototype("Iterator"), name, CallingBack);
    }

    /// <summary>Looks at the limits, and lets no text grow beyond all use.</summary>
    private JsValue Fit(JsValue value)
    {
        engine.Constraints.Check();
        return value is JsString text ? Fit(text) : value;
    }

    private static JsString Fit(JsString text) => text.Length <= FlowLimits.Text ? text : throw TooLong;

    private static ScriptLimitException TooLong => new($"一段文字超过 {FlowLimits.Text} 字");

    private void GuardLists()
    {
        var lists = Prototype("Array");
        foreach (var name in CallBack) Replace(lists, name, CallingBack);
        Replace(lists, "join", (_, self, a) => Join(self, a.At(0).IsUndefined() ? "," : TypeConverter.ToString(a.At(0))));
        Replace(lists, "toString", (original, self, a) => self is JsArray ? Join(self, ",") : original.Call(self, a));
        Replace(lists, "toLocaleString", (original, self, a) => self is JsArray ? Join(self, ",") : original.Call(self, a));
        Replace(lists, "flat", (original, self, a) => self is JsArray list ? Flat(list, a.At(0).IsUndefined() ? 1 : TypeConverter.ToIntegerOrInfinity(a.At(0))) : original.Call(self, a));
    }

    private void GuardTexts()
    {
        Object("String").RemoveOwnProperty("raw");
        var texts = Prototype("String");
        Replace(texts, "repeat", (original, self, a) => Length(self) * TypeConverter.ToNumber(a.At(0)) > FlowLimits.Text ? throw TooLong : original.Call(self, a));
        foreach (var name in new[] { "padStart", "padEnd" })
            Replace(texts, name, (original, self, a) => TypeConverter.ToNumber(a.At(0)) > FlowLimits.Text ? throw TooLong : original.Call(self, a));
        Replace(texts, "concat", (_, self, a) => Concatenate(a.Prepend(self)));
        foreach (var name in new[] { "replace", "replaceAll" })
            Replace(texts, name, (original, self, a) => original.Call(self, [a.At(0), Replacement(Length(self), a.At(1), name == "replace" && a.At(0).IsString() ? 1 : Length(self) + 1)]));
    }

    /// <summary>Each match has its own time; here it is looked at what all of them take together.</summary>
    private void GuardPatterns()
    {
        var patterns = Prototype("RegExp");
        Replace(patterns, "exec", (original, self, a) => Fit(original.Call(self, a)));
        var replace = Object("Symbol").Get("replace");
        Replace(patterns, replace, (original, self, a) => original.Call(self, [a.At(0), Replacement(Length(a.At(0)), a.At(1), Length(a.At(0)) + 1)]));
    }

    /// <summary>What is put in for a match; refused when all matches together could make a text out of proportion.</summary>
    private JsValue Replacement(double length, JsValue by, double matches)
    {
        if (by.IsCallable()) return Checked(by);
        var text = TypeConverter.ToString(by);
        var each = text.Length + text.Count(c => c == '$') * length;
        const double most = 2_000_000;
        return each * matches <= most ? text : throw new ScriptLimitException("替换的结果可能太长，请缩短文字或替换内容");
    }

    private static double Length(JsValue value) => value is JsString text ? text.Length : TypeConverter.ToString(value).Length;

    private static JsString Concatenate(IEnumerable<JsValue> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts) Append(text, TypeConverter.ToString(part));
        return new JsString(text.ToString());
    }

    private JsString Join(JsValue self, string separator)
    {
        var list = self as ObjectInstance ?? throw new JavaScriptException(engine.Intrinsics.TypeError, "join: not an object");
        var (text, length) = (new StringBuilder(), LengthOf(list));
        Deeper();
        for (uint i = 0; i < length; i++)
        {
            if (i > 0) Append(text, separator);
            if (list.Get(i) is { } item && !item.IsNull() && !item.IsUndefined()) Append(text, TypeConverter.ToString(item));
        }
        _depth--;
        return new JsString(text.ToString());
    }

    private JsArray Flat(JsArray list, double levels)
    {
        var flat = new List<JsValue>();
        Flatten(list, levels, flat);
        return new JsArray(engine, [.. flat]);
    }

    private void Flatten(JsArray list, double levels, List<JsValue> flat)
    {
        Deeper();
        for (uint i = 0; i < LengthOf(list); i++)
        {
            if (!list.HasProperty(i)) continue;
            var item = list.Get(i);
            if (levels >= 1 && item is JsArray inner) Flatten(inner, levels - 1, flat);
            else flat.Add(item);
            if (flat.Count > JavaScript.LongestList) throw new ScriptLimitException($"列表超过 {JavaScript.LongestList} 项");
        }
        _depth--;
    }

    private uint LengthOf(ObjectInstance list)
    {
        engine.Constraints.Check();
        var length = TypeConverter.ToLength(list.Get("length"));
        return length <= JavaScript.LongestList ? (uint)length : throw new ScriptLimitException($"列表超过 {JavaScript.LongestList} 项");
    }

    private void Deeper()
    {
        if (++_depth > Deepest) throw new ScriptLimitException($"列表嵌套超过 {Deepest} 层");
    }

    private static void Append(StringBuilder text, string more)
    {
        if (text.Length + more.Length > FlowLimits.Text) throw TooLong;
        text.Append(more);
    }

    /// <summary>By way of plain data, so that nothing it is made of can be deep, large or called back without end.</summary>
    private JsValue Stringify(JsValue original, JsValue self, JsValue[] a)
    {
        if (!a.At(1).IsNull() && !a.At(1).IsUndefined()) throw new JavaScriptException(engine.Intrinsics.TypeError, "JSON.stringify 在流程脚本里不支持第二个参数 replacer");
        if (a.At(0) is not ObjectInstance value || value.IsCallable()) return original.Call(self, [a.At(0), JsValue.Undefined, a.At(2)]);
        return Fit(original.Call(self, [ScriptValues.ToJs(engine, values.FromJs(value)), JsValue.Undefined, a.At(2)]));
    }

    private JsValue CallingBack(JsValue original, JsValue self, JsValue[] a) => original.Call(self, [.. a.Select(v => v is Function and not ScriptFunction ? Checked(v) : v)]);

    /// <summary>A built-in function that others call back, with a look at the limits after each call.</summary>
    private JsValue Checked(JsValue function) => function is ScriptFunction ? function : new ClrFunction(engine, "", (self, a) => Fit(function.Call(self, a)));

    private ObjectInstance Object(string name) => (ObjectInstance)engine.GetValue(name);

    private ObjectInstance Prototype(string name) => (ObjectInstance)Object(name).Get("prototype");

    private void Replace(ObjectInstance owner, JsValue name, Func<JsValue, JsValue, JsValue[], JsValue> by)
    {
        var original = owner.Get(name);
        owner.FastSetProperty(name, new PropertyDescriptor(new ClrFunction(engine, name.IsString() ? name.AsString() : "", (self, a) => by(original, self, a)), Usual));
    }
}
