import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeCommand, runCommand, stopOthers } from '../../../src/activities/commands/index.js';
import type { CommandRequest } from '../../../src/activities/commands/index.js';
import type { Scope } from '../../../src/activities/scope.js';
import { createJob, jobFiles, jobFolder, newRecord } from '../../../src/activities/commands/job.js';
import { launch } from '../../../src/activities/commands/launch.js';
import { compile } from '../../support/activities/compile.js';
import { testScope, testTools } from '../../support/activities/tools.js';
import type { TestTools } from '../../support/activities/tools.js';
import { runs, until, untilWritten } from '../../support/activities/until.js';

let worker = '';
const workers: ChildProcess[] = [];

beforeAll(async () => {
  worker = await compile('test/support/activities/command-worker.ts');
}, 30_000);
afterAll(() => {
  for (const child of workers) child.kill('SIGKILL');
});

/** A command that counts its runs, says its number, and goes on until the file `go` is there, or for half a minute. */
const patient =
  'echo run >> runs; echo $$ > pid; n=0; until [ -e go ] || [ $n = 1000 ]; do n=$((n+1)); sleep 0.02; done; echo finished; exit 1';

function request(tools: TestTools, job: Partial<CommandRequest['job']> = {}, script = patient): CommandRequest {
  return {
    argv: ['sh', '-c', script],
    allow: ['sh'],
    cwd: tools.workdir,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    timeoutMs: 20_000,
    graceMs: 200,
    job: { scope: 'demo/deploy/core', key: 'k1', repeatable: false, reuse: 'any', ...job },
  };
}

/** Starts a real worker process on the request, and kills it with SIGKILL once the command is under way. */
async function killedWorker(tools: TestTools, asked: CommandRequest): Promise<number> {
  const child = spawn(process.execPath, [worker, tools.workdir, JSON.stringify(asked)], { stdio: 'ignore' });
  workers.push(child);
  const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  return pid;
}

function runsOf(tools: TestTools): number {
  return readFileSync(join(tools.workdir, 'runs'), 'utf8').trim().split('\n').length;
}

describe('a command whose worker was killed with SIGKILL', () => {
  it('lives on, is adopted by the next attempt, and gives it its output and exit code', async () => {
    const tools = testTools();
    const pid = await killedWorker(tools, request(tools));
    expect(runs(pid)).toBe(true);
    const scope = testScope();
    const adopted = runCommand(request(tools), tools, scope);
    await until('the adopting attempt heartbeats', () => scope.heartbeats.length > 0);
    writeFileSync(join(tools.workdir, 'go'), '');
    expect(await adopted).toMatchObject({ how: 'adopted', verdict: 'FAIL', exitCode: 1, stdout: 'finished\n' });
    expect(runsOf(tools)).toBe(1);
  });

  it.each([
    ['that may not be started any more', () => ({ allow: [] })],
    ['whose folder is gone', ({ workdir }: TestTools) => ({ cwd: join(workdir, 'gone') })],
  ])('and %s is adopted all the same', async (_, changed) => {
    const tools = testTools();
    await killedWorker(tools, request(tools));
    writeFileSync(join(tools.workdir, 'go'), '');
    const result = await runCommand({ ...request(tools), ...changed(tools) }, tools, testScope());
    expect(result).toMatchObject({ how: 'adopted', verdict: 'FAIL', exitCode: 1, stdout: 'finished\n' });
  });

  it('and that ended meanwhile is not run again: its recorded exit code counts', async () => {
    const tools = testTools();
    const pid = await killedWorker(tools, request(tools));
    writeFileSync(join(tools.workdir, 'go'), '');
    await until('the command ended', () => !runs(pid));
    await until('its exit code is written', () =>
      existsSync(jobFiles(jobFolder(tools.stateDir, 'demo/deploy/core', 'k1')).exit)
    );
    const result = await runCommand(request(tools), tools, testScope());
    expect(result).toMatchObject({ how: 'adopted', verdict: 'FAIL', exitCode: 1, stdout: 'finished\n' });
    expect(await runCommand(request(tools), tools, testScope())).toEqual({ ...result, how: 'recorded' });
    expect(runsOf(tools)).toBe(1);
  });

  it('and that died with it is HOLD when it is not repeatable', async () => {
    const tools = testTools();
    await killedGroup(tools);
    const result = await runCommand(request(tools), tools, testScope());
    expect(result.verdict).toBe('HOLD');
    expect(result.reason).toBe(
      'nobody knows whether sh did its work: its worker and it ended without a result, and it is not declared repeatable'
    );
    expect(runsOf(tools)).toBe(1);
  });

  it('and that died with it runs again when it is repeatable', async () => {
    const tools = testTools();
    await killedGroup(tools);
    writeFileSync(join(tools.workdir, 'go'), '');
    const result = await runCommand(request(tools, { repeatable: true }), tools, testScope());
    expect(result).toMatchObject({ how: 'started', verdict: 'FAIL', exitCode: 1 });
    expect(runsOf(tools)).toBe(2);
  });

  it('keeps its time limit: it counts from the start, not from the adoption', async () => {
    const tools = testTools();
    const asked = { ...request(tools), timeoutMs: 1_000 };
    const pid = await killedWorker(tools, asked);
    const result = await runCommand({ ...asked, timeoutMs: 60_000 }, tools, testScope());
    expect(result).toMatchObject({ verdict: 'HOLD', how: 'adopted' });
    expect(result.reason).toContain('did not end within 1 s and was stopped');
    expect(runs(pid)).toBe(false);
  });

  async function killedGroup(tools: TestTools): Promise<void> {
    const pid = await killedWorker(tools, request(tools));
    const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
    process.kill(-parent, 'SIGKILL');
    await until('the command and its wrapper are gone', () => !runs(pid) && !runs(parent));
  }
});

describe('two attempts at one command', () => {
  it('that run at the same time share one process and one result', async () => {
    const tools = testTools();
    const asked = request(tools);
    const both = Promise.all([runCommand(asked, tools, testScope()), runCommand(asked, tools, testScope())]);
    await untilWritten(join(tools.workdir, 'pid'));
    writeFileSync(join(tools.workdir, 'go'), '');
    const results = await both;
    expect(results.map(({ verdict, exitCode }) => [verdict, exitCode])).toEqual([
      ['FAIL', 1],
      ['FAIL', 1],
    ]);
    expect(runsOf(tools)).toBe(1);
  });

  it('that find a failure which only a PASS would spare them never run it side by side', async () => {
    const tools = testTools();
    const alone = 'mkdir busy || echo at once >> at-once; echo run >> runs; sleep 0.02; rmdir busy; exit 1';
    const undo = request(tools, { reuse: 'passed' }, alone);
    for (let round = 0; round < 5; round += 1) {
      const attempts = Array.from({ length: 5 }, () => runCommand(undo, tools, testScope()));
      expect((await Promise.all(attempts)).map(({ verdict }) => verdict)).toEqual(Array(5).fill('FAIL'));
    }
    expect(existsSync(join(tools.workdir, 'at-once'))).toBe(false);
  });

  it('of which one is called off never run it again', async () => {
    for (let round = 0; round < 8; round += 1) {
      const tools = testTools();
      const asked = request(tools, { repeatable: true }, 'echo run >> runs; exec sleep 60');
      const attempts = [1, 2, 3].map(() => runCommand(asked, tools, testScope()));
      const calledOff = revokeCommand('demo/deploy/core', 'k1', 'it is being undone', tools);
      await calledOff;
      const told = await Promise.all(attempts);
      expect(told.map(({ verdict }) => verdict)).toEqual(['HOLD', 'HOLD', 'HOLD']);
      expect(existsSync(join(tools.workdir, 'runs')) ? runsOf(tools) : 0).toBeLessThanOrEqual(1);
    }
  });

  it('a worker that shuts down leaves the command running for the next one', async () => {
    const tools = testTools();
    const scope = testScope();
    const first = runCommand(request(tools), tools, scope);
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    scope.cancel({ handedOver: true });
    await expect(first).rejects.toThrow('cancelled');
    expect(runs(pid)).toBe(true);
    writeFileSync(join(tools.workdir, 'go'), '');
    expect(await runCommand(request(tools), tools, testScope())).toMatchObject({ how: 'adopted', exitCode: 1 });
    expect(runsOf(tools)).toBe(1);
  });

  it.each([
    ['', testScope()],
    [', although a heartbeat says so', testScope({ attempt: 2, heartbeatDetails: { key: 'k1', since: 1 } })],
  ])('one that was recorded but never began%s is begun by the next attempt', async (_, scope) => {
    const tools = testTools();
    const folder = jobFolder(tools.stateDir, 'demo/deploy/core', 'k1');
    mkdirSync(dirname(folder), { recursive: true });
    await createJob(folder, newRecord('k1', ['sh'], Date.now(), 1_000));
    const result = await runCommand(request(tools, {}, 'echo ran'), tools, scope);
    expect(result).toMatchObject({ how: 'started', verdict: 'PASS', stdout: 'ran\n' });
  });

  it('an undo that failed runs again on its machine, although heartbeats say that it began', async () => {
    const tools = testTools();
    const beats: unknown[] = [];
    const heartbeat = (details: unknown): void => void beats.push(details);
    const undo = request(tools, { reuse: 'passed' }, 'echo run >> runs; [ -e mended ]');
    expect((await runCommand(undo, tools, { ...testScope(), heartbeat })).verdict).toBe('FAIL');
    writeFileSync(join(tools.workdir, 'mended'), '');
    const next = testScope({ attempt: 2, heartbeatDetails: beats.at(-1) });
    expect((await runCommand(undo, tools, next)).verdict).toBe('PASS');
  });

  it.each([
    ['is HOLD when it is not repeatable', false, 'k1', 'HOLD'],
    ['runs again when it is repeatable', true, 'k1', 'PASS'],
    ['runs when that heartbeat was of another command', false, 'k0', 'PASS'],
  ])('on a machine without its files, begun as the heartbeat says, %s', async (_, repeatable, key, verdict) => {
    const tools = testTools();
    const scope = testScope({ attempt: 2, heartbeatDetails: { command: 'sh', key, since: Date.now() - 5_000 } });
    const result = await runCommand(request(tools, { repeatable }, 'echo ran >> runs'), tools, scope);
    expect(result.verdict).toBe(verdict);
    expect(existsSync(join(tools.workdir, 'runs'))).toBe(verdict === 'PASS');
    if (verdict === 'HOLD') expect(result.reason).toContain('an earlier attempt began it on another machine');
  });

  it.each([
    ['died while it read what is deployed', false],
    ['could not read what is deployed', true],
  ])('nor after an attempt on another one that %s', async (_, ended) => {
    const there = testTools();
    const beats: unknown[] = [];
    const scopeOf = (attempt: number): Scope => ({
      ...testScope({ attempt, heartbeatDetails: beats.at(-1) }),
      heartbeat: (details) => void beats.push(details),
    });
    const first = scopeOf(1);
    await runCommand(request(there, {}, 'echo ran >> runs'), there, first);
    // It looks once more behind it, under a key of its own each time.
    const look = { reuse: 'none', repeatable: true } as const;
    await runCommand(request(there, { ...look, key: 'look-1' }, 'sleep 2.2'), there, first);
    const here = testTools();
    const second = scopeOf(2);
    await runCommand(request(here, { ...look, key: 'look-2' }, 'sleep 2.2'), here, second);
    const third = ended ? scopeOf(3) : second;
    const again = await runCommand(request(here, {}, 'echo ran >> runs'), here, third);
    expect(again.reason).toContain('an earlier attempt began it on another machine');
    expect(existsSync(join(here.workdir, 'runs'))).toBe(false);
  });

  it('is told to have begun before it does anything', async () => {
    const tools = testTools();
    const seen: boolean[] = [];
    const scope = { ...testScope(), heartbeat: () => void seen.push(existsSync(join(tools.workdir, 'runs'))) };
    await runCommand(request(tools, {}, 'echo ran >> runs'), tools, scope);
    expect(seen[0]).toBe(false);
  });

  it('a lock that a former host left on a command that has ended holds up no other one', async () => {
    const tools = testTools();
    await runCommand(request(tools, {}, 'true'), tools, testScope());
    const ended = jobFolder(tools.stateDir, 'demo/deploy/core', 'k1');
    const holder = { nonce: 'n', host: 'elsewhere', boot: 'b', pid: 1, start: '0' };
    writeFileSync(join(dirname(ended), `.${basename(ended)}.lock`), JSON.stringify(holder));
    await stopOthers('demo/deploy/core', 'k2', 'k2 moves it now', tools);
    const next = await runCommand(request(tools, { key: 'k2' }, 'echo ran'), tools, testScope());
    expect(next).toMatchObject({ verdict: 'PASS', stdout: 'ran\n' });
  });

  it('one that another host started is HOLD even when it is repeatable', async () => {
    const tools = testTools();
    const folder = jobFolder(tools.stateDir, 'demo/deploy/core', 'k1');
    mkdirSync(dirname(folder), { recursive: true });
    await createJob(folder, { ...newRecord('k1', ['sh'], Date.now(), 1_000), host: 'elsewhere' });
    const result = await runCommand(request(tools, { repeatable: true }), tools, testScope());
    expect(result.verdict).toBe('HOLD');
    expect(result.reason).toContain('it was started on host elsewhere');
  });

  it('an earlier failure is run again where only a PASS counts, and a check always runs anew', async () => {
    const tools = testTools();
    const undo = request(tools, { reuse: 'passed' }, 'echo run >> runs; [ -e mended ]');
    expect((await runCommand(undo, tools, testScope())).verdict).toBe('FAIL');
    writeFileSync(join(tools.workdir, 'mended'), '');
    expect((await runCommand(undo, tools, testScope())).verdict).toBe('PASS');
    expect(await runCommand(undo, tools, testScope())).toMatchObject({ verdict: 'PASS', how: 'recorded' });
    expect(runsOf(tools)).toBe(2);
    const check = request(tools, { key: 'check', reuse: 'none', repeatable: true }, 'echo run >> runs');
    await runCommand(check, tools, testScope());
    await runCommand(check, tools, testScope());
    expect(runsOf(tools)).toBe(4);
  });
});

describe('calling a command off', () => {
  it('stops it in the middle, and a late attempt does not start it again though it is repeatable', async () => {
    const tools = testTools();
    const asked = request(tools, { repeatable: true });
    const pid = await killedWorker(tools, asked);
    expect(await revokeCommand('demo/deploy/core', 'k1', 'it is being undone', tools)).toBe(true);
    expect(runs(pid)).toBe(false);
    const late = await runCommand(asked, tools, testScope());
    expect(late).toMatchObject({ verdict: 'HOLD', how: 'recorded', reason: 'sh was stopped: it is being undone' });
    expect(runsOf(tools)).toBe(1);
  });

  it('before it ran means that it never runs', async () => {
    const tools = testTools();
    expect(await revokeCommand('demo/deploy/core', 'k1', 'it is being undone', tools)).toBe(false);
    const late = await runCommand(request(tools), tools, testScope());
    expect(late).toMatchObject({ verdict: 'HOLD', ran: false });
    expect(late.reason).toBe('called off before it ran: it is being undone');
    expect(existsSync(join(tools.workdir, 'runs'))).toBe(false);
  });

  it('keeps a wrapper that is about to begin from running it', async () => {
    const tools = testTools();
    const folder = jobFolder(tools.stateDir, 'demo/deploy/core', 'k1');
    mkdirSync(dirname(folder), { recursive: true });
    await createJob(folder, newRecord('k1', ['sh'], Date.now(), 1_000));
    await revokeCommand('demo/deploy/core', 'k1', 'it is being undone', tools);
    const { argv, cwd, env } = request(tools, {}, 'touch here');
    await launch(jobFiles(folder), { argv: ['/bin/sh', ...argv.slice(1)], cwd, env });
    expect(existsSync(join(tools.workdir, 'here'))).toBe(false);
  });

  it('leaves the result of a finished one alone', async () => {
    const tools = testTools();
    const done = await runCommand(request(tools, {}, 'exit 0'), tools, testScope());
    expect(await revokeCommand('demo/deploy/core', 'k1', 'it is being undone', tools)).toBe(false);
    expect(await runCommand(request(tools, {}, 'exit 0'), tools, testScope())).toEqual({ ...done, how: 'recorded' });
  });

  it('another command on the same target is stopped before ours runs', async () => {
    const tools = testTools();
    const pid = await killedWorker(tools, request(tools));
    await stopOthers('demo/deploy/core', 'k2', 'a newer attempt begins', tools);
    expect(runs(pid)).toBe(false);
  });
});
