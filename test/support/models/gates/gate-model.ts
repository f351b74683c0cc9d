import { crowd, rolesOf, seated, starter } from './crowd.js';

export const hour = 3_600_000;
export const expiresAfter = 24 * hour;
export const escalatesAfter = 8 * hour;
export const holdLasts = 2 * hour;

/** What the plan says of the approval. */
export interface Setting {
  roles: Record<string, number>;
  onExpiry: 'rollback' | 'hold';
  allowStarter: boolean;
  escalates: boolean;
}

export type Said = 'approve' | 'reject' | 'retry' | 'waive';
export interface Spoken {
  name: Said;
  by: string;
  id?: string;
  as: 'signal' | 'update';
  /** Attempts of the approval that the address can mean; absent: no address. */
  meant?: (attempt: number) => boolean;
  /** Whether the digest that was written, if any, is the gate's. */
  digestIsRight: boolean;
}

/** The rules of an approval gate and of its HOLD in their plainest form: what people said, and what that comes to. */
export class GateModel {
  kind: 'approval' | 'hold' = 'approval';
  attempt = 1;
  over: 'passed' | 'waived' | 'failed' | undefined;
  /** `places`: what a yes could fill when it was given; who is asked to stand in later changes nothing about it. */
  decisions: Array<{ by: string; decision: Said; places: string[] }> = [];
  standIn = false;
  /** Messages whose sender is being identified, oldest first. */
  pending: Spoken[] = [];
  private readonly setting: Setting;
  private openedAt: number;
  private readonly answered = new Set<string>();
  private readonly ids = new Set<string>();
  /** Signals that say again what an update said whose sender is still being identified. */
  private readonly twins = new Map<string, Spoken[]>();

  constructor(setting: Setting, now: number) {
    this.setting = setting;
    this.openedAt = now;
  }

  /** What becomes of a message as it comes in. */
  hear(spoken: Spoken): 'refused' | 'repeated' | 'pending' {
    const { by, id } = spoken;
    if (this.over || !crowd.some((person) => person.name === by)) return 'refused';
    if (id !== undefined && this.ids.has(idOf(spoken))) return this.again(spoken);
    if (this.isRepeated(spoken)) return this.taken(spoken, 'repeated');
    if (!this.mayCount(spoken)) return 'refused';
    this.pending.push(spoken);
    return this.taken(spoken, 'pending');
  }

  /** The oldest-but-`index` sender is identified, or not. */
  identify(index: number, believed: boolean, now: number): void {
    const [spoken] = this.pending.splice(index, 1);
    if (!spoken) return;
    const twins = this.twins.get(idOf(spoken)) ?? [];
    this.twins.delete(idOf(spoken));
    if (!believed) {
      this.ids.delete(idOf(spoken));
      // What was promised to count as a signal is taken anew; the first that may count speaks for the others.
      for (const twin of twins) if (!this.ids.has(idOf(twin))) this.hear(twin);
    } else if (!this.isRepeated(spoken)) this.count(spoken, now);
  }

  wait(until: number): void {
    while (!this.over) {
      const at = this.openedAt + (this.kind === 'hold' ? holdLasts : expiresAfter);
      const escalatesAt = this.openedAt + escalatesAfter;
      if (this.kind === 'approval' && this.setting.escalates && escalatesAt <= until) this.standIn = true;
      if (at > until) return;
      this.close();
      if (this.kind === 'hold' || this.setting.onExpiry === 'rollback') this.over = 'failed';
      else {
        this.kind = 'hold';
        this.openedAt = at;
      }
    }
  }

  /** Who is still asked, while the approval is open. */
  get asked(): string[] {
    return crowd.map(({ name }) => name).filter((name) => !this.isBarred(name) && this.bringsItFurther(name));
  }

  private count({ name, by }: Spoken, now: number): void {
    this.answered.add(this.keyOf(name, by, this.attempt));
    if (name === 'approve' || name === 'reject') this.decisions.push({ by, decision: name, places: this.placesOf(by) });
    if (name === 'reject') this.over = 'failed';
    else if (name === 'waive') this.over = 'waived';
    else if (name === 'approve') this.over = this.isFilled ? 'passed' : undefined;
    else {
      this.kind = 'approval';
      this.attempt += 1;
      this.openedAt = now;
      this.decisions = [];
      this.standIn = false;
    }
    if (this.over || name === 'retry') this.close();
  }

  /** Who was being identified came too late. */
  private close(): void {
    for (const spoken of this.pending.splice(0)) this.ids.delete(idOf(spoken));
    this.twins.clear();
  }

  private again(spoken: Spoken): 'repeated' {
    const first = this.pending.find((one) => one.id !== undefined && idOf(one) === idOf(spoken));
    if (spoken.as === 'signal' && first?.as === 'update') {
      this.twins.set(idOf(spoken), [...(this.twins.get(idOf(spoken)) ?? []), spoken]);
    }
    return 'repeated';
  }

  private mayCount({ name, by, meant, digestIsRight }: Spoken): boolean {
    if (meant && !meant(this.attempt)) return false;
    if (!this.takes(name) || !digestIsRight) return false;
    if (name === 'retry') return true;
    if (this.isBarred(by)) return false;
    if (name === 'waive') return rolesOf(by).includes('cto');
    return name === 'reject' ? this.placesOf(by).length > 0 : this.bringsItFurther(by);
  }

  private takes(name: Said): boolean {
    return (this.kind === 'approval' ? ['approve', 'reject'] : ['retry', 'waive']).includes(name);
  }

  private isRepeated({ name, by, meant }: Spoken): boolean {
    const meansOpen = !meant || (meant(this.attempt) && this.takes(name));
    if (meansOpen) return this.answered.has(this.keyOf(name, by, this.attempt));
    const earlier = Array.from({ length: this.attempt }, (_, index) => index + 1).filter(meant);
    return earlier.some((attempt) => this.answered.has(this.keyOf(name, by, attempt)));
  }

  private taken<T>({ id, ...spoken }: Spoken, as: T): T {
    if (id !== undefined) this.ids.add(idOf({ ...spoken, id }));
    return as;
  }

  private isBarred(name: string): boolean {
    return name === starter && !this.setting.allowStarter;
  }

  private placesOf(name: string): string[] {
    const places = Object.keys(this.setting.roles);
    const standsIn = this.standIn && rolesOf(name).includes('cto');
    return standsIn ? places : places.filter((role) => rolesOf(name).includes(role));
  }

  /** One person counts once, with the latest yes. */
  private get approvers(): Map<string, string[]> {
    const yes = this.decisions.filter(({ decision }) => decision === 'approve');
    return new Map(yes.map(({ by, places }) => [by, places]));
  }

  private get isFilled(): boolean {
    const places = Object.values(this.setting.roles).reduce((sum, count) => sum + count, 0);
    return seated(this.setting.roles, [...this.approvers.values()]) === places;
  }

  private bringsItFurther(name: string): boolean {
    const { approvers } = this;
    if (approvers.has(name)) return false;
    const seats = [...approvers.values()];
    return seated(this.setting.roles, [...seats, this.placesOf(name)]) > seated(this.setting.roles, seats);
  }

  private keyOf(name: Said, by: string, attempt: number): string {
    return `${attempt} ${name} ${by}`;
  }
}

function idOf({ name, by, id }: Spoken): string {
  return `${name} ${by} ${id ?? ''}`;
}
