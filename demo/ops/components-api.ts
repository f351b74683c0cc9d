import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CannotTell, CheckFailed } from './outcome.js';
import { call, errorText, read } from './platform-client.js';

const HEALTHY_WITHIN_MS = 6_000;
const POLL_MS = 40;

const releaseSchema = z.object({ revision: z.string(), deployable: z.boolean(), reason: z.string().nullable() });

const componentSchema = z.object({
  component: z.string(),
  revision: z.string(),
  status: z.string(),
  releases: z.array(releaseSchema),
});

export type ComponentState = z.infer<typeof componentSchema>;

/** All components with their deployed revision and the releases that can be deployed. */
export async function readComponents(): Promise<ComponentState[]> {
  return (await read('/admin/components', z.object({ components: z.array(componentSchema).nonempty() }))).components;
}

/** One component. @throws CannotTell when it is not known */
export function readComponent(name: string): Promise<ComponentState> {
  return read(`/admin/components/${encodeURIComponent(name)}`, componentSchema);
}

/** Asks for a deployment. @throws CheckFailed when it failed @throws CannotTell when it was not understood */
export async function deployRevision(name: string, revision: string): Promise<void> {
  const path = `/admin/components/${encodeURIComponent(name)}`;
  const reply = await call('PUT', path, { body: { revision } });
  if (reply.status === 200) return;
  if (reply.status >= 500) throw new CheckFailed(errorText(reply));
  throw new CannotTell(`PUT ${path} answered ${reply.status}: ${errorText(reply)}`);
}

/** Waits until the component serves the revision. @returns the milliseconds it took @throws CheckFailed after 6 s */
export async function waitUntilServing(name: string, revision: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const state = await readComponent(name);
    const elapsed = performance.now() - started;
    if (state.status === 'serving' && state.revision === revision) return Math.round(elapsed);
    if (elapsed > HEALTHY_WITHIN_MS) {
      throw new CheckFailed(`${name} is ${state.status} on ${state.revision}, not serving ${revision} after 6 s`);
    }
    await sleep(POLL_MS);
  }
}
