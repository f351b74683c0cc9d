import { afterAll, describe, expect, it } from 'vitest';
import type { CaptureInput, EnvironmentActivities } from '../../src/activities/contract.js';
import type { Change } from '../../src/plan/change.js';
import type { Environment } from '../../src/plan/model.js';
import { captureInput, testEnvironment } from '../support/activities/environment.js';
import { activitiesOn } from '../support/activities/run-activity.js';
import { testTools } from '../support/activities/tools.js';
import { needs } from '../support/needs.js';
import { freePort, startPostgres } from '../support/unleash/postgres.js';
import type { Postgres } from '../support/unleash/postgres.js';
import { installUnleash, startUnleash } from '../support/unleash/unleash.js';
import type { Unleash } from '../support/unleash/unleash.js';

const install = 'apt-get install postgresql';
let postgres: Postgres | undefined;
let unleash: Unleash | undefined;

/** The server is started by the first test that gets past `needs`, and serves all of them. */
async function server(): Promise<Unleash> {
  const programs = { initdb: needs('initdb', install), postgres: needs('postgres', install) };
  if (unleash !== undefined) return unleash;
  await installUnleash();
  postgres = await startPostgres(programs);
  unleash = await startUnleash(postgres.url);
  return unleash;
}

afterAll(async () => {
  await unleash?.stop();
  await postgres?.stop();
});

interface Strategy {
  id: string;
  name: string;
  sortOrder: number;
  parameters: Record<string, string>;
  constraints: unknown[];
  segments: number[];
  title: string | null;
  disabled: boolean;
}
interface FlagStage {
  key: string;
  environment: Environment;
  activities: EnvironmentActivities;
  capture: (change: Partial<Extract<Change, { type: 'flag' }>>) => CaptureInput;
  addStrategy: (body: object) => Promise<Strategy>;
  /** What the admin API says of the flag in production. */
  flag: () => Promise<{ enabled: boolean; strategies: Strategy[] }>;
  turnOn: () => Promise<unknown>;
  turnOnElsewhere: () => Promise<unknown>;
  turnOffElsewhere: () => Promise<unknown>;
}

let count = 0;

/** A new flag on the real server, and activities on it that may use another fetch, URL or token. */
async function stage(overrides: { fetch?: typeof fetch; url?: string; token?: string } = {}): Promise<FlagStage> {
  const { url, admin, adminToken } = await server();
  const key = `FLAG_${(count += 1)}`;
  const features = '/projects/default/features';
  await admin('POST', features, { name: key, type: 'release' });
  const tools = testTools({
    env: { UNLEASH_TOKEN: overrides.token ?? adminToken },
    ...(overrides.fetch ? { fetch: overrides.fetch } : {}),
  });
  const environment = testEnvironment({
    flags: {
      provider: 'unleash',
      url: overrides.url ?? url,
      project: 'default',
      environment: 'production',
      token: '${env:UNLEASH_TOKEN}',
    },
  });
  const inProduction = `${features}/${key}/environments/production`;
  return {
    key,
    environment,
    activities: activitiesOn(tools),
    capture: (change) => captureInput({ type: 'flag', key, enabled: true, percent: 5, ...change }, environment),
    addStrategy: async (body) => (await admin('POST', `${inProduction}/strategies`, body)) as Strategy,
    turnOn: () => admin('POST', `${inProduction}/on`),
    turnOnElsewhere: () => admin('POST', `${features}/${key}/environments/development/on`),
    turnOffElsewhere: () => admin('POST', `${features}/${key}/environments/development/off`),
    async flag() {
      const feature = (await admin('GET', `${features}/${key}`)) as {
        environments: Array<{ name: string; enabled: boolean; strategies: Strategy[] }>;
      };
      const found = feature.environments.find(({ name }) => name === 'production');
      return { enabled: found?.enabled ?? false, strategies: found?.strategies ?? [] };
    },
  };
}

/** Strategies as they matter: a deleted one that is made again has another id. */
function withoutIds({ enabled, strategies }: Awaited<ReturnType<FlagStage['flag']>>): object {
  const inOrder = strategies.toSorted((a, b) => a.sortOrder - b.sortOrder);
  return { enabled, strategies: inOrder.map(({ id: _id, ...strategy }) => strategy) };
}

const share = (rollout: number, more = {}): object => ({
  name: 'flexibleRollout',
  parameters: { rollout: String(rollout), stickiness: 'userId', groupId: 'group' },
  constraints: [],
  ...more,
});

describe('a flag on a real Unleash server', { timeout: 240_000 }, () => {
  it('goes from off to 5 % with an included user, to 50 and 100 %, and back to what it was', async () => {
    const { key, activities, environment, capture, flag } = await stage();
    const before = await flag();
    const enable = await activities.captureChange(capture({ percent: 5, include: ['tester', 'o,dd'] }));
    expect(enable.before).toMatchObject({ enabled: false, percent: 0, include: [] });
    expect(await flag()).toEqual(before);

    expect(await activities.applyChange({ entry: enable, environment })).toMatchObject({
      verdict: 'PASS',
      reason: `${key} is now on for 5 %, always for tester, o,dd`,
    });
    const { strategies } = await flag();
    expect(strategies.map(({ parameters }) => parameters['rollout'])).toEqual(['5', '100']);
    expect(strategies[1]?.constraints).toMatchObject([{ contextName: 'userId', values: ['tester', 'o,dd'] }]);
    expect(await activities.verifyChange({ entry: enable, environment })).toMatchObject({
      verdict: 'PASS',
      found: 'on for 5 %, always for tester, o,dd (2 of 2 included users have it)',
    });

    for (const percent of [50, 100]) {
      const entry = await activities.captureChange(capture({ percent }));
      await activities.applyChange({ entry, environment });
      expect(await activities.verifyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
      expect((await flag()).strategies.map(({ id }) => id)).toEqual(strategies.map(({ id }) => id));
    }
    expect(await activities.verifyChange({ entry: enable, environment })).toMatchObject({ verdict: 'FAIL' });

    const undone = await activities.undoChange({ entry: enable, environment, key: 'u' });
    expect(undone).toMatchObject({ changed: true, reason: `${key} is put back: off` });
    expect(await flag()).toEqual(before);
    expect(await activities.undoChange({ entry: enable, environment, key: 'u' })).toMatchObject({ changed: false });
  });

  it('users get it in the shares that were asked for, by the frontend API', async () => {
    const { key, activities, environment, capture } = await stage();
    const users = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    for (const [percent, least, most] of [
      [50, 30, 70],
      [100, 100, 100],
    ] as const) {
      const entry = await activities.captureChange(capture({ percent, include: ['tester'] }));
      await activities.applyChange({ entry, environment });
      await expect
        .poll(async () => (await holders(key, users)).length, { timeout: 10_000, interval: 500 })
        .toSatisfy((held: number) => held >= least && held <= most);
      expect(await holders(key, ['tester'])).toEqual(['tester']);
    }
  });

  it('is turned on only after its strategies are there: Unleash never gets to add its own 100 %', async () => {
    const { key, activities, environment, capture, flag } = await stage();
    const entry = await activities.captureChange(capture({ percent: 5 }));
    await activities.applyChange({ entry, environment });
    expect((await flag()).strategies).toMatchObject([{ parameters: { rollout: '5' } }]);
    const { events } = (await (await server()).admin('GET', `/events/${key}`)) as { events: Array<{ type: string }> };
    expect(events.map(({ type }) => type).reverse()).toEqual([
      'feature-created',
      'feature-strategy-add',
      'feature-environment-enabled',
    ]);
  });

  it('gets rules of its own back exactly: segment, title, order, switched-off and constrained strategies', async () => {
    const { activities, environment, capture, flag, addStrategy } = await stage();
    const { admin } = await server();
    const segment = (await admin('POST', '/segments', {
      name: `segment-${count}`,
      constraints: [{ contextName: 'region', operator: 'IN', values: ['eu'] }],
    })) as { id: number };
    await addStrategy(share(30, { segments: [segment.id], title: 'Europe' }));
    await addStrategy(share(10, { disabled: true }));
    await addStrategy({
      name: 'default',
      parameters: {},
      constraints: [{ contextName: 'appName', operator: 'IN', values: ['x'] }],
    });
    const before = await flag();
    const entry = await activities.captureChange(capture({ percent: 5, include: ['tester'] }));
    await activities.applyChange({ entry, environment });
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(withoutIds(await flag())).toEqual(withoutIds(before));
  });

  it('that is on already is moved in place, keeps group and stickiness, and comes back exactly', async () => {
    const { activities, environment, capture, flag, addStrategy, turnOn } = await stage();
    await addStrategy(share(25, { title: 'Ramp' }));
    await addStrategy({
      name: 'default',
      parameters: {},
      constraints: [{ contextName: 'userId', operator: 'IN', values: ['a'] }],
    });
    await turnOn();
    const before = await flag();
    const entry = await activities.captureChange(capture({ percent: 50, include: ['a', 'b'] }));
    expect(entry.before).toMatchObject({ enabled: true, percent: 25, include: ['a'] });
    await activities.applyChange({ entry, environment });
    const during = await flag();
    expect(during.strategies.map(({ id }) => id)).toEqual(before.strategies.map(({ id }) => id));
    expect(during.strategies[0]).toMatchObject({ title: 'Ramp', parameters: { rollout: '50', groupId: 'group' } });
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(await flag()).toEqual(before);
  });

  it('is switched off and on again with the strategies that it had', async () => {
    const { activities, environment, capture, flag, addStrategy, turnOn } = await stage();
    await addStrategy(share(100));
    await turnOn();
    const before = await flag();
    const entry = await activities.captureChange(capture({ enabled: false, percent: 0, include: [] }));
    await activities.applyChange({ entry, environment });
    expect(await flag()).toEqual({ ...before, enabled: false });
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({
      verdict: 'PASS',
      found: expect.stringMatching(/^off/) as string,
    });
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(await flag()).toEqual(before);
  });

  it('that somebody cleared and turned off in the meantime comes back as it was', async () => {
    const { key, activities, environment, capture, flag, addStrategy, turnOn } = await stage();
    await addStrategy(share(40, { sortOrder: 3 }));
    await turnOn();
    const before = await flag();
    const entry = await activities.captureChange(capture({ percent: 80 }));
    await activities.applyChange({ entry, environment });
    const { admin } = await server();
    const path = `/projects/default/features/${key}/environments/production`;
    for (const { id } of (await flag()).strategies) await admin('DELETE', `${path}/strategies/${id}`);
    expect((await flag()).enabled).toBe(false);
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(withoutIds(await flag())).toEqual(withoutIds(before));
  });

  it('attempts that overlap leave what one attempt leaves, forward and back', async () => {
    const { activities, environment, capture, flag } = await stage();
    const before = await flag();
    const entry = await activities.captureChange(capture({ percent: 5, include: ['tester'] }));
    const three = (act: () => Promise<unknown>): Promise<unknown> => Promise.allSettled([act(), act(), act()]);
    // One that sees the writes of another among its own is worth a retry, as Temporal does: a last one, alone, must do.
    await three(() => activities.applyChange({ entry, environment }));
    expect(await activities.applyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
    const applied = await flag();
    expect(applied.enabled).toBe(true);
    expect(applied.strategies.map(({ parameters }) => parameters['rollout'])).toEqual(['5', '100']);
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
    await three(() => activities.undoChange({ entry, environment, key: 'u' }));
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(await flag()).toEqual(before);
  });

  it('survives a crash between its strategies and "on": applied again it is on, undone it is as before', async () => {
    let broken = true;
    const { activities, environment, capture, flag } = await stage({
      fetch: async (input, init) => {
        const target = input instanceof Request ? input.url : String(input);
        if (broken && target.endsWith('/on')) throw new Error('the worker died here');
        return fetch(input, init);
      },
    });
    const before = await flag();
    const entry = await activities.captureChange(capture({ percent: 5, include: ['tester'] }));
    const crash = activities.applyChange({ entry, environment });
    await expect(crash).rejects.toMatchObject({ type: 'PG301', nonRetryable: false });
    expect(await flag()).toMatchObject({ enabled: false, strategies: [{}, {}] });
    await activities.undoChange({ entry, environment, key: 'u' });
    expect(await flag()).toEqual(before);
    await expect(activities.applyChange({ entry, environment })).rejects.toMatchObject({ type: 'PG301' });
    broken = false;
    expect(await activities.applyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
    expect(await activities.verifyChange({ entry, environment })).toMatchObject({ verdict: 'PASS' });
  });
});

describe('what an Unleash server cannot or will not do', { timeout: 240_000 }, () => {
  it('a flag that is on in a way that phasegate does not steer is not touched: PG312', async () => {
    const { activities, capture, flag, addStrategy, turnOn } = await stage();
    await addStrategy(share(50, { constraints: [{ contextName: 'region', operator: 'IN', values: ['eu'] }] }));
    await turnOn();
    const before = await flag();
    const call = activities.captureChange(capture({ percent: 5 }));
    await expect(call).rejects.toMatchObject({ type: 'PG312', nonRetryable: true });
    expect(await flag()).toEqual(before);
  });

  it('an unknown flag is PG302, an unknown environment PG303 with those that there are', async () => {
    const { activities, capture, environment } = await stage();
    const unknown = capture({ key: 'NO_SUCH_FLAG' });
    await expect(activities.captureChange(unknown)).rejects.toMatchObject({
      type: 'PG302',
      nonRetryable: true,
      message: expect.stringContaining('no feature named "NO_SUCH_FLAG"') as string,
    });
    const elsewhere = { ...environment, flags: { ...environment.flags, environment: 'prod' } } as Environment;
    await expect(activities.captureChange({ ...capture({}), environment: elsewhere })).rejects.toMatchObject({
      type: 'PG303',
      message: expect.stringContaining('Use one of: development, production') as string,
    });
  });

  it('a bad token is PG303, and the token stands in no error and no evidence', async () => {
    const { activities, capture } = await stage({ token: '*:*.canary-bad-token' });
    const call = activities.captureChange(capture({}));
    await expect(call).rejects.toMatchObject({ type: 'PG303', nonRetryable: true });
    await expect(call).rejects.not.toThrow('canary');
  });

  it('the token of a change stands in none of its evidence', async () => {
    const { activities, capture, environment } = await stage();
    const entry = await activities.captureChange(capture({}));
    const { evidence } = await activities.applyChange({ entry, environment });
    const text = await activities.readEvidence({ digest: evidence.digest });
    expect(text).toContain('/strategies');
    expect(text).not.toContain('test-admin-secret');
  });

  it('an unreachable server is worth a retry: PG301', async () => {
    const { activities, capture } = await stage({ url: `http://127.0.0.1:${await freePort()}` });
    await expect(activities.captureChange(capture({}))).rejects.toMatchObject({
      type: 'PG301',
      nonRetryable: false,
      message: expect.stringMatching(/Unleash gives no answer: .*ECONNREFUSED/) as string,
    });
  });

  it('a share that Unleash cannot express is refused before anything is written', async () => {
    const { activities, capture, environment, flag } = await stage();
    const entry = await activities.captureChange(capture({ percent: 0.5 }));
    const result = await activities.applyChange({ entry, environment });
    expect(result).toMatchObject({ verdict: 'FAIL', reason: expect.stringContaining('whole percents only') as string });
    expect((await flag()).strategies).toEqual([]);
  });
});

/** Which of the users have a flag, as an application sees it. */
async function holders(key: string, users: string[]): Promise<string[]> {
  const { url, frontendToken } = await server();
  const answers = await Promise.all(
    users.map(async (user) => {
      const response = await fetch(`${url}/api/frontend?userId=${user}`, { headers: { Authorization: frontendToken } });
      const { toggles } = (await response.json()) as { toggles: Array<{ name: string }> };
      return toggles.some(({ name }) => name === key) ? [user] : [];
    })
  );
  return answers.flat();
}

describe('the removal of a flag from a real Unleash server', { timeout: 240_000 }, () => {
  it('archives it, once, when it is as captured and on nowhere else', async () => {
    const { key, activities, environment, addStrategy, turnOn, turnOnElsewhere, turnOffElsewhere } = await stage();
    await addStrategy(share(100));
    await turnOn();
    const asked = { origin: { run: 'r', address: 'cleanup/flags#1', title: 'Remove' }, environment, keys: [key] };
    const captured = await activities.captureFlags(asked);
    expect(captured).toMatchObject({ verdict: 'PASS', flags: [{ key, enabled: true, percent: 100 }] });

    await turnOnElsewhere();
    const refused = await activities.removeFlags({ ...asked, flags: captured.flags });
    expect(refused).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringContaining(`PG303 Unleash archives in all environments, and ${key} is on in development`),
    });
    expect(await activities.verifyRemoval(asked)).toMatchObject({ verdict: 'FAIL', left: [key] });

    await turnOffElsewhere();
    const removed = await activities.removeFlags({ ...asked, flags: captured.flags });
    expect(removed).toMatchObject({ verdict: 'PASS', reason: `${key} removed` });
    expect(await activities.verifyRemoval(asked)).toMatchObject({ verdict: 'PASS', left: [] });
    const again = await activities.removeFlags({ ...asked, flags: captured.flags });
    expect(again).toMatchObject({ verdict: 'PASS', reason: `${key} gone already` });
  });

  it('leaves one that somebody changed since', async () => {
    const { key, activities, environment, addStrategy, turnOn } = await stage();
    await addStrategy(share(100));
    await turnOn();
    const asked = { origin: { run: 'r', address: 'cleanup/flags#1', title: 'Remove' }, environment, keys: [key] };
    const { flags } = await activities.captureFlags(asked);
    await addStrategy(share(50));
    expect(await activities.removeFlags({ ...asked, flags })).toMatchObject({
      verdict: 'FAIL',
      reason: expect.stringContaining('PG313'),
    });
    expect(await activities.verifyRemoval(asked)).toMatchObject({ left: [key] });
  });
});
