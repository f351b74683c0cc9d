import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditLog } from './audit-log.js';
import { type ComponentName, FIRST_REVISION } from './components.js';
import type { FaultSet } from './faults.js';
import type { Release, ReleaseStore } from './release-store.js';

export type ComponentStatus = 'serving' | 'restarting' | 'broken';

export interface DeployResult {
  component: ComponentName;
  revision: string;
  status: ComponentStatus;
  /** False when the revision was already deployed and serving: nothing was restarted. */
  changed: boolean;
}

/** A deployment that did not happen: the component stays on its old revision and reports unhealthy. */
export class DeployFailed extends Error {}

interface Surroundings {
  store: ReleaseStore;
  faults: FaultSet;
  audit: AuditLog;
  /** How long a deployed component is away. */
  restartMs: number;
}

/** One deployed component: its revision, whether it serves, and how a new revision comes in. */
export class ComponentRuntime {
  readonly name: ComponentName;
  readonly #store: ReleaseStore;
  readonly #faults: FaultSet;
  readonly #audit: AuditLog;
  readonly #restartMs: number;
  #release: Release;
  #status: ComponentStatus = 'serving';
  #restarted: Promise<void> = Promise.resolve();

  constructor(name: ComponentName, { store, faults, audit, restartMs }: Surroundings) {
    this.name = name;
    this.#store = store;
    this.#faults = faults;
    this.#audit = audit;
    this.#restartMs = restartMs;
    this.#release = store.load(name, store.revision(name));
  }

  get revision(): string {
    return this.#release.revision;
  }

  get status(): ComponentStatus {
    return this.#status;
  }

  /** Whether the deployed code has the new path at all. */
  get hasNewPath(): boolean {
    return this.#release.contains.includes('new');
  }

  /** Resolves when requests are taken: at once, or after the restart under way. Requests queue here, none fails. */
  async whenServing(): Promise<void> {
    while (this.#status === 'restarting') await this.#restarted;
  }

  /**
   * Deploys a revision and restarts the component; answers as soon as the restart has begun. Deploying the revision
   * that already serves changes nothing. A broken component is cured by any successful deployment.
   *
   * @throws DeployFailed when the new revision cannot be brought up; the old one goes on serving, unhealthy
   */
  async deploy(revision: string): Promise<DeployResult> {
    await this.whenServing();
    const from = this.revision;
    if (revision === from && this.#status === 'serving') {
      this.#audit.append({ kind: 'deploy', component: this.name, from, to: revision, result: 'unchanged' });
      return { component: this.name, revision, status: this.#status, changed: false };
    }
    try {
      this.#release = this.#prepare(revision);
    } catch (error) {
      this.#status = 'broken';
      const reason = error instanceof Error ? error.message : String(error);
      this.#audit.append({ kind: 'deploy-failed', component: this.name, from, to: revision, reason });
      throw new DeployFailed(`${this.name} stays on ${from}, unhealthy: ${reason}; deploy ${from} to recover`);
    }
    this.#store.setRevision(this.name, revision);
    this.#audit.append({ kind: 'deploy', component: this.name, from, to: revision, result: 'restarting' });
    this.#status = 'restarting';
    this.#restarted = this.#restart();
    return { component: this.name, revision, status: this.#status, changed: true };
  }

  #prepare(revision: string): Release {
    const wayBack = revision === this.revision || revision === FIRST_REVISION;
    if (!wayBack && this.#faults.active('failed-deploy', this.name)) {
      throw new Error(`revision ${revision} crashed while it started`);
    }
    this.#store.publish(this.name, revision);
    return this.#store.load(this.name, revision);
  }

  async #restart(): Promise<void> {
    await sleep(this.#restartMs);
    this.#status = 'serving';
    this.#audit.append({ kind: 'serving', component: this.name, revision: this.revision });
  }
}
