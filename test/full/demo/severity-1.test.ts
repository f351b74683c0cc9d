import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoardDocument, BoardId } from '../../../src/client/dashboard/document.js';
import { tempFolder } from '../../../src/client/dev-server/temp-folder.js';
import { exitCodes } from '../../../src/plan/outcome.js';
import { documentsOf } from '../../support/dashboard/documents.js';

const root = path.resolve(import.meta.dirname, '../../..');

interface Demo {
  code: number | null;
  /** What a terminal would have shown. */
  said: string;
  stop(): void;
  ended: Promise<unknown>;
}

/**
 * The demo as somebody types it, with no terminal to ask: what `npm run demo` starts once it has built. Its temporary files and
 * its state lie in a folder of the test's; a Temporal server of the surroundings is none of its business.
 */
function startDemo(folder: string, args: readonly string[]): Demo {
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary);
  const surroundings = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL|PHASEGATE|VITEST)_?/.test(name) && name !== 'FORCE_COLOR'
  );
  const child = spawn(process.execPath, ['dist/demo/main.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(surroundings),
      TEMPORAL_CONFIG_FILE: path.join(folder, 'no-such-file.toml'),
      TMPDIR: temporary,
      XDG_STATE_HOME: path.join(folder, 'state'),
      NO_COLOR: '1',
    },
  });
  const demo: Demo = {
    code: null,
    said: '',
    stop: () => void child.kill('SIGTERM'),
    ended: new Promise<void>((resolve) => {
      child.once('close', (code) => {
        demo.code = code;
        resolve();
      });
    }),
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (demo.said += String(chunk)));
  return demo;
}

type Head = BoardDocument['head'];

/** Collects what the page of a board is told, from when it is there until the demo is over. */
async function followPage(demo: Demo, board: BoardId, heads: Head[], over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const url = /^demo: dashboards, as soon as the run is there: (\S+)$/m.exec(demo.said)?.[1];
    const documents = url && documentsOf(`${url}/events?board=${board}&range=run`, { signal: over });
    try {
      if (documents) for await (const { head } of documents) heads.push(head);
    } catch (error) {
      // There is no run yet, or the demo has stopped its pages: what was seen by the end is what counts.
      if (!(error instanceof Error)) throw error;
    }
    await delay(500);
  }
}

interface Audited {
  kind: string;
  component?: string;
  to?: string;
  key?: string;
  share?: number;
}

/** The component behind each flag of the demo's platform. */
const componentOf: Readonly<Record<string, string>> = {
  ENABLE_AGENT_EXECUTION_CORE_MIGRATION: 'agent-execution-core',
  ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION: 'workflow-orchestrator',
  ENABLE_TOOL_DISPATCHER_MIGRATION: 'tool-dispatcher',
};

/** The components whose flag went off again or that were deployed back, in the order of the platform's own audit. */
function takenBack(stateDir: string): string[] {
  const lines = readFileSync(path.join(stateDir, 'platform/audit.ndjson'), 'utf8').trimEnd().split('\n');
  const exposed = new Set<string>();
  return lines.flatMap((line) => {
    const { kind, component = '', to, key = '', share = 0 } = JSON.parse(line) as Audited;
    if (kind === 'deploy' && to === 'legacy-1') return component;
    if (kind !== 'flag') return [];
    if (share > 0) exposed.add(key);
    return share === 0 && exposed.delete(key) ? (componentOf[key] ?? key) : [];
  });
}

/** Without those that repeat the one before them. */
function inTurn(names: readonly string[]): string[] {
  return names.filter((name, index) => name !== names[index - 1]);
}

describe('the demo with --fault isolation-violation', () => {
  let folder: string;
  let demo: Demo;
  const heads: Record<BoardId, Head[]> = { executive: [], engineering: [], operations: [] };
  const boards = Object.keys(heads) as BoardId[];

  // Its windows are real time, and the first one on a machine builds the server's Web UI.
  beforeAll(async () => {
    folder = tempFolder('test');
    demo = startDemo(folder, ['--fault', 'isolation-violation', '--keep']);
    const over = new AbortController();
    const following = Promise.all(boards.map((board) => followPage(demo, board, heads[board], over.signal)));
    await demo.ended;
    over.abort();
    await following;
  }, 1_200_000);
  afterAll(async () => {
    demo.stop();
    await demo.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  /** The one file that the demo said it kept under this name. */
  const kept = (label: string): string => {
    const file = new RegExp(`^demo: ${label}: (.+)$`, 'm').exec(demo.said)?.[1];
    if (file === undefined) throw new Error(`the demo did not say "${label}", but:\n${demo.said.slice(-4000)}`);
    return file;
  };
  /** What one of the stand-ins heard, oldest first. */
  const heard = (receiver: string): string[] =>
    [...demo.said.matchAll(/^demo: {3}[\d:]{8} {2}([^:]+): (.+)$/gm)].flatMap(([, by, what = '']) =>
      by === receiver ? [what] : []
    );
  const pages = (): string[] => heard('PagerDuty');
  /** The incident of severity 1; the failing step may have opened another one before the guard saw why it fails. */
  const incident = (): string =>
    /^trigger: .*(incident\/\d+): severity 1: .*User Isolation Violation Detected/m.exec(pages().join('\n'))?.[1] ??
    'none';

  it('ends as rolled back and verified', () => {
    expect(demo.code, demo.said.slice(-4000)).toBe(exitCodes.rolledBackVerified);
    expect(demo.said).toContain('demo: fault: isolation-violation in phase 1c');
  });

  it('takes 1C back first, then 1B, then 1A, as it says itself and as the platform says', () => {
    const told = [...demo.said.matchAll(/Z {2}(1\w)\/\S+ {2}✔ done {2}\S+ back to /g)].map(([, phase = '']) => phase);
    expect(inTurn(told)).toEqual(['1c', '1b', '1a']);
    expect(inTurn(takenBack(kept('kept')))).toEqual([
      'tool-dispatcher',
      'workflow-orchestrator',
      'agent-execution-core',
    ]);
  });

  it.each(boards)('shows it on the %s dashboard while it happens: the incident, and 1C, 1B and 1A back', (board) => {
    const told = heads[board];
    const going = told.filter(({ state }) => state.word === 'rolling back');
    expect(going.flatMap(({ incidents }) => incidents.map(({ text }) => text))).toContainEqual(
      expect.stringMatching(/^Severity 1, incident \d+: User isolation violations/)
    );
    expect(told.at(-1)?.state.word).toBe('rolled back');
    const isBack = (phase: string): number =>
      told.findIndex(({ phases }) => phases.some(({ id, mark }) => id === phase && mark.word === 'rolled back'));
    const turns = ['1c', '1b', '1a'].map(isBack);
    expect(turns).not.toContain(-1);
    expect(turns).toEqual(turns.toSorted((a, b) => a - b));
  });

  it('has PagerDuty called for severity 1, and told when it is over', () => {
    expect(incident()).toMatch(/^incident\/\d+$/);
    expect(pages().at(-1)).toMatch(/^resolve: /);
  });

  it('tells the operators on Slack, and writes to executives and to those who act', () => {
    expect(heard('Slack #ops')).toContainEqual(
      expect.stringMatching(/^🔴 🚨 CRITICAL: User Isolation Violation Detected: IMMEDIATE ACTION REQUIRED/u)
    );
    const written = heard('mail').map((mail) => /^(.*) \(to (.*)\)$/.exec(mail)?.slice(1) ?? []);
    const readers = (subject: RegExp): string[] =>
      written.flatMap(([about = '', to = '']) => (subject.test(about) ? to.split(', ') : []));
    expect(readers(/^🚨 CRITICAL: User Isolation Violation Detected$/u).toSorted()).toEqual(
      ['carlos', 'enzo', 'erin', 'ola'].map((name) => `${name}@chat.example`)
    );
    expect(readers(/incident\/\d+: severity 1: .*User Isolation Violation Detected$/u)).toEqual(
      expect.arrayContaining(['carlos@chat.example', 'chen@chat.example'])
    );
    expect(readers(/incident\/\d+: resolved$/)).toContain('chen@chat.example');
  });

  it('opens a war room with its five roles, each with somebody in it', () => {
    // Of two incidents at once, the first one's.
    expect(demo.said).toMatch(/incident\/\d+ {2}! incident {2}the war room opened \((?:severity-1|rollback)\)/);
    const roles = Object.fromEntries(
      ['Incident Commander', 'Technical Lead', 'Communications', 'Customer Liaison', 'Executive Sponsor'].map(
        (role) => [role, new RegExp(`^demo: {3}${role} +(\\S+)$`, 'm').exec(demo.said)?.[1]]
      )
    );
    expect(roles).toEqual({
      'Incident Commander': 'erin',
      'Technical Lead': 'mara',
      Communications: 'priya',
      'Customer Liaison': 'sam',
      'Executive Sponsor': 'carlos',
    });
  });

  it('keeps the draft of the post-mortem beside the report, with its figures and timeline', () => {
    const file = kept(`the draft of the post-mortem of ${incident()}`);
    expect(path.dirname(file)).toBe(path.dirname(kept('the whole story')));
    const draft = readFileSync(file, 'utf8');
    expect(draft).toMatch(/^# Post-mortem: User isolation violations/);
    const figures = [...draft.matchAll(/^\| (time to \w+) \| ([^|]+) \|/gm)].map(([, what, time]) => [what, time]);
    expect(figures.map(([what]) => what)).toEqual([
      'time to detect',
      'time to decide',
      'time to safe',
      'time to verified',
    ]);
    for (const [what, time] of figures) expect(time, what).toMatch(/^\d/);
    const timeline = /^## Timeline\n\n([^]*?)\n\n/m.exec(draft)?.[1]?.split('\n') ?? [];
    expect(timeline[0]).toContain('opened it as severity 1: User isolation violations');
    for (const what of [
      'everything is taken back',
      'erin acknowledged it',
      'taken back, verified: ',
      'it is resolved: ',
    ])
      expect(
        timeline.filter((line) => line.includes(what)),
        what
      ).not.toHaveLength(0);
  });
});
