import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/activities/commands/index.js';
import type { CommandRequest } from '../../../src/activities/commands/index.js';
import { testFolder, testScope, testTools } from '../../support/activities/tools.js';
import { runs, until, untilWritten } from '../../support/activities/until.js';

type Overrides = Partial<Omit<CommandRequest, 'job'>> & { job?: Partial<CommandRequest['job']> };

function shell(script: string, cwd: string, { job, ...overrides }: Overrides = {}): CommandRequest {
  return {
    argv: ['sh', '-c', script],
    allow: ['sh', 'echo', 'env', 'eval', 'no-such-program', './*', './ops/*'],
    cwd,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    timeoutMs: 10_000,
    graceMs: 200,
    job: { scope: 'test', key: 'k1', repeatable: false, reuse: 'any', ...job },
    ...overrides,
  };
}

describe('a command that the environment does not allow', () => {
  it.each([
    ['its list does not name it', ['./ops/*'], /^touch could not be started: PG116 .* \(allowed: \.\/ops\/\*\)/],
    ['its list is empty', [], /PG116 .*\(allowed: none\); name it under commands\.allow$/],
    ['an older version froze it without a list', undefined, /PG116 .*\(allowed: none\)/],
  ])('is not started: %s', async (_why, allow, reason) => {
    const tools = testTools();
    const request = { ...shell('', tools.workdir), argv: ['touch', 'here'], allow };
    const result = await runCommand(request, tools, testScope());
    expect(result).toMatchObject({ verdict: 'HOLD', ran: false, reason: expect.stringMatching(reason) as string });
    expect(existsSync(join(tools.workdir, 'here'))).toBe(false);
  });
});

describe('the verdict of a command', () => {
  it.each([
    [0, 'PASS', 'exited with 0'],
    [1, 'FAIL', 'exited with 1: bad'],
    [2, 'FAIL', 'exited with 2: bad'],
    [3, 'HOLD', 'could not find out (exit 3: the command says that it does not know): bad'],
    [75, 'HOLD', 'could not find out (exit 75: the command says that it does not know): bad'],
    [126, 'HOLD', 'could not be started (exit 126): bad'],
    [127, 'HOLD', 'could not be started (exit 127): bad'],
    [255, 'FAIL', 'exited with 255: bad'],
  ])('exit code %i is %s', async (code, verdict, reason) => {
    const tools = testTools();
    const result = await runCommand(shell(`echo bad >&2; exit ${code}`, tools.workdir), tools, testScope());
    expect(result).toMatchObject({ verdict, exitCode: code, ran: true, how: 'started', stderr: 'bad\n' });
    expect(result.reason).toContain(reason);
  });

  it('a command that a signal killed is HOLD', async () => {
    const tools = testTools();
    const result = await runCommand(shell('kill -9 $$', tools.workdir), tools, testScope());
    expect(result).toMatchObject({ verdict: 'HOLD', exitCode: 137 });
    expect(result.reason).toContain('was killed by SIGKILL');
  });

  it('a command whose whole process group was killed is HOLD, and is not run again though it is repeatable', async () => {
    const tools = testTools();
    const script = 'echo run >> count; kill -9 0';
    const result = await runCommand(shell(script, tools.workdir, { job: { repeatable: true } }), tools, testScope());
    expect(result.verdict).toBe('HOLD');
    expect(result.reason).toContain('was killed from outside');
    expect(await untilWritten(join(tools.workdir, 'count'))).toBe('run');
  });

  it('a missing program is HOLD and names every path that was tried', async () => {
    const tools = testTools();
    const missing = { ...shell('', tools.workdir), argv: ['no-such-program'], env: { PATH: '/usr/bin:/opt/none' } };
    const result = await runCommand(missing, tools, testScope());
    expect(result).toMatchObject({ verdict: 'HOLD', ran: false });
    expect(result.reason).toContain('tried /usr/bin/no-such-program, /opt/none/no-such-program');
    const relative = await runCommand({ ...missing, argv: ['./ops/none'] }, tools, testScope());
    expect(relative.reason).toContain(`tried ${tools.workdir}/ops/none`);
  });

  it('a file that is not executable, a folder that is missing and a shell builtin are HOLD', async () => {
    const tools = testTools();
    const file = join(tools.workdir, 'script');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o600);
    const request = shell('', tools.workdir);
    const plain = await runCommand({ ...request, argv: ['./script'] }, tools, testScope());
    const folder = await runCommand({ ...request, cwd: join(tools.workdir, 'none') }, tools, testScope());
    const builtin = await runCommand({ ...request, argv: ['eval', 'touch here'] }, tools, testScope());
    expect([plain, folder, builtin].map(({ verdict, ran }) => [verdict, ran])).toEqual(
      Array.from({ length: 3 }, () => ['HOLD', false])
    );
    expect(folder.reason).toContain('none to run in does not exist');
    expect(existsSync(join(tools.workdir, 'here'))).toBe(false);
  });

  it.each([['a\nb'], ['nul\0'], ['\u001b[2J']])(
    'an argument with a control character is refused: %j',
    async (argument) => {
      const tools = testTools();
      const request = { ...shell('', tools.workdir), argv: ['echo', argument] };
      const result = await runCommand(request, tools, testScope());
      expect(result).toMatchObject({ verdict: 'HOLD', ran: false });
      expect(result.reason).toContain('argument 1 of echo has a control character');
    }
  );

  it('nothing in an argument is read by a shell', async () => {
    const tools = testTools();
    const nasty = '$(touch pwned); `touch pwned` && touch pwned | "x" \'y\' *';
    const result = await runCommand({ ...shell('', tools.workdir), argv: ['echo', nasty] }, tools, testScope());
    expect(result.stdout).toBe(`${nasty}\n`);
    expect(existsSync(join(tools.workdir, 'pwned'))).toBe(false);
  });
});

describe('the surroundings of a command', () => {
  it('it sees only the variables that it was given', async () => {
    const tools = testTools();
    const result = await runCommand(
      { ...shell('', tools.workdir), argv: ['env'], env: { PATH: '/usr/bin:/bin', GIVEN: 'yes' } },
      tools,
      testScope()
    );
    const names = result.stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => name && !['PATH', 'GIVEN', 'PWD', 'SHLVL', 'OLDPWD', '_'].includes(name))).toEqual(
      []
    );
    expect(result.stdout).toContain('GIVEN=yes');
  });

  it('secrets are scrubbed from its output and from the reason', async () => {
    const tools = testTools();
    tools.secrets.remember('canary-s3cret', 'env:TOKEN');
    const result = await runCommand(
      shell('echo canary-s3cret; echo canary-s3cret >&2; exit 1', tools.workdir),
      tools,
      testScope()
    );
    expect(JSON.stringify(result)).not.toContain('canary-s3cret');
    expect(result.reason).toContain('[secret env:TOKEN]');
  });

  it('10 MB of output are cut to beginning and end, and the disk keeps none of them', async () => {
    const tools = testTools();
    const script = 'echo first; head -c 10000000 /dev/zero | tr "\\0" "x"; echo; echo last; exit 1';
    const result = await runCommand(shell(script, tools.workdir), tools, testScope());
    expect(result.stdout.length).toBeLessThan(66 * 1024);
    expect(result.stdout).toMatch(/^first\n/);
    expect(result.stdout).toMatch(/last\n$/);
    expect(result.stdout).toContain('[… output left out …]');
    expect(result.reason).toContain('exited with 1: last');
    const folder = join(tools.stateDir, 'commands');
    const [scope = ''] = readdirSync(folder);
    const [job = ''] = readdirSync(join(folder, scope));
    expect(readdirSync(join(folder, scope, job)).sort()).toEqual(['claim', 'exit', 'job.json', 'result.json']);
  });

  it('a secret that lies across the cut leaves no half of itself', async () => {
    const tools = testTools();
    const secret = 'canary-'.padEnd(40, '0123456789');
    tools.secrets.remember(secret, 'env:TOKEN');
    const script = `head -c 32748 /dev/zero | tr '\\0' x; printf %s ${secret}; head -c 60000 /dev/zero | tr '\\0' y; printf %s ${secret}; head -c 32748 /dev/zero | tr '\\0' z`;
    const result = await runCommand(shell(script, tools.workdir), tools, testScope());
    expect(result.stdout).toContain('output left out');
    expect(result.stdout).not.toContain('canary');
    expect(result.stdout).not.toContain('0123');
  });

  it('a grandchild that keeps the output open does not keep the activity', async () => {
    const tools = testTools();
    const result = await runCommand(shell('sleep 300 & echo $! > pid; echo done', tools.workdir), tools, testScope());
    expect(result).toMatchObject({ verdict: 'PASS', stdout: 'done\n' });
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    expect(runs(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('the end of a command', () => {
  it('at its time limit the whole group gets TERM, and the verdict is HOLD', async () => {
    const tools = testTools();
    const script = 'sleep 300 & echo $! > pid; wait';
    const result = await runCommand(shell(script, tools.workdir, { timeoutMs: 400 }), tools, testScope());
    expect(result).toMatchObject({ verdict: 'HOLD', ran: true });
    expect(result.reason).toContain('did not end within 0.4 s and was stopped');
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    await until('the grandchild is gone', () => !runs(pid));
  });

  it('one that ignores TERM is killed after the grace', async () => {
    const tools = testTools();
    const script = "trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done";
    const result = await runCommand(shell(script, tools.workdir, { timeoutMs: 400 }), tools, testScope());
    expect(result.verdict).toBe('HOLD');
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    await until('the command is gone', () => !runs(pid));
  });

  it('a cancelled activity stops its command, and what it knows is kept', async () => {
    const tools = testTools();
    const scope = testScope();
    const request = shell('echo $$ > pid; exec sleep 300', tools.workdir);
    const running = runCommand(request, tools, scope);
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    scope.cancel();
    await expect(running).rejects.toThrow('cancelled');
    expect(runs(pid)).toBe(false);
    const again = await runCommand(request, tools, testScope());
    expect(again).toMatchObject({ verdict: 'HOLD', how: 'recorded' });
    expect(again.reason).toContain('was stopped because the step was cancelled');
  });

  it('a wrapper that is killed alone takes its command with it, and the verdict is HOLD', async () => {
    const tools = testTools();
    const running = runCommand(shell('echo $$ > pid; exec sleep 300', tools.workdir), tools, testScope());
    const pid = Number(await untilWritten(join(tools.workdir, 'pid')));
    process.kill(Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]), 'SIGKILL');
    expect(await running).toMatchObject({ verdict: 'HOLD' });
    await until('the command is gone', () => !runs(pid));
  });

  it('an activity that was cancelled before it began starts nothing', async () => {
    const tools = testTools();
    const scope = testScope();
    scope.cancel();
    await expect(runCommand(shell('touch here', tools.workdir), tools, scope)).rejects.toThrow('cancelled');
    expect(existsSync(join(tools.workdir, 'here'))).toBe(false);
  });

  it('it heartbeats with the command and its start', async () => {
    const tools = testTools();
    const scope = testScope();
    const running = runCommand(shell('until [ -e go ]; do sleep 0.02; done', tools.workdir), tools, scope);
    await until('it heartbeats', () => scope.heartbeats.length > 0);
    writeFileSync(join(tools.workdir, 'go'), '');
    await running;
    expect(scope.heartbeats[0]).toEqual({
      command: 'sh',
      key: expect.any(String) as string,
      since: expect.any(Number) as number,
      begun: { k1: expect.any(Number) as number },
    });
  });

  it('files of a command are for the worker alone', async () => {
    const tools = testTools({ workdir: testFolder() });
    const result = await runCommand(shell('stat -c %a ../*/state/commands/*', tools.workdir), tools, testScope());
    expect(result.stdout.trim().split('\n')).toContain('700');
  });
});
