#!/usr/bin/env bash
# Measures the house, as one figure a line: `tests/house.sh` of this working copy, `tests/house.sh FOLDER` of another's src, `-v` names what is counted.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node - "$@" <<'JS'
const fs = require('fs'), path = require('path');
const args = process.argv.slice(2), verbose = args.includes('-v'), root = args.find(a => a !== '-v') ?? 'src';
const files = fs.readdirSync(root, { recursive: true }).map(f => path.join(root, f)).filter(f => /\.(cs|razor)$/.test(f) && !/[/\\](bin|obj|node_modules|Migrations)[/\\]/.test(f));
const over = { lines: 0, wide: [], long: [], many: [], constructors: [], records: [], all: [] }, uses = new Map();

// Parameters at depth 0 of the list that opens at `at`.
function parameters(text, at) {
    let depth = 0, count = 0, any = false;
    for (let i = at; i < text.length; i++) {
        const c = text[i];
        if ('([{<'.includes(c)) depth++;
        else if (')]}'.includes(c) || (c === '>' && text[i - 1] !== '=')) { if (--depth === 0) return any ? count + 1 : 0; }
        else if (c === ',' && depth === 1) count++;
        else if (/\S/.test(c)) any = true;
    }
    return 0;
}

for (const file of files) {
    const text = fs.readFileSync(file, 'utf8'), lines = text.split('\n');
    over.lines += lines.length - 1;
    const modules = new Set([...text.matchAll(/\bModules\.([A-Z]\w+)/g)].map(m => m[1]));
    modules.delete(text.match(/^namespace Modules\.(\w+)/m)?.[1]);
    if (modules.size >= 6) over.all.push(`${file}: ${[...modules].join(' ')}`);
    if (!file.endsWith('.cs')) continue;
    const own = text.match(/^namespace ([\w.]+);/m)?.[1];
    if (own) uses.set(own, new Set([...(uses.get(own) ?? []), ...[...text.matchAll(/^using (?:static )?([\w.]+);/gm)].map(m => m[1])]));
    for (const type of text.matchAll(/\b(class|record(?: struct)?) (\w+)(?:<[^>(]*>)?\(/g)) {
        const count = parameters(text, type.index + type[0].length - 1);
        if (count >= 7) (type[1] === 'class' ? over.constructors : over.records).push(`${file}: ${type[2]} ${count}`);
    }
    lines.forEach((line, i) => {
        if (line.length > 140 && !/^\s*\/\//.test(line)) over.wide.push(`${file}:${i + 1}`);
        const head = line.match(/^    (?! |\/\/|\[|return|await|var |if |foreach|using |throw)(?:[\w<>\[\]?,.()]+ )+?(\w+)(?:<[\w, ]+>)?\((?!\))/);
        if (!head || /\b(class|record|struct|new|enum)\b/.test(line.slice(0, head[0].length))) return;
        const from = lines.slice(0, i).join('\n').length + (i ? 1 : 0), count = parameters(text, from + head[0].length - 1);
        if (count >= 6) over.many.push(`${file}:${i + 1} ${head[1]} ${count}`);
        let end = i;
        const block = lines.slice(i, i + 8).findIndex(l => l === '    {'), ended = lines.slice(i, i + 8).findIndex(l => l.endsWith(';'));
        if (block >= 0 && (ended < 0 || block < ended)) while (end < lines.length && !/^    \}/.test(lines[end])) end++;
        else while (end < lines.length && !/^.*;\s*$/.test(lines[end])) end++;
        if (end - i + 1 > 25) over.long.push(`${file}:${i + 1} ${head[1]} ${end - i + 1}`);
    });
}

// Namespaces that reach each other.
const reach = new Map();
for (const from of uses.keys()) {
    const seen = new Set(), left = [...uses.get(from)];
    while (left.length) { const n = left.pop(); if (uses.has(n) && !seen.has(n)) { seen.add(n); left.push(...uses.get(n)); } }
    reach.set(from, seen);
}
const circles = new Set([...reach.keys()].filter(n => reach.get(n).has(n)).map(n => [...reach.get(n)].filter(o => reach.get(o)?.has(n)).sort().join(' ↔ ')));
const figures = [['lines of src without migrations', [], over.lines], ['methods over 25 lines', over.long], ['methods with 6 or more parameters', over.many], ['constructors of classes with 7 or more', over.constructors],
    ['records with 7 or more members', over.records], ['lines over 140 characters', over.wide], ['circles between namespaces', [...circles]], ['files that name six or more modules', over.all]];
for (const [what, found, number] of figures) {
    console.log(`${String(number ?? found.length).padStart(6)}  ${what}`);
    if (verbose) found.forEach(f => console.log('          ' + f));
}
JS
