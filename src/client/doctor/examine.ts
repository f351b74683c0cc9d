import type { Caller } from '../cli/caller.js';
import { openLink } from '../connection/link.js';
import { readConnectionSettings, type ConnectionChoice, type ConnectionSettings } from '../../connection/settings.js';
import { PhasegateError } from '../../plan/errors.js';
import { examineBuilds } from './builds.js';
import { examineEnvironment, type ExaminedEnvironment } from './environment.js';
import { fail, reasonOf, type Finding } from './finding.js';
import { examineMachine } from './machine.js';
import { examineTemporal } from './temporal.js';
import { examineWorkers } from './workers.js';
import { examineYou } from './you.js';

export interface Examination {
  connection: ConnectionChoice;
  env: NodeJS.ProcessEnv;
  me: Caller;
  /** File of an environment. */
  environment?: string;
  vars: Record<string, string>;
}

/** Looks at everything that a run needs, as far as it can be seen from here; what fails never hides the rest. */
export async function examine(what: Examination): Promise<{ findings: Finding[]; unreachable: boolean }> {
  const around: ExaminedEnvironment =
    what.environment === undefined ? { findings: [] } : await examineEnvironment(what.environment, what.vars, what.env);
  const server = await examineServer(what, around);
  const here = [...examineMachine(what.env), examineYou(what.me, around.people)];
  return { findings: [...here, ...server.findings, ...around.findings], unreachable: server.unreachable };
}

async function examineServer(
  what: Examination,
  { id }: { id?: string }
): Promise<{ findings: Finding[]; unreachable: boolean }> {
  let settings: ConnectionSettings;
  try {
    settings = readConnectionSettings(what.connection, what.env);
  } catch (error) {
    return { findings: [fail('Temporal', reasonOf(error), hintOf(error))], unreachable: true };
  }
  try {
    const link = await openLink(settings, `phasegate-doctor:${what.me.name ?? 'unknown'}`);
    try {
      return {
        findings: [
          ...(await examineTemporal(link)),
          ...(await examineWorkers(link, id, Date.now())),
          ...(await examineBuilds(link, id, Date.now())),
        ],
        unreachable: false,
      };
    } finally {
      await link.close();
    }
  } catch (error) {
    return {
      findings: [fail('Temporal', `${reasonOf(error)} (address from ${settings.addressSource})`, hintOf(error))],
      unreachable: true,
    };
  }
}

function hintOf(error: unknown): string {
  return error instanceof PhasegateError ? error.hint : 'See phasegate help environment.';
}
