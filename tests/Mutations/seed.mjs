// The copy of the tree that carries every fault, each asleep until the environment names it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const switchClass = `namespace Mutations;

/// <summary>Which fault of the mutation check this process has.</summary>
public static class SeededFault
{
    private static readonly string? Seeded = System.Environment.GetEnvironmentVariable("SEEDED_FAULT");

    public static bool Is(string id) => string.Equals(Seeded, id, System.StringComparison.Ordinal);
}
`;

/** Files of the working tree, ignored ones and this check left out. */
export function filesOf(root) {
    const args = ['ls-files', '-co', '--exclude-standard', '-z'];
    const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
    return listed.split('\0').filter(f => f && !f.startsWith('tests/Mutations/') && existsSync(join(root, f))).sort();
}

export function hashOf(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(String(part.length)).update('\0').update(part);
    return hash.digest('hex');
}

export const treeHash = (root, files) => hashOf(...files.flatMap(f => [f, readFileSync(join(root, f))]));

/** Copies the tree and seeds it; throws, naming every fault whose place is not there exactly once. */
export function seed(root, files, copy, faults) {
    const sources = new Map();
    const stray = faults.flatMap(fault => misplaced(root, files, fault, sources));
    if (stray.length > 0) throw new Error('faults.json is behind the source:\n' + stray.join('\n'));
    for (const file of files) cpSync(join(root, file), join(copy, file), { preserveTimestamps: true });
    // What npm fetched stands in for the network.
    const fetched = 'src/Web/node_modules';
    if (existsSync(join(root, fetched)))
        cpSync(join(root, fetched), join(copy, fetched), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    for (const [file, text] of sources) writeFileSync(join(copy, file), text);
    const lowest = ['src/Engine', 'src/Platform'].find(p => files.some(f => f.startsWith(p + '/') && f.endsWith('.csproj')));
    writeFileSync(join(copy, lowest, 'SeededFault.cs'), switchClass);
}

/** Seeds one fault into the sources read so far; what is wrong with its place, or nothing. */
function misplaced(root, files, fault, sources) {
    const file = fileOf(files, fault);
    if (!file) return [`  ${fault.id}: ${fault.file} is not there`];
    const text = sources.get(file) ?? readFileSync(join(root, file), 'utf8');
    const parts = text.split(fault.before);
    if (parts.length !== 2) return [`  ${fault.id}: its snippet stands ${parts.length - 1} times in ${file}`];
    sources.set(file, parts.join(seeded(fault)));
    return [];
}

/** A source that was moved as a whole is still the same place. */
function fileOf(files, fault) {
    if (files.includes(fault.file)) return fault.file;
    const moved = files.filter(f => f.startsWith('src/') && basename(f) === basename(fault.file));
    return moved.length === 1 ? moved[0] : undefined;
}

const seeded = ({ id, kind, before, after }) => kind === 'expression'
    ? `(global::Mutations.SeededFault.Is("${id}") ? (${after}) : (${before}))`
    : `if (global::Mutations.SeededFault.Is("${id}")) { ${after} } else { ${before} }`;
