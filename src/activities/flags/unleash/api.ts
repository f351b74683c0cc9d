import { z } from 'zod';
import type { FlagSource } from '../../../plan/model.js';
import type { Tools } from '../../deps.js';
import { fail } from '../../fail.js';
import type { FailureDetails } from '../../fail.js';
import { NoAnswer, send } from '../../http/send.js';
import type { HttpAnswer, HttpRequest } from '../../http/send.js';
import type { Trace } from '../provider.js';
import { parseAnswer, understand } from './answer.js';
import { strategyShape } from './strategies.js';
import type { Strategy } from './strategies.js';
import type { StrategyStep } from './steps.js';

export type UnleashSource = Extract<FlagSource, { provider: 'unleash' }>;

/** A flag in the environment of the source. */
export interface UnleashFlag {
  enabled: boolean;
  strategies: Strategy[];
}

/** A flag as a whole: Unleash archives it in all environments at once. */
export interface UnleashFeature {
  here: UnleashFlag;
  /** Names of the other environments in which it is on. */
  onElsewhere: string[];
}

/**
 * The calls of the Unleash admin API (7.5) that phasegate makes. All throw PG301, PG302, PG303 or PG312. Called off, one
 * that only looks ends at once; one that changes something is not begun any more, but an answer to it is waited for.
 */
export interface UnleashApi {
  flag(key: string): Promise<UnleashFlag>;
  feature(key: string): Promise<UnleashFeature>;
  archive(key: string): Promise<void>;
  apply(key: string, step: StrategyStep): Promise<void>;
  order(key: string, places: Array<{ id: string; sortOrder: number }>): Promise<void>;
  turn(key: string, to: 'on' | 'off'): Promise<void>;
  /** Whether Unleash's own evaluation gives the flag to a user; undefined: to a caller that nothing identifies. */
  evaluates(key: string, userId: string | undefined): Promise<boolean>;
}

const lookMs = 10_000;
/** An undo reads what it left, so a slow Unleash is heard out, but not for longer than a worker that is stopped waits. */
const changeMs = 15_000;
/** An evaluation answers for every flag of the project at once. */
const answerLimit = 8 * 1024 * 1024;

const featureShape = z.object({
  archived: z.boolean().optional(),
  environments: z.array(z.object({ name: z.string(), enabled: z.boolean(), strategies: z.array(strategyShape) })),
});
const playgroundShape = z.object({ features: z.array(z.object({ name: z.string(), isEnabled: z.boolean() })) });

export function createUnleashApi(
  source: UnleashSource,
  tools: Pick<Tools, 'fetch' | 'secrets' | 'clock'>,
  trace: Trace,
  signal?: AbortSignal
): UnleashApi {
  const base = source.url.replace(/\/+$/, '');
  const call = async (
    method: string,
    path: string,
    body: unknown,
    limits: Pick<HttpRequest, 'timeoutMs' | 'signal'>,
    unknown: Pick<FailureDetails, 'hint'> = {}
  ): Promise<unknown> => {
    const where = `${method} ${base}${path}`;
    const at = tools.clock.now();
    let answer: HttpAnswer;
    try {
      answer = await send(
        {
          url: tools.secrets.resolve(`${base}${path}`),
          method,
          headers: { Authorization: tools.secrets.resolve(source.token), 'Content-Type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          limit: answerLimit,
          ...limits,
        },
        tools.fetch
      );
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      trace({ request: where, at, body, error: error.message });
      throw fail('PG301', `Unleash gives no answer: ${error.message}`, { where, ...unknown });
    }
    const excerpt = path.startsWith('/api/admin/playground') ? answer.body.slice(0, 2_000) : answer.body;
    trace({ request: where, at, body, status: answer.status, answer: excerpt });
    return parseAnswer(answer, where, (text) => tools.secrets.scrub(text), unknown);
  };
  const look = (method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> =>
    call(method, path, body, { timeoutMs: lookMs, ...(signal === undefined ? {} : { signal }) });
  const change = async (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> => {
    signal?.throwIfAborted();
    const hint = 'Nobody knows whether it took effect, or still will: look at the flag in Unleash.';
    await call(method, path, body, { timeoutMs: changeMs }, { hint });
  };
  const flagPath = (key: string): string =>
    `/api/admin/projects/${encodeURIComponent(source.project)}/features/${encodeURIComponent(key)}`;
  const inEnvironment = (key: string): string =>
    `${flagPath(key)}/environments/${encodeURIComponent(source.environment)}`;
  const feature = async (key: string): Promise<UnleashFeature> => {
    // The environment's own resource leaves out segments, which decide who gets the flag.
    const path = flagPath(key);
    const { archived, environments } = understand(featureShape, await look('GET', path), path);
    if (archived === true) throw fail('PG302', `flag ${key} is archived in Unleash`, { where: base });
    const found = environments.find(({ name }) => name === source.environment);
    if (found === undefined) {
      throw fail('PG303', `project ${source.project} of Unleash has no environment ${source.environment}`, {
        where: base,
        hint: `Use one of: ${environments.map(({ name }) => name).join(', ')}.`,
      });
    }
    const onElsewhere = environments.filter((one) => one !== found && one.enabled).map(({ name }) => name);
    return { here: { enabled: found.enabled, strategies: found.strategies }, onElsewhere };
  };
  return {
    flag: async (key) => (await feature(key)).here,
    feature,
    async archive(key) {
      await change('DELETE', flagPath(key));
    },
    async apply(key, step) {
      const path = `${inEnvironment(key)}/strategies`;
      if (step.do === 'add') await change('POST', path, step.body);
      else if (step.do === 'replace') await change('PUT', `${path}/${encodeURIComponent(step.id)}`, step.body);
      else await change('DELETE', `${path}/${encodeURIComponent(step.id)}`);
    },
    async order(key, places) {
      await change('POST', `${inEnvironment(key)}/strategies/set-sort-order`, places);
    },
    async turn(key, to) {
      await change('POST', `${inEnvironment(key)}/${to}`);
    },
    async evaluates(key, userId) {
      const path = '/api/admin/playground';
      const context = { appName: 'phasegate', ...(userId === undefined ? {} : { userId }) };
      const body = { environment: source.environment, projects: [source.project], context };
      const { features } = understand(playgroundShape, await look('POST', path, body), path);
      const feature = features.find(({ name }) => name === key);
      if (feature !== undefined) return feature.isEnabled;
      throw fail('PG312', `Unleash evaluates without flag ${key}`, { where: `${base}${path}`, retryable: true });
    },
  };
}
