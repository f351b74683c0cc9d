import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMPONENT_NAMES, type ComponentName, type Path } from './components.js';
import type { FaultName, FaultSet } from './faults.js';
import type { Random } from './random.js';

/** How much goes wrong on a faulty new path: the share of operations (0 to 1), and the delay in milliseconds. */
const ERROR_SHARE = 0.8;
const SLOW_MS = { from: 3200, to: 4000 };

/** A component could not do its part; the request fails. */
export class ComponentError extends Error {
  readonly component: ComponentName;

  constructor(component: ComponentName, message: string) {
    super(message);
    this.component = component;
  }
}

/** One user request on its way through the platform: who asks what, and which path each component takes for it. */
export class RequestScope {
  readonly id = randomUUID();
  readonly user: string;
  readonly message: string;
  /** A smoke test's request, marked by its header. */
  readonly smoke: boolean;
  readonly paths: Readonly<Record<ComponentName, Path>>;
  readonly random: Random;
  readonly #faults: FaultSet;

  constructor(
    request: { user: string; message: string; smoke: boolean },
    paths: Record<ComponentName, Path>,
    faults: FaultSet,
    random: Random
  ) {
    this.user = request.user;
    this.message = request.message;
    this.smoke = request.smoke;
    this.paths = paths;
    this.#faults = faults;
    this.random = random;
  }

  /** `new` when any component takes its new path for this request. */
  get overallPath(): Path {
    return overallPath(this.paths);
  }

  /** Whether the fault is in force for this request in this component, which it is on the new path only. */
  suffers(fault: FaultName, component: ComponentName): boolean {
    return this.paths[component] === 'new' && this.#faults.active(fault, component);
  }

  /** Takes seconds when the component suffers from `slow-responses`. */
  async delayIfSlow(component: ComponentName): Promise<void> {
    if (this.suffers('slow-responses', component)) await sleep(this.random.between(SLOW_MS.from, SLOW_MS.to));
  }

  /** @throws ComponentError for most operations of a component that suffers from `errors` */
  failIfBroken(component: ComponentName): void {
    if (this.suffers('errors', component) && this.random.chance(ERROR_SHARE)) {
      throw new ComponentError(component, `${component}: internal error`);
    }
  }
}

export function overallPath(paths: Readonly<Record<ComponentName, Path>>): Path {
  return COMPONENT_NAMES.some((name) => paths[name] === 'new') ? 'new' : 'legacy';
}
