import type { Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';
import { channels } from './cell-plan.js';
import type { Watched } from './places.js';
import type { Plot } from './saboteur.js';

const withinMs = 120_000;
const [warning, critical] = [4, 9];

/**
 * A metric that gets worse while the run is at one place: first it is at its warning, and when that was told and the fault
 * has struck, it is critical. The run waits there until both channels know.
 */
export class Episode {
  /** Why it did not come to its end. */
  problem: string | undefined;
  private readonly stage: Stage;
  private readonly world: World;
  private readonly plot: Plot;
  private readonly place: Watched;
  private readonly ending: (() => Promise<unknown>) | undefined;
  private warningFrom = Number.POSITIVE_INFINITY;
  private criticalFrom = Number.POSITIVE_INFINITY;
  private passing: Promise<void> | undefined;

  /** @param ending what somebody does to the alert when both channels know; the fault strikes what comes of that */
  constructor(stage: Stage, world: World, plot: Plot, place: Watched, ending?: () => Promise<unknown>) {
    this.stage = stage;
    this.world = world;
    this.plot = plot;
    this.place = place;
    this.ending = ending;
    const latency = (at: number): number => (at >= this.criticalFrom ? critical : at >= this.warningFrom ? warning : 1);
    world.series = { success: () => 0.99, latency };
    // A guard that begins finds it so.
    if (place === 'first phase') this.begin();
    if (place === 'rollback') world.onCheck = (input) => this.atHealth(input.origin.address);
  }

  /** Before the gate of its place is decided. */
  async atGate(address: string): Promise<void> {
    const gate = gates[this.place];
    if (gate !== undefined && address.startsWith(gate)) await this.pass();
  }

  private async atHealth(address: string): Promise<'PASS'> {
    if (address.startsWith('rollback/health')) await this.pass();
    return 'PASS';
  }

  private pass(): Promise<void> {
    this.passing ??= this.play().catch((error: unknown) => void (this.problem = String(error)));
    return this.passing;
  }

  private async play(): Promise<void> {
    this.begin();
    await this.stage.until(
      'a warning to be told',
      () => (this.ending !== undefined || this.plot.struck > 0) && this.hasHeard('opened').length > 0,
      withinMs
    );
    this.criticalFrom = Date.now();
    await this.stage.until('both channels to know', () => this.hasHeard('raised').length === channels.length, withinMs);
    await this.ending?.();
  }

  private begin(): void {
    if (this.plot.worse) return;
    this.plot.worse = true;
    this.warningFrom = Date.now();
  }

  private hasHeard(kind: string): string[] {
    return channels.filter((name) =>
      this.world.told.some(({ channel, notification }) => channel.name === name && toldKind(notification) === kind)
    );
  }
}

/** Gates at which people wait for its end; of a rollback its check of health waits. */
const gates: Partial<Record<Watched, string>> = { 'first phase': '1a/', 'last phase': '1b/', validation: 'checked/' };

/** What an alert of the metric told: `opened`, `raised`, `recovered`. Undefined for what another alert told. */
export function toldKind({ dedupKey }: { dedupKey: string }): string | undefined {
  return /\/alert\/latency#[0-9a-f]+#[0-9a-f]+\/([a-z-]+)\//.exec(dedupKey)?.[1];
}
