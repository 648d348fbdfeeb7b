// One run of a suite with one fault awake, and what its results say.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const lanes = {
    fast: { suite: 'FastTests', seconds: 600, environment: {} },
    sqlite: { suite: 'IntegrationTests', seconds: 1800, environment: { STORE: 'sqlite' } },
    postgres: { suite: 'IntegrationTests', seconds: 1800, environment: { STORE: 'postgres' } },
};

/** Runs a program in a process group of its own, so that what it has started ends with it. Exit code null: out of time. */
export function runProgram(program, args, { cwd, environment = {}, seconds, quiet }) {
    return new Promise((resolve, reject) => {
        const env = { ...process.env, MSBUILDDISABLENODEREUSE: '1', ...environment };
        const output = quiet ? 'ignore' : 'inherit';
        const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
        const end = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* It has ended. */ } };
        const stop = () => { end(); process.exit(130); };
        process.once('SIGINT', stop).once('SIGTERM', stop);
        let late = false;
        const clock = setTimeout(() => { late = true; end(); }, seconds * 1000);
        child.on('error', reject).on('close', code => {
            clearTimeout(clock);
            process.off('SIGINT', stop).off('SIGTERM', stop);
            end();
            resolve(late ? null : code ?? 1);
        });
    });
}

/** Builds the lane's suite in the copy, once. */
export async function build(copy, lane) {
    const { suite } = lanes[lane];
    const stamp = join(copy, `.built-${suite}`);
    if (existsSync(stamp)) return;
    console.log(`— building ${suite} with the faults`);
    // A fault may make a warning, such as of code nobody reaches.
    const args = ['build', `tests/${suite}`, '-c', 'Release', '-v', 'q', '--nologo', '-nodeReuse:false', '-p:TreatWarningsAsErrors=false'];
    if (await runProgram('dotnet', args, { cwd: copy, seconds: 1800 }) !== 0) throw new Error(`the seeded tree does not build; it lies in ${copy}`);
    writeFileSync(stamp, '');
}

/** @returns {{verdict: 'found'|'passed'|'crashed'|'timeout', test?: string, message?: string, seconds: number}} */
export async function runLane(copy, lane, fault) {
    const begun = Date.now();
    let result = await once(copy, lane, fault, true);
    // It stopped at a test that broke, or before the failure was on record; run to its end it may say what is wrong.
    if (result.verdict === 'crashed') result = await once(copy, lane, fault, false);
    return { ...result, seconds: Math.round((Date.now() - begun) / 1000) };
}

async function once(copy, lane, fault, stopOnFail) {
    const { suite, seconds, environment } = lanes[lane];
    const folder = mkdtempSync(join(tmpdir(), 'seeded-results-'));
    try {
        const args = ['test', `tests/${suite}/bin/Release/net10.0/${suite}.dll`, '--nologo', '--results-directory', folder,
            '--logger', 'trx;LogFileName=results.trx', '--', `xUnit.StopOnFail=${stopOnFail}`];
        const own = { ...environment, SEEDED_FAULT: fault };
        const code = await runProgram('dotnet', args, { cwd: copy, seconds, quiet: true, environment: own });
        if (code === null) return { verdict: 'timeout', message: `stopped after ${seconds} s` };
        const trx = join(folder, 'results.trx');
        return existsSync(trx) ? verdictOf(readFileSync(trx, 'utf8'), code) : { verdict: 'crashed', message: 'the host of the tests wrote no results' };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function verdictOf(trx, code) {
    const ran = trx.split('<UnitTestResult ').slice(1).map(one => one.split('</UnitTestResult>')[0]);
    const failed = ran.filter(one => / outcome="Failed"/.test(one.split('<Output>')[0])).map(one => ({
        test: text(/ testName="([^"]*)"/.exec(one)?.[1]).replace(/\(.*/s, ''),
        message: text(/<Message>([\s\S]*?)<\/Message>/.exec(one)?.[1]),
        stack: text(/<StackTrace>([\s\S]*?)<\/StackTrace>/.exec(one)?.[1]),
    }));
    const line = ({ test, message }) => ({ test, message: message.split('\n')[0].trim().slice(0, 200) });
    const asserted = failed.find(isAssertion);
    if (asserted) return { verdict: 'found', ...line(asserted) };
    if (failed.length > 0) return { verdict: 'crashed', ...line(failed[0]) };
    return code === 0 && / passed="[1-9]/.test(trx) ? { verdict: 'passed' }
        : { verdict: 'crashed', message: `the run ended with ${code} and no failed test` };
}

/**
 * The runner names the type of every exception before its message but those of xunit.
 * The tests' own support code throws where a page refused what it should take.
 */
const isAssertion = ({ message, stack }) => stack !== '' && (!/^\s*(\w+\.)+[\w`+]+ : /.test(message)
    || (/^\s*System\.InvalidOperationException : /.test(message) && /^\s*at (IntegrationTests|Harness)\.(?!ServerProcess)/.test(stack)));

const text = xml => (xml ?? '').replace(/&#x([0-9A-F]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16)))
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
