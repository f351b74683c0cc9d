import type { Course } from './model/account.js';

/** What one phase of a run moves: a flag, and behind it two deploy targets, in the order of the plan. */
export interface PhaseTargets {
  flag: string;
  service: string;
  jobs: string;
}

const phases = ['1a', '1b'] as const;

/** What a run of this name moves: nothing that a run of another name moves too. */
export function targetsOf(name: string): Record<(typeof phases)[number], PhaseTargets> {
  const of = (phase: string): PhaseTargets => ({
    flag: `FLAG_${name.toUpperCase()}_${phase.toUpperCase()}`,
    service: `${name}_${phase}_service`,
    jobs: `${name}_${phase}_jobs`,
  });
  return { '1a': of('1a'), '1b': of('1b') };
}

/** All that the runs of these names move. */
export function allTargets(names: readonly string[]): { flags: string[]; deploys: string[] } {
  const all = names.flatMap((name) => Object.values(targetsOf(name)));
  return { flags: all.map(({ flag }) => flag), deploys: all.flatMap(({ service, jobs }) => [service, jobs]) };
}

/** The states through which a run takes its flags, by phase, and its deploy targets. */
export interface Ways {
  flag: Record<(typeof phases)[number], string[]>;
  deploy: string[];
}

/** The moves of both phases, in the order of the plan, with the way that each target goes. */
export function movesOf(name: string, ways: Ways): Pick<Course, 'phases' | 'paths'> {
  const targets = targetsOf(name);
  return {
    phases: phases.map((id) => ({
      id,
      moves: [
        { target: `flag/${targets[id].flag}`, exposes: true },
        { target: `deploy/${targets[id].service}`, exposes: false },
        { target: `deploy/${targets[id].jobs}`, exposes: false },
      ],
    })),
    paths: Object.fromEntries(
      phases.flatMap((id) => [
        [`flag/${targets[id].flag}`, ways.flag[id]],
        [`deploy/${targets[id].service}`, ways.deploy],
        [`deploy/${targets[id].jobs}`, ways.deploy],
      ])
    ),
  };
}
