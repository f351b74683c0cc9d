import path from 'node:path';
import type { Environment } from '../../plan/model.js';
import { probePrograms, type ProbePlace } from '../../worker/probe.js';
import { ok, warn, type Finding } from './finding.js';

/** Whether the programs of the deploy targets could be run here; a worker on another machine has its own. */
export function examinePrograms(environment: Environment, place: ProbePlace): Finding[] {
  const cwd = path.resolve(place.workdir, environment.commands.cwd);
  return probePrograms(environment, place).map(({ name, uses, found }) => {
    const what = `command ${name}`;
    if (found.found) return ok(what, `${found.path} (to ${uses.join(', ')})`);
    return warn(
      what,
      `${found.reason}, to ${uses.join(', ')}`,
      name.includes('/')
        ? `The worker's machine must have it, executable (chmod +x), below its --workdir; here that would be ${cwd}.`
        : "Install it on the worker's machine, on the worker's PATH."
    );
  });
}
