// What a results file (trx) says of its tests: `failed` prints each failure with what server and database said meanwhile, `slowest` the 20 longest tests of all files,
// `again` once more the name and message of what failed: the end of an output is what is kept of it.
import fs from 'node:fs';

const [what, ...files] = process.argv.slice(2);
const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
const plain = text => text.replace(/&#x([0-9A-Fa-f]+);/g, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/&(lt|gt|quot|apos|amp);/g, entity => entities[entity]);
const inside = (text, tag) => plain(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)?.[1] ?? '').trim();

const results = files.flatMap(file => {
    const text = fs.readFileSync(file, 'utf8');
    return [...text.matchAll(/<UnitTestResult ([^>]*?)(\/>|>([\s\S]*?)<\/UnitTestResult>)/g)].map(([, attributes, , body]) => {
        const of = name => plain(new RegExp(` ?\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
        const [hours, minutes, seconds] = of('duration').split(':').map(Number);
        return { name: of('testName'), outcome: of('outcome'), seconds: hours * 3600 + minutes * 60 + seconds || 0, body: body ?? '' };
    });
});

if (what === 'failed') {
    for (const result of results.filter(r => r.outcome !== 'Passed'))
        console.log(`\n${result.outcome} ${result.name}\n${inside(result.body, 'Message')}\n${inside(result.body, 'StackTrace')}\n${inside(result.body, 'StdOut')}`);
} else if (what === 'again') {
    for (const result of results.filter(r => r.outcome !== 'Passed')) console.log(`${result.outcome} ${result.name}\n${inside(result.body, 'Message')}\n${inside(result.body, 'StackTrace')}`);
} else {
    console.log('— the 20 slowest tests');
    for (const result of results.sort((a, b) => b.seconds - a.seconds).slice(0, 20)) console.log(`${result.seconds.toFixed(1).padStart(7)} s  ${result.name}`);
}
