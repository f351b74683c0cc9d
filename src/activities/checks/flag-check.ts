import type { FlagState } from '../../plan/change.js';
import { describeState } from '../../plan/ledger.js';
import type { Environment, FlagCheck } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { codeOf, messageOf } from '../fail.js';
import { effective, flagProviderFor } from '../flags/index.js';
import type { FlagProvider } from '../flags/index.js';
import type { Scope } from '../scope.js';
import type { Finding } from './finding.js';

const tries = 3;
const pauseMs = 500;

/** Reads a flag and compares it. An unknown flag is FAIL; one that cannot be read is HOLD, after three tries. */
export async function flagCheck(
  check: FlagCheck,
  environment: Pick<Environment, 'flags'>,
  tools: Tools,
  scope: Scope
): Promise<Finding> {
  const exchanges: object[] = [];
  const provider = flagProviderFor(environment.flags, tools, (entry) => exchanges.push(entry), scope.signal);
  const facts = { check, exchanges };
  try {
    const state = await patiently(provider, check.key, tools, scope);
    const problem = compare(check, state);
    const found = `${check.key} is ${describeState(state)}`;
    return problem === undefined
      ? { verdict: 'PASS', reason: found, facts }
      : { verdict: 'FAIL', reason: `${found}, expected ${problem}`, facts };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return { verdict: code === 'PG302' ? 'FAIL' : 'HOLD', reason: `${code}: ${messageOf(error)}`, facts };
  }
}

async function patiently(provider: FlagProvider, key: string, tools: Tools, scope: Scope): Promise<FlagState> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await provider.read(key);
    } catch (error) {
      if (codeOf(error) !== 'PG301' || attempt === tries) throw error;
      await tools.clock.sleep(pauseMs * attempt, scope.signal);
    }
  }
}

function compare(check: FlagCheck, state: FlagState): string | undefined {
  const { percent, include } = effective(state);
  const enabled = percent > 0 || include.length > 0;
  if (check.enabled !== undefined && check.enabled !== enabled) return check.enabled ? 'on' : 'off';
  if (check.percent !== undefined && check.percent !== percent) return `${check.percent} %`;
  return undefined;
}
