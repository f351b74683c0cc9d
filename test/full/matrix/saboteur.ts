import type { Info } from '@temporalio/activity';
import type { WorkerInterceptors } from '@temporalio/worker';
import { planIn } from '../../support/stage/stage.js';
import type { Cell } from './cells.js';
import { garbage, sabotage, type Attempt } from './faults.js';

/** The fault of one cell: it strikes the call that it is meant for, and that call's repetitions. */
export class Plot {
  struck = 0;
  /** The trigger of the cell, if it has one, was pulled. */
  triggered = false;
  /** The metric of the cell, if it has one, got worse. */
  worse = false;
  private readonly calls = new Set<string>();
  private end = (): void => undefined;
  private come = (): void => undefined;
  private readonly over = new Promise<void>((resolve) => (this.end = resolve));
  private readonly came = new Promise<void>((resolve) => (this.come = resolve));
  private readonly cell: Cell;

  constructor(cell: Cell) {
    this.cell = cell;
  }

  isMeant(info: Info): boolean {
    const { activity, occurrence } = this.cell;
    const from = info.workflowExecution?.workflowId ?? '';
    if (info.activityType !== activity || !occurrence.from.test(from)) return false;
    if (occurrence.trigger !== undefined && !this.triggered) return false;
    if (occurrence.watched !== undefined && !this.worse) return false;
    const call = `${info.workflowExecution?.runId ?? ''}/${info.activityId}`;
    this.calls.add(call);
    return [...this.calls][occurrence.behind ?? 0] === call;
  }

  strike(act: Attempt['act']): Promise<unknown> {
    this.struck += 1;
    const { fault, answer = '' } = this.cell;
    const second = { came: this.came, come: this.come };
    return sabotage[fault]({ number: this.struck, act, garbage: garbage[answer], over: this.over, second });
  }

  /** Lets go of what never answers. */
  close(): void {
    this.end();
  }
}

/** Stands between the workers and their activities and makes them fail, each run by the plot of its cell. */
export class Saboteur {
  readonly plots = new Map<string, Plot>();
  /** Each activity that was called, with the workflow id that called it. */
  readonly calls = new Set<string>();

  readonly interceptors: WorkerInterceptors = {
    activity: [
      ({ info }) => ({
        inbound: {
          execute: (input, next) => {
            const from = info.workflowExecution?.workflowId ?? '';
            this.calls.add(`${info.activityType} ${from}`);
            // A request for evidence belongs to no run: it asks for the digests of one.
            const plot = this.plots.get(planIn(from) ?? planIn(JSON.stringify(input.args)) ?? '');
            if (!plot?.isMeant(info)) return next(input);
            return plot.strike(() => next(input));
          },
        },
      }),
    ],
  };
}
