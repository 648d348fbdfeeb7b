using System.Diagnostics;
using Engine.Workflows;
using Xunit;
using static FastTests.Workflows.Flows;

namespace FastTests.Workflows;

/// <summary>What a script may spend holds for built-in functions too: none takes more memory or time than its limit, and none ends the process.</summary>
public sealed class ScriptLimitTests
{
    private const long Most = 64_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>Each would take hundreds of megabytes, minutes, or the whole process.</summary>
    public static TheoryData<string> Greedy =>
    [
        // Texts that built-in functions multiply.
        "new Array(99999).join('x'.repeat(30000)).length",
        "'x'.repeat(500000000).length",
        "'x'.padStart(500000000).length",
        "'x'.padEnd(500000000, 'ab').length",
        "String(new Array(60000).fill('x'.repeat(30000))).length",
        "`${new Array(60000).fill('x'.repeat(30000))}`.length",
        "(new Array(60000).fill('x'.repeat(30000)) + '').length",
        "new Array(60000).fill('x'.repeat(30000)).toLocaleString().length",
        "''.concat(...new Array(60000).fill('x'.repeat(30000))).length",
        "'x'.repeat(30000).replaceAll('x', 'y'.repeat(30000)).length",
        "'x'.repeat(30000).replace(/x/g, 'y'.repeat(30000)).length",
        "'x'.repeat(30000).replace(/x/g, () => 'y'.repeat(30000)).length",
        "/x/g[Symbol.replace]('x'.repeat(30000), 'y'.repeat(30000)).length",
        "'x'.repeat(60000).replace(/x/g, '$`').length",
        "'x'.repeat(60000).split('x').join('y'.repeat(30000)).length",
        "JSON.stringify(new Array(60000).fill('x'.repeat(30000))).length",
        "JSON.stringify(new Array(5000).fill([[[[[[[[1]]]]]]]]), null, 10).length",
        "toJson(new Array(60000).fill('x'.repeat(30000))).length",
        "String.raw({ raw: new Array(60000).fill('x'.repeat(30000)) }).length",
        "encodeURIComponent('\\u4e2d'.repeat(10000000)).length",
        "new RegExp('('.repeat(500000) + ')'.repeat(500000)).test('a')",
        "new Array(60000).fill('x'.repeat(30000)).reduce((a, b) => a + b).length",
        "new Array(60000).fill('x'.repeat(30000)).reduce(String.prototype.concat.call.bind(String.prototype.concat)).length",
        // Texts that double within one statement.
        "(() => { let s = 'x'.repeat(1000000); return [s += s, s += s, s += s, s += s, s += s, s += s, s += s, s += s, s += s, s += s].length; })()",
        "(() => { let a = 'x'.repeat(1000); return [a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`, a = `${a}${a}`].length; })()",
        "(() => { let o = { s: 'x'.repeat(1000) }; return [o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s, o.s += o.s].length; })()",
        "let s = 'x'; while (true) s += s;",
        "let s = 'x'; while (true) s = s.concat(s);",
        // Lists, one great and many small.
        "new Array(4294967295).fill(1).length",
        "Array.from({ length: 1e9 }).length",
        "[" + string.Concat(Enumerable.Repeat("Array(99999).fill(1),", 500)) + "].length",
        "(() => { let o = Object.fromEntries([...Array(20000).keys()].map(k => [k, k])); return [" + string.Concat(Enumerable.Repeat("{...o},", 500)) + "].length; })()",
        "Array(50000).fill(0).map(Array.prototype.slice, Array(50000).fill(1)).length",
        "Array(50000).fill(0).map(String.prototype.toUpperCase, 'x'.repeat(60000)).length",
        "Array.from(Array(50000).fill(90000), Array).length",
        "new Uint8Array(2000000000).length",
        "new ArrayBuffer(2000000000).byteLength",
        "new SharedArrayBuffer(2000000000).byteLength",
        "new Float64Array(100000000).length",
        "new (new ShadowRealm().constructor)().evaluate(\"'x'.repeat(500000000).length\")",
        // Time.
        "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return JSON.stringify(a).length;",
        "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a;",
        "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return String(a).length;",
        "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a.flat(Infinity).length;",
        "let a = 3n; for (let i = 0; i < 40; i++) a = a * a; return 1;",
        "2n ** 30000000n > 1n",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e9)",
        "(('a'.repeat(18) + 'b').repeat(300)).replace(/(a+)+c|b/g, '').length",
        "(('a'.repeat(18) + 'b').repeat(300)).split(/(a+)+c|b/).length",
        "[...(('a'.repeat(18) + 'b').repeat(300)).matchAll(/(a+)+c|b/g)].length",
        "/(a+)+$/.test('a'.repeat(40) + 'b')",
        "function f() { Promise.resolve().then(f); } f(); 1",
        "(async () => { for (;;) await 0; })(); 1",
        "[...(function* () { for (;;) yield 1; })()].length",
        "try { while (true); } catch (e) { 'caught'; } finally { while (true); }",
        // Depth, which would end the process.
        "let a = []; for (let i = 0; i < 30000; i++) a = [a]; return a;",
        "let a = []; for (let i = 0; i < 30000; i++) a = [a]; return String(a);",
        "let a = []; for (let i = 0; i < 30000; i++) a = [a]; return a.flat(Infinity).length;",
        "let a = {}; for (let i = 0; i < 30000; i++) a = { a }; return JSON.stringify(a);",
        "let a = []; for (let i = 0; i < 30000; i++) a = { toString: Array.prototype.join.bind([a]) }; return '' + a;",
        "let o = {}; o.toJSON = Array.of.bind(null, o); return o;",
        "let p = {}; for (let i = 0; i < 30000; i++) p = new Proxy(p, {}); return p.x;",
        "function* g(x) { yield* x; } let x = g([]); for (let i = 0; i < 30000; i++) x = g(x); return x.next();",
        "let o = { toString() { return '' + this; } }; return '' + o;",
        "let o = { valueOf() { return +this; } }; return +o;",
        "let o = { get a() { return this.a; } }; return o.a;",
        "(function f() { new f(); })()",
        "class A { constructor() { this.x = new A(); } } return new A();",
        "let f = x => x; for (let i = 0; i < 30000; i++) { let g = f; f = x => g(x); } return f(1);",
    ];

    [Theory]
    [MemberData(nameof(Greedy))]
    public async Task GivenAGreedyScript_WhenEvaluated_ThenItIsStoppedAtItsLimit(string code)
    {
        await Start(Chart(Node("A", "Elsa.WriteLine", $"\"text\":{Script("1 + 1")}"), ""));
        var (watch, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        var run = await Start(Chart(Node("A", "Elsa.WriteLine", $"\"text\":{Script(code)}"), ""));
        var took = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(took < Most, $"{took:N0} bytes");
        Assert.True(watch.Elapsed < Longest, watch.Elapsed.ToString());
        Assert.Equal("A", Assert.Single(run.Incidents).ActivityId);
    }

    /// <summary>What scripts of flows do stays as it is.</summary>
    [Theory]
    [InlineData("[1, [2, [3, null]], undefined, 'x'].join('-')", "1-2,3,--x")]
    [InlineData("String([1, [2, 3]]) + [] + [null]", "1,2,3")]
    [InlineData("[1, [2, [3, [4]]]].flat(Infinity).length + ':' + [1, [2, [3]]].flat().length", "4:3")]
    [InlineData("['b', 'a'].concat(['c']).sort().map(x => x.toUpperCase()).join('')", "ABC")]
    [InlineData("['1', '2', '3'].map(Number).filter(Boolean).reduce((a, b) => a + b, 0)", "6")]
    [InlineData("'a-b-c'.replace(/-/g, '+') + 'a.b'.replaceAll('.', '$&$&') + 'abc'.replace('b', x => x + x)", "a+b+ca..babbc")]
    [InlineData("'ab'.repeat(3) + 'x'.padStart(3, '0') + 'x'.padEnd(2) + 'a'.concat('b', 1, [2, 3])", "ababab00xx ab12,3")]
    [InlineData("'2026-03-01'.split('-').map(Number).join('/') + /(\\d+)-(\\d+)/.exec('a 12-34')[2]", "2026/3/134")]
    [InlineData("JSON.stringify({ a: [1, 'x', null, { b: true }], c: undefined, d: new Date(0) })", "{\"a\":[1,\"x\",null,{\"b\":true}],\"d\":\"1970-01-01T00:00:00.000Z\"}")]
    [InlineData("JSON.stringify([1, { a: 2 }], null, 1).split('\\n').length + JSON.stringify('x') + JSON.stringify(undefined)", "6\"x\"undefined")]
    [InlineData("JSON.parse('{\"a\":[1,2]}').a.length", "2")]
    [InlineData("let t = 0; for (const [k, v] of Object.entries({ a: 1, b: 2 })) t += v; return `${t}${t > 2 ? `!${t}` : ''}`;", "3!3")]
    [InlineData("let o = { a: { b: () => ({ c: 5 }) } }; return o?.a?.b()?.c + (o.x?.y() ?? 1) + (o.x?.y().z.w ?? 2);", "8")]
    [InlineData("const [a, ...rest] = [1, 2, 3]; const { x = 4, ...other } = { y: 5 }; return Math.max(a, ...rest, x, other.y);", "5")]
    [InlineData("class P { constructor(n) { this.n = n; } twice() { return this.n * 2; } } class Q extends P { constructor() { super(4); } } return new Q().twice();", "8")]
    [InlineData("let s = ''; for (let i = 0; i < 3; i++) { s += i; s += '.' } return s", "0.1.2.")]
    [InlineData("new Map([['a', 1]]).get('a') + new Set([1, 1, 2]).size", "3")]
    [InlineData("let x = 1\nlet y = [x].map(n => n + 1)\nreturn y[0]", "2")]
    [InlineData("String(new Date(0).getTime()) + parseInt('12px') + isNaN('x') + encodeURIComponent('中')", "012true%E4%B8%AD")]
    [InlineData("[3, 1, 2].toSorted().at(-1) + [...[1]].length", "4")]
    [InlineData("try { null.x } catch (e) { 'caught ' + (e instanceof TypeError) }", "caught true")]
    [InlineData("[1, 2, 3].includes(2) && 'abc'.includes('b') && [1, [2]].toString() === '1,2'", "True")]
    public async Task GivenAnOrdinaryScript_WhenEvaluated_ThenItSaysWhatItAlwaysDid(string code, string line) =>
        Assert.Equal(line, Lines(await Start(Chart(Node("A", "Elsa.WriteLine", $"\"text\":{Script(code)}"), ""))));

    [Fact]
    public async Task GivenManyScriptsThatEachKeepTheirLimit_WhenRunInOneStep_ThenTheStepKeepsItsOwn()
    {
        var watch = Stopwatch.StartNew();
        var body = Node("x", "Elsa.RunJavaScript", "\"script\":\"let n = 0; for (let i = 0; i < 20000; i++) n += i; return n;\"");
        var run = await Start(WorkflowDefinition.Parse($"{{\"name\":\"t\",\"root\":{Node("L", "Elsa.For", $"\"start\":1,\"end\":19000,\"body\":{body}")}}}"));
        Assert.Equal("x", Assert.Single(run.Incidents).ActivityId);
        Assert.True(watch.Elapsed < Longest + Longest, watch.Elapsed.ToString());
    }
}
