import type { Info } from '@temporalio/activity';
import type { WorkerInterceptors } from '@temporalio/worker';
import type { Cell } from './cells.js';
import { garbage, sabotage, type Attempt } from './faults.js';

/** The fault of one cell: it strikes the first call that it is meant for, and that call's repetitions. */
export class Plot {
  struck = 0;
  /** The trigger of the cell, if it has one, was pulled. */
  triggered = false;
  private victim: string | undefined;
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
    const call = `${info.workflowExecution?.runId ?? ''}/${info.activityId}`;
    this.victim ??= call;
    return this.victim === call;
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
            this.calls.add(`${info.activityType} ${info.workflowExecution?.workflowId ?? ''}`);
            const planId = /plan-[0-9a-f]{8}/.exec(info.workflowExecution?.workflowId ?? '')?.[0] ?? '';
            const plot = this.plots.get(planId);
            if (!plot?.isMeant(info)) return next(input);
            return plot.strike(() => next(input));
          },
        },
      }),
    ],
  };
}
