import { z } from 'zod';
import type { AuditLog } from './audit-log.js';
import type { Backups } from './backups.js';
import { COMPONENT_NAMES, type ComponentName, isComponentName } from './components.js';
import { type ComponentRuntime, DeployFailed } from './component-runtime.js';
import { type FaultSet, faultSchema } from './faults.js';
import type { Answer, Call, Route } from './http-server.js';
import type { ReleaseStore } from './release-store.js';

export interface AdminParts {
  runtimes: Record<ComponentName, ComponentRuntime>;
  store: ReleaseStore;
  faults: FaultSet;
  audit: AuditLog;
  backups: Backups;
}

const revisionSchema = z.strictObject({
  revision: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a revision has 1 to 64 letters, digits, dots, dashes and underscores'),
});

const faultsSchema = z.strictObject({ faults: z.array(faultSchema) });

/** What operators may do: deploy, take backups, inject faults, read the audit. Answered on the loopback interface only. */
export function adminRoutes(parts: AdminParts): Route[] {
  const { audit, backups, faults } = parts;
  const routes: Route[] = [
    {
      method: 'GET',
      path: '/admin/components',
      handle: () => ({ status: 200, body: { components: COMPONENT_NAMES.map((name) => describe(parts, name)) } }),
    },
    { method: 'GET', path: '/admin/components/:name', handle: ({ params }) => read(parts, params['name']) },
    { method: 'PUT', path: '/admin/components/:name', handle: (call) => deploy(parts, call) },
    { method: 'GET', path: '/admin/faults', handle: () => ({ status: 200, body: { faults: faults.list() } }) },
    {
      method: 'PUT',
      path: '/admin/faults',
      handle: async ({ body }) => {
        const wanted = (await body(faultsSchema)).faults;
        faults.set(wanted);
        audit.append({ kind: 'faults', faults: wanted });
        return { status: 200, body: { faults: faults.list() } };
      },
    },
    { method: 'GET', path: '/admin/audit', handle: () => ({ status: 200, body: { entries: audit.list() } }) },
    { method: 'GET', path: '/admin/backups', handle: () => ({ status: 200, body: { backups: backups.list() } }) },
    {
      method: 'POST',
      path: '/admin/backups',
      handle: () => {
        const backup = backups.take();
        audit.append({ kind: 'backup', file: backup.file, sha256: backup.sha256 });
        return { status: 200, body: backup };
      },
    },
  ];
  return routes.map((route) => ({ ...route, handle: (call) => guarded(route, call) }));
}

function guarded(route: Route, call: Call): Answer | Promise<Answer> {
  const local = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(call.remoteAddress);
  return local ? route.handle(call) : { status: 403, body: { error: 'admin calls are for the loopback interface' } };
}

function describe({ runtimes, store }: AdminParts, component: ComponentName) {
  const { revision, status } = runtimes[component];
  return { component, revision, status, releases: store.releases(component) };
}

function read(parts: AdminParts, name = ''): Answer {
  if (!isComponentName(name)) return { status: 404, body: { error: unknownComponent(name) } };
  return { status: 200, body: describe(parts, name) };
}

async function deploy(parts: AdminParts, { params, body }: Call): Promise<Answer> {
  const name = params['name'] ?? '';
  if (!isComponentName(name)) return { status: 404, body: { error: unknownComponent(name) } };
  const { revision } = await body(revisionSchema);
  try {
    return { status: 200, body: await parts.runtimes[name].deploy(revision) };
  } catch (error) {
    if (error instanceof DeployFailed) return { status: 500, body: { error: error.message } };
    throw error;
  }
}

function unknownComponent(name: string): string {
  return `no component is called "${name}"; there are ${COMPONENT_NAMES.join(', ')}`;
}
