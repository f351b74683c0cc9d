import type { LoadedPlan } from './load-plan.js';
import { inOrder } from './loading/fault.js';
import type { Fault } from './loading/fault.js';
import { declaredIn, unknownVariables } from './variables.js';
import type { Variables } from './variables.js';

/** All that is wrong with a plan and the values given for it, as far as that can be said without an environment. */
export function faultsAlone({ source, faults }: LoadedPlan, given: Variables): Fault[] {
  if (!source) return faults;
  const declared = declaredIn(source.value);
  if (!declared) return faults;
  const found = [...faults];
  unknownVariables(
    given,
    Object.keys(declared),
    'the plan has no such variable',
    (path, finding) => found.push(source.fault(path, finding)),
    'declare it under vars, or give --env if the environment has it'
  );
  return inOrder(found, source.file);
}
