// tests/Mutations/run [--lane fast|sqlite|postgres]... [fault id]...
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, lanes, runLane } from './lanes.mjs';
import { filesOf, hashOf, seed, treeHash } from './seed.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const results = join(here, '.results', 'results.jsonl');
const noFault = 'none';

try {
    process.exitCode = await main(process.argv.slice(2));
} catch (e) {
    console.error(`tests/Mutations/run: ${e.message}`);
    process.exitCode = 2;
}

async function main(args) {
    const faults = JSON.parse(readFileSync(join(here, 'faults.json'), 'utf8'));
    const asked = read(args, faults);
    const files = filesOf(root);
    const tree = treeHash(root, files);
    const key = fault => hashOf(tree, JSON.stringify(fault ?? faults));
    const copy = copyOf(files, faults, hashOf(key(), readFileSync(join(here, 'seed.mjs'))));
    const rows = [];
    for (const fault of asked.faults) rows.push(await look(fault, asked.lanes, copy, key));
    return report(rows);
}

function read(args, faults) {
    const asked = { lanes: [], faults: [] };
    for (let i = 0; i < args.length; i++) {
        if (args[i] === '--lane' && args[++i] in lanes) asked.lanes.push(args[i]);
        else if (faults.some(f => f.id === args[i])) asked.faults.push(faults.find(f => f.id === args[i]));
        else throw new Error(`neither a fault of faults.json nor --lane ${Object.keys(lanes).join('|')}: ${args[i]}`);
    }
    if (asked.lanes.length === 0) asked.lanes = Object.keys(lanes);
    if (asked.faults.length === 0) asked.faults = faults;
    if (asked.lanes.includes('postgres') && !process.env.TEST_POSTGRES)
        throw new Error('set TEST_POSTGRES to the connection string of a PostgreSQL server for tests, or name the other lanes with --lane');
    if (process.env.TEST_WEB && !isSeeded(process.env.TEST_WEB))
        throw new Error('TEST_WEB is a product without the faults; unset it, and the one built with the tests is started');
    return asked;
}

const isSeeded = folder => ['Engine.dll', 'Platform.dll'].map(f => join(folder, f))
    .some(f => existsSync(f) && readFileSync(f).includes('SeededFault'));

/** The seeded tree; one that was left by a start before is used on. */
function copyOf(files, faults, key) {
    const prefix = `seeded-faults-${hashOf(root).slice(0, 8)}-`;
    const copy = join(tmpdir(), prefix + key.slice(0, 16));
    for (const old of readdirSync(tmpdir()).filter(f => f.startsWith(prefix)).map(f => join(tmpdir(), f)))
        if (old !== copy) rmSync(old, { recursive: true, force: true });
    if (existsSync(join(copy, '.seeded'))) return copy;
    rmSync(copy, { recursive: true, force: true });
    seed(root, files, copy, faults);
    writeFileSync(join(copy, '.seeded'), '');
    return copy;
}

/** Lane after lane until one finds the fault. */
async function look(fault, order, copy, key) {
    const row = { fault: fault.id, title: fault.title, lane: '', test: '', seconds: 0, found: false };
    for (const lane of order) {
        await build(copy, lane);
        const clean = await known(key(), noFault, lane, () => runLane(copy, lane, ''));
        if (clean.verdict !== 'passed')
            throw new Error(`without a fault the ${lane} lane is not green: ${clean.verdict} ${clean.test ?? ''} ${clean.message ?? ''}`);
        const result = await known(key(fault), fault.id, lane, () => runLane(copy, lane, fault.id));
        row.seconds += result.seconds;
        if (result.verdict === 'found') return { ...row, lane, test: result.test, found: true };
        if (result.verdict !== 'passed') row.test += `${lane}: ${result.verdict} ${result.test ?? ''} (${result.message}) `;
    }
    return row;
}

/** What was found out before of the same tree and fault, or what is found out now. */
async function known(key, fault, lane, find) {
    const lines = existsSync(results) ? readFileSync(results, 'utf8').split('\n').filter(Boolean) : [];
    const same = lines.map(l => JSON.parse(l)).findLast(r => r.key === key && r.lane === lane);
    // What broke or took too long may have had its reason outside.
    if (same && ['found', 'passed'].includes(same.verdict)) return same;
    const result = { key, fault, lane, ...await find() };
    mkdirSync(dirname(results), { recursive: true });
    appendFileSync(results, JSON.stringify(result) + '\n');
    console.log(`${fault} · ${lane}: ${result.verdict} ${result.test ?? ''} ${result.seconds} s`);
    return result;
}

/** Survivors last. Exit code 1 with any. */
function report(rows) {
    rows.sort((a, b) => b.found - a.found);
    const wide = Math.max(...rows.map(r => r.fault.length));
    console.log();
    for (const r of rows) {
        const by = r.found ? r.test : `${r.title}. ${r.test}`.trim();
        console.log(`${r.fault.padEnd(wide)}  ${(r.found ? r.lane : 'SURVIVED').padEnd(8)}  ${String(r.seconds).padStart(5)} s  ${by}`);
    }
    const survived = rows.filter(r => !r.found).length;
    console.log(`\n${rows.length - survived} found, ${survived} survived`);
    return survived > 0 ? 1 : 0;
}
