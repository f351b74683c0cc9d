import { parseHttpUrl } from '../document/http-url.js';
import { hintForName } from '../language/suggest.js';
import { allowedHosts, isHostAllowed } from '../hosts.js';
import type { PairingRule } from './cross.js';
import { allowsProgram, programsOf } from './programs.js';
import { checksOf, namesOf, phasesOf, stepsOf } from './walk.js';

/** Deploy targets exist and have a way back or say so; commands and hosts of checks are allowed here. */
export const targetRules: PairingRule = ({ plan, environment, inPlan }) => {
  const known = namesOf(environment.deploy);
  const place = environment.id ?? 'the environment';
  for (const phase of phasesOf(plan)) {
    for (const { path, value } of stepsOf(phase)) {
      const { deploy } = value;
      if (deploy?.target === undefined || environment.deploy === undefined) continue;
      const target = environment.deploy[deploy.target];
      if (!known.includes(deploy.target)) {
        inPlan([...path, 'deploy', 'target'], {
          code: 'PG105',
          message: `${place} has no deploy target "${deploy.target}"`,
          hint: hintForName(deploy.target, known, 'declare it under deploy in the environment'),
        });
      } else if (target?.undo === 'none' && !('cannot-undo' in deploy)) {
        inPlan([...path, 'deploy'], {
          code: 'PG112',
          message: `${deploy.target} has no undo in ${place}, and this step does not say so`,
          hint: 'add cannot-undo: with the reason, or give the target an undo command',
          at: 'key',
        });
      }
    }
  }
  const programs = programsOf(environment);
  const hosts = allowedHosts(Object.values(environment.services ?? {}), environment.http?.allow ?? []);
  for (const { path, value } of checksOf(plan)) {
    const { command, http } = value;
    const argv = Array.isArray(command) ? command : command?.run;
    const argvPath = [...path, 'command', ...(Array.isArray(command) ? [] : ['run'])];
    const program = argv?.[0];
    if (program !== undefined && programs && !allowsProgram(programs, program)) {
      inPlan([...argvPath, 0], {
        code: 'PG116',
        message: `${place} does not allow the program "${program}"`,
        hint: 'name it under commands.allow in the environment',
      });
    }
    if (http?.url === undefined || http.url.includes('{{')) continue;
    const url = parseHttpUrl(http.url);
    if (!url.ok) inPlan([...path, 'http', 'url'], { code: 'PG104', message: url.problem, hint: url.hint });
    else if (!isHostAllowed(url.value, hosts)) {
      inPlan([...path, 'http', 'url'], {
        code: 'PG116',
        message: `${place} does not allow checks to call ${url.value.host}`,
        hint: 'name the host under http.allow in the environment, or use a service of it',
      });
    }
  }
};
