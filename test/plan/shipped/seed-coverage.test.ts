import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Alerts, FrozenPlan, Incidents, Phase } from '../../../src/plan/model.js';
import { buildBoard } from '../../../src/client/dashboard/board.js';
import { Look } from '../../../src/client/dashboard/look.js';
import { dashboardOf } from '../../../src/client/monitoring/grafana/dashboards.js';
import { subjectOf } from '../../../src/client/monitoring/subject.js';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';
import { fakeSource, FakeReader, now, scene } from '../../support/dashboard/scene.js';

const root = path.resolve(import.meta.dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/seed-coverage.md'), 'utf8');
const files = { plan: 'plans/user-execution-context.yaml', environment: 'environments/demo.yaml' };
const vars = { revision: 'uec-1', platform: 'http://127.0.0.1:4000', 'flags-file': 'flags.json' };

/** The rows of each section: line of the first plan, elements of ours. */
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((text) => {
    const [title = ''] = text.split('\n');
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
    const elements = rows.map(namesIn);
    return { title, elements, shownBy: namesIn(/^Shown by .*$/m.exec(text)?.[0] ?? '') };
  });
function namesIn(line: string): string[] {
  return [...line.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}
const told = sections.flatMap(({ elements }) => elements.flat());

let there: string[];
beforeAll(async () => {
  const { frozen, faults } = await readAndFreeze(files, vars);
  expect(faults).toEqual([]);
  const { phases = [], metrics = {}, kpis = [], cleanup, alerts, incidents } = frozen?.plan ?? {};
  const alerting = Object.values(metrics).filter(({ priority }) => priority);
  // What people are asked for a KPI stands with the KPIs.
  const tasks = cleanup?.groups.flatMap((group) => group.tasks) ?? [];
  const left = tasks.flatMap(({ id, kind }) => (kind === 'kpi' ? [] : [`cleanup/${id}`]));
  there = [
    ...phases.flatMap(elementsOf),
    ...alerting.map(({ name }) => `metrics.${name}`),
    ...kpis.map(({ id }) => `kpis.${id}`),
    ...left,
    ...(alerts ? alertElements(alerts) : []),
    ...(incidents ? incidentElements(incidents) : []),
    ...(frozen ? panelsOf(frozen) : []),
    ...(await livePanels()),
  ];
});

const boards = ['executive', 'engineering', 'operations'] as const;

/** What of the dashboards `phasegate render` makes. */
function panelsOf(frozen: FrozenPlan): string[] {
  return boards.flatMap((kind) =>
    dashboardOf(kind, subjectOf(frozen)).sections.map(({ title }) => `grafana/${kind}.json ${title}`)
  );
}

/** What of the dashboards the pages of `phasegate dashboard` have. */
async function livePanels(): Promise<string[]> {
  const reader = new FakeReader(await scene());
  const seen = await new Look({
    reader,
    place: { env: {}, workdir: '.' },
    now: () => now,
    open: () => fakeSource(),
  }).look([]);
  return boards.flatMap((board) => buildBoard(seen, board, 'run').panels.map(({ title }) => `/${board} ${title}`));
}

function elementsOf({ id, schedule, before, steps, success, successChecks, approval }: Phase): string[] {
  return [
    ...(schedule ? [`${id}/schedule`] : []),
    ...[...before, ...steps, ...successChecks].map((step) => `${id}/${step.id}`),
    ...(success?.criteria ?? []).map(({ text }) => `${id}/success ${text}`),
    ...(approval ? [`${id}/approval`] : []),
  ];
}

function alertElements({ routes, templates }: Alerts): string[] {
  const ofRoutes = Object.entries(routes).flatMap(([level, { channels, to, escalate }]) => [
    ...[...channels, ...to].map((name) => `alerts.${level}/${name}`),
    `alerts.${level}/escalate ${escalate.after.planned}`,
  ]);
  return [...ofRoutes, ...templates.map(({ id }) => `alerts.templates/${id}`)];
}

function incidentElements({ severities, warRoom, postMortem }: Incidents): string[] {
  return [
    ...severities.flatMap(({ severity, causes, respondWithin, escalateAfter, escalateTo, reach }) => [
      ...causes.map(({ id }) => `incidents.${severity}/${id}`),
      `incidents.${severity} respond within ${respondWithin.planned}`,
      `incidents.${severity} escalate after ${escalateAfter.planned} to ${escalateTo.join(', ')}`,
      `incidents.${severity} reach ${reach}`,
    ]),
    ...(warRoom?.triggers ?? []).map((trigger) => `war-room on ${trigger}`),
    ...(warRoom?.roles ?? []).map(({ id, role }) => `war-room/${id} ${role}`),
    ...(warRoom?.procedure ?? []).map(({ id }) => `war-room/step ${id}`),
    `war-room within ${warRoom?.within.planned}`,
    `post-mortem within ${postMortem.within.planned}`,
  ];
}

describe('the table of what of the first plan is where', () => {
  it('names elements that the shipped plan has, and all of them', () => {
    expect(told.toSorted()).toEqual(there.toSorted());
  });

  it.each([
    ['Pre-deployment', [7, 8, 8, 6]],
    ['Phase 1A', [1, 6, 7, 6, 1]],
    ['Phase 1B', [1, 3, 5, 4, 1]],
    ['Phase 1C', [1, 3, 5, 4, 1]],
    ['Phase 1D', [1, 3, 5, 4, 1]],
    ['Post-deployment validation', [6, 6, 6]],
    ['KPIs', [5, 5, 5]],
    ['Metrics', [10]],
    ['Alerts', [3, 3, 2]],
    ['Incidents', [5 + 3, 4 + 3, 4 + 3]],
    ['War room', [4, 5, 7]],
    ['Dashboards', [5, 5, 5]],
    ['Clean-up', [5, 5]],
    ['Review', [1]],
  ])('has as many lines of %s as the first plan: %j', (name, counts) => {
    const found = sections.filter(({ title }) => title.startsWith(name)).map(({ elements }) => elements.length);
    expect(found).toEqual(counts);
  });

  it('names tests that are there', () => {
    for (const { title, shownBy } of sections) {
      expect(shownBy.length, title).toBeGreaterThan(0);
      for (const name of shownBy) expect(existsSync(path.join(root, name)), `${title}: ${name}`).toBe(true);
    }
  });
});
