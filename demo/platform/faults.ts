import { z } from 'zod';
import { COMPONENT_NAMES, type ComponentName } from './components.js';

/** What can be made to misbehave. All but the last two act only on requests that take the component's new path. */
const FAULT_NAMES = [
  'isolation-violation',
  'slow-responses',
  'errors',
  'lost-events',
  'failed-smoke',
  'failed-deploy',
  'metrics-down',
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

export const faultSchema = z
  .strictObject({
    name: z.enum(FAULT_NAMES),
    component: z.enum(COMPONENT_NAMES),
    /**
     * `new-path`: dormant until the first request takes the component's new path, from then on active until cleared,
     * so that a metrics outage can be armed before the phase that it is meant to hit.
     */
    after: z.literal('new-path').optional(),
  })
  .refine((fault) => fault.after === undefined || fault.name === 'metrics-down', {
    message: '"after" applies to metrics-down only: the other faults act on the new path anyway',
  });

export type Fault = z.infer<typeof faultSchema>;

/** The faults in force. Setting replaces all of them; an empty list cures the platform. */
export class FaultSet {
  readonly #onTrip: (fault: Fault) => void;
  #faults: readonly Fault[] = [];
  #dormant = new Set<Fault>();

  /** @param onTrip called once when a dormant fault becomes active */
  constructor(onTrip: (fault: Fault) => void) {
    this.#onTrip = onTrip;
  }

  set(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#dormant = new Set(faults.filter((fault) => fault.after === 'new-path'));
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  /** Whether the fault is in force; without a component, whether it is for any. */
  active(name: FaultName, component?: ComponentName): boolean {
    return this.#faults.some(
      (fault) =>
        fault.name === name && (component === undefined || fault.component === component) && !this.#dormant.has(fault)
    );
  }

  /** A request takes the component's new path: dormant faults of the component wake up. */
  newPathTaken(component: ComponentName): void {
    if (this.#dormant.size === 0) return;
    for (const fault of this.#dormant) {
      if (fault.component !== component) continue;
      this.#dormant.delete(fault);
      this.#onTrip(fault);
    }
  }
}
