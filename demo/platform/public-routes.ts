import { z } from 'zod';
import type { ChatService } from './chat-service.js';
import { COMPONENT_NAMES, type ComponentName, FLAG_OF, isComponentName } from './components.js';
import type { ComponentRuntime } from './component-runtime.js';
import { isUserId, permissionsOf, roleOf } from './directory.js';
import type { FaultSet } from './faults.js';
import type { FlagFile } from './flag-file.js';
import { type Answer, BadRequest, type Route } from './http-server.js';
import type { Measurements } from './measurements.js';
import type { PathRouter } from './path-router.js';
import type { WebSocketExecutor } from './websocket-executor.js';

export interface PublicParts {
  runtimes: Record<ComponentName, ComponentRuntime>;
  flags: FlagFile;
  router: PathRouter;
  faults: FaultSet;
  chat: ChatService;
  executor: WebSocketExecutor;
  measurements: Measurements;
}

const chatRequestSchema = z.strictObject({
  user: z.string().refine(isUserId, 'a user id has 1 to 64 letters, digits, dots, dashes and underscores'),
  message: z.string().min(1).max(2000),
});

/** What users, load balancers and metric collectors may ask. */
export function publicRoutes(parts: PublicParts): Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: () => overallHealth(parts) },
    {
      method: 'GET',
      path: '/components/:name/healthz',
      handle: ({ params }) => componentHealth(parts, params['name']),
    },
    { method: 'GET', path: '/metrics', handle: () => metrics(parts) },
    { method: 'GET', path: '/users/:id', handle: ({ params }) => userInfo(parts, params['id']) },
    {
      method: 'POST',
      path: '/chat',
      handle: async ({ body, headers }) => {
        const answer = await chat(parts, () => body(chatRequestSchema), headers['x-smoke'] !== undefined);
        parts.measurements.requestAnswered(answer.status);
        return answer;
      },
    },
  ];
}

async function chat(
  parts: PublicParts,
  read: () => Promise<z.infer<typeof chatRequestSchema>>,
  smoke: boolean
): Promise<Answer> {
  try {
    const outcome = await parts.chat.chat({ ...(await read()), smoke });
    if (outcome.ok) return { status: 200, body: outcome.reply };
    return { status: 500, body: { error: outcome.error, paths: outcome.paths } };
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function healthOf(parts: PublicParts, component: ComponentName) {
  const { revision, status } = parts.runtimes[component];
  const flag = { key: FLAG_OF[component], exposure: parts.router.exposure(component) };
  return { component, revision, status, flag, flagFile: parts.flags.status() };
}

function componentHealth(parts: PublicParts, name = ''): Answer {
  if (!isComponentName(name)) return { status: 404, body: { error: `no component is called ${name}` } };
  const health = healthOf(parts, name);
  return { status: health.status === 'serving' ? 200 : 503, body: health };
}

function overallHealth(parts: PublicParts): Answer {
  const components = COMPONENT_NAMES.map((name) => healthOf(parts, name));
  const healthy = components.every(({ status }) => status === 'serving');
  const body = { status: healthy ? 'serving' : 'degraded', flagFile: parts.flags.status(), components };
  return { status: healthy ? 200 : 503, body };
}

async function metrics({ faults, measurements }: PublicParts): Promise<Answer> {
  if (faults.active('metrics-down')) return { status: 503, body: { error: 'metrics are not available' } };
  const { registry } = measurements;
  return { status: 200, body: await registry.metrics(), type: registry.contentType };
}

function userInfo(parts: PublicParts, user = ''): Answer {
  if (!isUserId(user)) return { status: 404, body: { error: 'no such user' } };
  return {
    status: 200,
    body: {
      user,
      role: roleOf(user),
      permissions: permissionsOf(user),
      flags: parts.router.flagsOf(user),
      paths: parts.router.lastPaths(user),
      connections: parts.executor.connectionsOf(user),
    },
  };
}
