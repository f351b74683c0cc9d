import { z } from 'zod';
import type { FlagSource } from '../../../plan/model.js';
import type { Tools } from '../../deps.js';
import { fail } from '../../fail.js';
import { NoAnswer, send } from '../../http/send.js';
import type { HttpAnswer } from '../../http/send.js';
import type { Trace } from '../provider.js';
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

/** The calls of the Unleash admin API (7.5) that phasegate makes. All throw PG301, PG302, PG303 or PG312. */
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

const timeoutMs = 10_000;
/** An evaluation answers for every flag of the project at once. */
const answerLimit = 8 * 1024 * 1024;

const featureShape = z.object({
  archived: z.boolean().optional(),
  environments: z.array(z.object({ name: z.string(), enabled: z.boolean(), strategies: z.array(strategyShape) })),
});
const playgroundShape = z.object({ features: z.array(z.object({ name: z.string(), isEnabled: z.boolean() })) });
const problemShape = z.object({
  name: z.string().optional(),
  message: z.string(),
  details: z.array(z.object({ message: z.string() })).optional(),
});

export function createUnleashApi(
  source: UnleashSource,
  tools: Pick<Tools, 'fetch' | 'secrets' | 'clock'>,
  trace: Trace,
  signal?: AbortSignal
): UnleashApi {
  const base = source.url.replace(/\/+$/, '');
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
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
          timeoutMs,
          limit: answerLimit,
          ...(signal === undefined ? {} : { signal }),
        },
        tools.fetch
      );
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      trace({ request: where, at, body, error: error.message });
      throw fail('PG301', `Unleash gives no answer: ${error.message}`, { where });
    }
    const excerpt = path.startsWith('/api/admin/playground') ? answer.body.slice(0, 2_000) : answer.body;
    trace({ request: where, at, body, status: answer.status, answer: excerpt });
    return parseAnswer(answer, where);
  };
  const flagPath = (key: string): string =>
    `/api/admin/projects/${encodeURIComponent(source.project)}/features/${encodeURIComponent(key)}`;
  const inEnvironment = (key: string): string =>
    `${flagPath(key)}/environments/${encodeURIComponent(source.environment)}`;
  const feature = async (key: string): Promise<UnleashFeature> => {
    // The environment's own resource leaves out segments, which decide who gets the flag.
    const path = flagPath(key);
    const { archived, environments } = understand(featureShape, await call('GET', path), path);
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
      await call('DELETE', flagPath(key));
    },
    async apply(key, step) {
      const path = `${inEnvironment(key)}/strategies`;
      if (step.do === 'add') await call('POST', path, step.body);
      else if (step.do === 'replace') await call('PUT', `${path}/${encodeURIComponent(step.id)}`, step.body);
      else await call('DELETE', `${path}/${encodeURIComponent(step.id)}`);
    },
    async order(key, places) {
      await call('POST', `${inEnvironment(key)}/strategies/set-sort-order`, places);
    },
    async turn(key, to) {
      await call('POST', `${inEnvironment(key)}/${to}`);
    },
    async evaluates(key, userId) {
      const path = '/api/admin/playground';
      const context = { appName: 'phasegate', ...(userId === undefined ? {} : { userId }) };
      const body = { environment: source.environment, projects: [source.project], context };
      const { features } = understand(playgroundShape, await call('POST', path, body), path);
      const feature = features.find(({ name }) => name === key);
      if (feature !== undefined) return feature.isEnabled;
      throw fail('PG312', `Unleash evaluates without flag ${key}`, { where: `${base}${path}`, retryable: true });
    },
  };
}

function parseAnswer({ status, body, truncated }: HttpAnswer, where: string): unknown {
  if (status >= 200 && status < 300) {
    if (body === '') return undefined;
    try {
      if (!truncated) return JSON.parse(body) as unknown;
    } catch {
      // Said below, with the place.
    }
    throw fail('PG312', 'the answer of Unleash is no JSON, or too long', { where, retryable: true });
  }
  const why = `${status} ${problemIn(body)}`;
  if (status === 404 && isUnleashsOwn(body)) throw fail('PG302', `Unleash does not know it: ${why}`, { where });
  if (status === 404 || status === 429 || status >= 500)
    throw fail('PG301', `Unleash cannot answer now: ${why}`, { where });
  throw fail('PG303', `Unleash refuses: ${why}`, { where });
}

/** A 404 of something in front of Unleash says nothing of the flag. */
function isUnleashsOwn(body: string): boolean {
  try {
    return problemShape.parse(JSON.parse(body)).name === 'NotFoundError';
  } catch {
    return false;
  }
}

/** What Unleash says is wrong, or the beginning of what something else (a proxy) says in its place. */
function problemIn(body: string): string {
  try {
    const { message, details } = problemShape.parse(JSON.parse(body));
    const more = details?.map((detail) => detail.message).filter((text) => !message.includes(text)) ?? [];
    return [message, ...more].join(' ');
  } catch {
    return body.slice(0, 200);
  }
}

function understand<T>(shape: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail('PG312', `the answer of Unleash is not as expected: ${z.prettifyError(parsed.error)}`, {
    where: path,
    retryable: true,
  });
}
