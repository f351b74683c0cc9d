import { COMPONENT_NAMES, type ComponentName, FLAG_OF, type FlagKey, type Path, perComponent } from './components.js';
import type { ComponentRuntime } from './component-runtime.js';
import type { FaultSet } from './faults.js';
import type { FlagFile } from './flag-file.js';
import { GAUGE_SPAN, monotonicSeconds } from './metric-kinds.js';

const REMEMBERED_USERS = 10_000;

/** What was decided for a user's latest request. */
interface Decision {
  at: number;
  flags: Record<ComponentName, boolean>;
  paths: Record<ComponentName, Path>;
}

/** How many of the users seen in the last seconds have a component's flag on, and take its new path. */
export interface Exposure {
  users: number;
  flagOn: number;
  newPath: number;
  /** flagOn / users, 0 to 1; null when nobody was seen. */
  share: number | null;
}

/** Decides for each request, by user and flag, which path each component takes. */
export class PathRouter {
  readonly #flags: FlagFile;
  readonly #runtimes: Record<ComponentName, ComponentRuntime>;
  readonly #faults: FaultSet;
  readonly #evaluated: (key: FlagKey, on: boolean) => void;
  readonly #decisions = new Map<string, Decision>();

  /** @param evaluated told of each evaluation that decides a request */
  constructor(
    flags: FlagFile,
    runtimes: Record<ComponentName, ComponentRuntime>,
    faults: FaultSet,
    evaluated: (key: FlagKey, on: boolean) => void
  ) {
    this.#flags = flags;
    this.#runtimes = runtimes;
    this.#faults = faults;
    this.#evaluated = evaluated;
  }

  /** The paths of a request that the user makes now. A flag alone is not enough: the deployed code must have the path. */
  route(user: string): Record<ComponentName, Path> {
    const flags = this.flagsOf(user);
    for (const name of COMPONENT_NAMES) this.#evaluated(FLAG_OF[name], flags[name]);
    const paths = perComponent((name): Path => (flags[name] && this.#runtimes[name].hasNewPath ? 'new' : 'legacy'));
    for (const name of COMPONENT_NAMES) if (paths[name] === 'new') this.#faults.newPathTaken(name);
    this.#remember(user, { at: monotonicSeconds(), flags, paths });
    return paths;
  }

  /** The flags as they stand for a user now. Code that has the new path takes it when clean-up has removed its flag. */
  flagsOf(user: string): Record<ComponentName, boolean> {
    return perComponent((name) => this.#flags.isOn(FLAG_OF[name], user, this.#runtimes[name].hasNewPath));
  }

  /** The paths of the user's latest request, or null when there was none. */
  lastPaths(user: string): Record<ComponentName, Path> | null {
    return this.#decisions.get(user)?.paths ?? null;
  }

  exposure(component: ComponentName): Exposure {
    const since = monotonicSeconds() - GAUGE_SPAN;
    const recent = [...this.#decisions.values()].filter((decision) => decision.at >= since);
    const users = recent.length;
    const flagOn = recent.filter((decision) => decision.flags[component]).length;
    const newPath = recent.filter((decision) => decision.paths[component] === 'new').length;
    return { users, flagOn, newPath, share: users === 0 ? null : flagOn / users };
  }

  #remember(user: string, decision: Decision): void {
    // Deleted first, so that the map stays in the order of the latest requests and the oldest can go.
    this.#decisions.delete(user);
    this.#decisions.set(user, decision);
    if (this.#decisions.size <= REMEMBERED_USERS) return;
    for (const oldest of this.#decisions.keys()) {
      this.#decisions.delete(oldest);
      return;
    }
  }
}
