import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from '../../integration/cli/documents.js';
import { phasegate, root } from '../../integration/cli/binary.js';

/** An environment file that cannot be used. */
function brokenEnvironment(): { file: string } {
  const { plan } = documents('demo');
  const file = path.join(path.dirname(plan), 'broken.yaml');
  writeFileSync(file, 'phasegate: environment/v1\nretires: 3\n');
  return { file };
}

const nowhere = { address: '127.0.0.1:1' };

describe('the command line', () => {
  const usage: Array<[string, string[], RegExp]> = [
    [
      'an unknown command, with the one that was meant',
      ['stauts'],
      /^✖ PG407 unknown command 'stauts'\n\(Did you mean status\?\)\n  See: phasegate help\n$/,
    ],
    ['an unknown option', ['status', '--wat'], /^✖ PG407 unknown option '--wat'\n  See: phasegate status --help\n$/],
    ['a missing plan', ['start'], /^✖ PG407 missing required argument 'plan'\n  See: phasegate start --help\n$/],
    ['an argument too many', ['doctor', 'x'], /PG407 too many arguments/],
    ['a missing environment', ['plan', 'plans/user-execution-context.yaml'], /PG407 the environment is missing/],
    ['an environment that is nowhere', ['plan', 'x.yaml', '--env', 'nope'], /PG101 there is no environment nope/],
    ['an output format that does not exist', ['list', '-o', 'yaml'], /Allowed choices are table, json, ndjson, name/],
    ['a progress that does not exist', ['watch', '--progress', 'fancy'], /Allowed choices are auto, live, plain, json/],
    [
      'an answer that does not exist',
      ['attest', '1a/x', '--answer', 'maybe'],
      /Allowed choices are done, not-applicable, failed/,
    ],
    ['a variable without a value', ['plan', 'x.yaml', '--var', 'revision'], /Write NAME=VALUE/],
    [
      'a time that is none',
      ['watch', '--timeout', 'soon', '--address', '127.0.0.1:1'],
      /PG407 --timeout soon is no time/,
    ],
    ['an attestation without an answer', ['attest', '1a/x'], /PG407 the answer is missing/],
    [
      'a failed attestation without a reason',
      ['attest', '1a/x', '--answer', 'failed'],
      /PG212 "failed" needs a reason/,
    ],
    [
      'both an item and --all',
      ['attest', '1a/x', 'run', '--all', '--answer', 'done'],
      /PG407 give either an item or --all/,
    ],
    ['a rejection without a reason', ['reject'], /PG212 reject needs a reason/],
    ['a waiver without a reason', ['waive'], /PG212 waive needs a reason/],
    [
      'a rejection without a reason, as it was typed',
      ['reject', 'demo/x', '--gate', '1a/approval'],
      /Say why: phasegate reject demo\/x --gate 1a\/approval --reason "…"/,
    ],
    [
      'a rollback of a run without a reason, as it was typed',
      ['rollback', 'demo/x'],
      /Say why: phasegate rollback demo\/x --reason "…"/,
    ],
    [
      'a gate in the place of a run',
      ['approve', '1a/approval#1'],
      /PG407 1a\/approval#1 is a gate, not a run\n  A gate goes in --gate 1a\/approval#1\n/,
    ],
    ['a rollback without a reason', ['rollback'], /PG212 rollback needs a reason/],
    ['a takeover without a reason', ['takeover', '1a/x#1'], /PG212 takeover needs a reason/],
    ['a takeover without an entry', ['takeover'], /missing required argument 'entry'/],
    ['a port that is none', ['server', '--port', '99999'], /Write a port from 1 to 65535/],
    ['a topic that does not exist', ['help', 'nope'], /PG407 there is no help on "nope"/],
    [
      'a profile that does not exist',
      ['list', '--profile', 'nope'],
      /PG410 the Temporal client configuration cannot be used/,
    ],
  ];
  it.each(usage)('refuses %s', async (_what, args, expected) => {
    const { code, stdout, stderr } = await phasegate(args, nowhere);
    expect(stderr).toMatch(expected);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('begins the commands that it names as it was called itself', async () => {
    const env = { PHASEGATE_COMMAND: './pg' };
    expect((await phasegate(['stauts'], { env })).stderr).toContain('See: ./pg help');
    expect((await phasegate(['list'], { ...nowhere, env })).stderr).toContain(' ./pg server');
    expect((await phasegate(['list', '--help'], { env })).stdout).toContain('  ./pg list --awaiting me');
  });

  const commands = [
    'init',
    'validate',
    'plan',
    'start',
    'status',
    'watch',
    'list',
    'approve',
    'reject',
    'attest',
    'retry',
    'waive',
  ];
  commands.push(
    'pause',
    'resume',
    'rollback',
    'takeover',
    'incident',
    'report',
    'worker',
    'server',
    'doctor',
    'completion',
    'help'
  );
  it('lists every command', async () => {
    const { code, stdout } = await phasegate(['--help']);
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await phasegate(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('shows its help when nothing is asked, exit code 2', async () => {
    const { code, stdout, stderr } = await phasegate([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: phasegate/);
    expect(stderr).not.toContain('PG407');
  });

  it.each(['abort', 'start', 'exit-codes', 'environment', 'plan'])('has help on %s', async (topic) => {
    const { code, stdout, stderr } = await phasegate(['help', topic]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.length).toBeGreaterThan(100);
  });

  it.each([['status'], ['list'], ['approve', '--yes'], ['watch']])(
    '%s says where Temporal was looked for, exit code 8',
    async (...args) => {
      const { code, stdout, stderr } = await phasegate(args, nowhere);
      expect(code).toBe(8);
      expect(stdout).toBe('');
      expect(stderr).toContain(
        'PG401 the Temporal server at 127.0.0.1:1 does not answer: connect ECONNREFUSED 127.0.0.1:1'
      );
      expect(stderr).toContain('(address from TEMPORAL_ADDRESS)');
      expect(stderr).toContain('phasegate server');
    }
  );
});

describe('validate and plan', () => {
  it('find no fault in the shipped plan', async () => {
    const { code, stdout } = await phasegate(['validate', 'plans/user-execution-context.yaml']);
    expect([code, stdout]).toEqual([0, 'plans/user-execution-context.yaml: no errors\n']);
  });

  it('find a variable that the plan does not declare, also without an environment', async () => {
    const { plan } = documents('demo');
    const { code, stdout, stderr } = await phasegate(['validate', plan, '--var', 'revison=1']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('PG107');
    expect(stderr).toContain('--var revison: the plan has no such variable');
    expect(stderr).toContain('did you mean "revision"?');
    expect((await phasegate(['validate', plan, '--var', 'revision=1'])).code).toBe(0);
  });

  it('show all faults of a bad plan at once, with their places, and exit with 2', async () => {
    const { plan, args } = documents('demo');
    writeFileSync(plan, 'phasegate: plan/v1\nid: x\nretires: 3\nphases: []\n');
    for (const verb of ['validate', 'plan', 'start']) {
      const { code, stdout, stderr } = await phasegate([verb, ...args], nowhere);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain(`${plan}:3:1`);
      expect(stderr).toMatch(/[2-9]\d* errors/);
    }
    const { stdout } = await phasegate(['validate', ...args, '--json'], nowhere);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, valid: false });
  });

  it.each([
    ['no-such-plan.yaml', 'there is no such file', 'check the path'],
    ['plans', 'it is a folder', 'give the path of a file in it'],
  ])('say of the unreadable path %s what it is, and show no code', async (given, why, hint) => {
    const { code, stderr } = await phasegate(['validate', given]);
    expect(stderr).toBe(
      `${given}  error PG101  the file cannot be read: ${why}\n   hint: ${hint}\n\n1 error, 0 warnings\n`
    );
    expect(code).toBe(2);
  });

  it('take the plan from stdin', async () => {
    const { args } = documents('demo');
    const text = readFileSync(args[0] ?? '', 'utf8');
    const { code, stdout } = await phasegate(['plan', '-', ...args.slice(1), '-o', 'name'], { stdin: text });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  });

  it('preview as text and as JSON, with one digest', async () => {
    const { args } = documents('demo');
    const text = await phasegate(['plan', ...args]);
    const json = JSON.parse((await phasegate(['plan', ...args, '--json'])).stdout) as {
      digest: string;
      phases: unknown[];
    };
    expect(text.stdout).toContain(json.digest);
    expect(text.stdout).toContain('approval by 1 lead (erin or lee) within 24h, else roll back');
    expect(json.phases).toHaveLength(1);
    expect(text.stdout).not.toContain('\u001b');
  });

  it('have another digest when a variable changes', async () => {
    const { args } = documents('demo');
    const one = await phasegate(['plan', ...args, '-o', 'name']);
    const other = await phasegate(['plan', ...args, '--var', 'revision=v3', '-o', 'name']);
    expect(one.stdout).not.toBe(other.stdout);
  });

  it('show names from a plan without their control characters', async () => {
    const { plan, args } = documents('demo');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('title: Core', 'title: "Core \\e[2J\\e]0;owned\\a"'));
    const { stdout, stderr } = await phasegate(['plan', ...args], { env: { FORCE_COLOR: '0' } });
    expect(stdout + stderr).toContain('Core');
    expect(stdout + stderr).not.toMatch(/[\u001b\u0007]/); // oxlint-disable-line no-control-regex
  });
});

describe('colours', () => {
  it('are forced by FORCE_COLOR and forbidden by --no-color, before and after the verb', async () => {
    const { args } = documents('demo');
    const env = { FORCE_COLOR: '1' };
    expect((await phasegate(['plan', ...args], { env })).stdout).toContain('\u001b[');
    expect((await phasegate(['plan', ...args, '--no-color'], { env })).stdout).not.toContain('\u001b[');
    expect((await phasegate(['--no-color', 'plan', ...args], { env })).stdout).not.toContain('\u001b[');
  });
});

describe('the doctor', () => {
  it('exits with 10 when something else fails than reaching Temporal', async () => {
    const { file } = brokenEnvironment();
    const { code, stdout } = await phasegate(['doctor', '--env', file, '--json']);
    expect((JSON.parse(stdout) as { findings: object[] }).findings).toContainEqual(
      expect.objectContaining({ what: 'environment', state: 'fail' })
    );
    expect(code).toBe(10);
  });

  it('goes on when Temporal is unreachable, and exits with 8', async () => {
    const { code, stdout } = await phasegate(
      ['doctor', '--env', path.join('environments', 'example-production.yaml'), '--json'],
      nowhere
    );
    expect(code).toBe(8);
    const { findings } = JSON.parse(stdout) as { findings: Array<{ state: string; what: string }> };
    expect(findings.find((finding) => finding.what === 'Temporal')?.state).toBe('fail');
    expect(findings.find((finding) => finding.what === 'environment')?.state).toBe('ok');
  });
});
