import type { FlagState } from '../../plan/change.js';
import { describeState } from '../../plan/ledger.js';
import type {
  CaptureFlagsResult,
  FlagsInput,
  RemoveFlagsInput,
  RemoveFlagsResult,
  VerifyRemovalResult,
} from '../contract.js';
import type { Tools } from '../deps.js';
import { codeOf, messageOf } from '../fail.js';
import type { Scope } from '../scope.js';
import type { FlagProvider } from './provider.js';
import { flagProviderFor } from './registry.js';
import { effective } from './state.js';

/** Reads what is there before flags are removed: whether each is on for everybody, and its definition as evidence. */
export async function captureFlags(input: FlagsInput, tools: Tools, scope: Scope): Promise<CaptureFlagsResult> {
  const { provider, exchanges } = open(input, tools, scope);
  const states = await Promise.all(input.keys.map((key) => readIfThere(provider, key)));
  const flags = states.filter((state) => state !== undefined);
  const bad = flags.filter((state) => effective(state).percent !== 100);
  const gone = input.keys.filter((_, index) => states[index] === undefined);
  const found = [
    ...flags.map((state) => `${state.key} is ${describeState(state)}`),
    ...(gone.length > 0 ? [`${gone.join(', ')} gone already`] : []),
  ].join('; ');
  const verdict = bad.length > 0 ? 'FAIL' : 'PASS';
  const reason = bad.length > 0 ? `${found}: not at 100 % for everybody` : found;
  return { flags, ...(await kept('removal-capture', input, { verdict, reason, flags, exchanges }, tools)) };
}

/** Takes flags out of the flag system, one after the other; ends at the first that the system refuses. */
export async function removeFlags(input: RemoveFlagsInput, tools: Tools, scope: Scope): Promise<RemoveFlagsResult> {
  const { provider, exchanges } = open(input, tools, scope);
  const said: string[] = [];
  let refusal: string | undefined;
  for (const flag of input.flags) {
    try {
      said.push(`${flag.key} ${(await provider.remove(flag)) ? 'removed' : 'gone already'}`);
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'PG303' && code !== 'PG313') throw error;
      refusal = `${code} ${messageOf(error)}`;
      break;
    }
  }
  const verdict = refusal === undefined ? 'PASS' : 'FAIL';
  const reason = [...said, ...(refusal === undefined ? [] : [refusal])].join('; ');
  return kept('removal', input, { verdict, reason, flags: input.flags, exchanges }, tools);
}

/** Reads back which flags are still there, apart from what the removal saw. */
export async function verifyRemoval(input: FlagsInput, tools: Tools, scope: Scope): Promise<VerifyRemovalResult> {
  const { provider, exchanges } = open(input, tools, scope);
  const states = await Promise.all(input.keys.map((key) => readIfThere(provider, key)));
  const left = input.keys.filter((_, index) => states[index] !== undefined);
  const verdict = left.length > 0 ? 'FAIL' : 'PASS';
  const reason = left.length > 0 ? `still there: ${left.join(', ')}` : `read back: ${input.keys.join(', ')} gone`;
  return { left, ...(await kept('removal-verify', input, { verdict, reason, left, exchanges }, tools)) };
}

function open(
  { environment }: Pick<FlagsInput, 'environment'>,
  tools: Tools,
  scope: Scope
): { provider: FlagProvider; exchanges: object[] } {
  const exchanges: object[] = [];
  const trace = (exchange: object): void => void exchanges.push(exchange);
  return { provider: flagProviderFor(environment.flags, tools, trace, scope.signal), exchanges };
}

async function readIfThere(provider: FlagProvider, key: string): Promise<FlagState | undefined> {
  try {
    return await provider.read(key);
  } catch (error) {
    if (codeOf(error) !== 'PG302') throw error;
    return undefined;
  }
}

async function kept(
  kind: string,
  { origin }: Pick<FlagsInput, 'origin'>,
  found: Pick<RemoveFlagsResult, 'verdict' | 'reason'> & Record<string, unknown>,
  tools: Tools
): Promise<RemoveFlagsResult> {
  const { verdict, reason } = found;
  const endedAt = tools.clock.now();
  const document = tools.secrets.scrubAll({ origin, ...found, endedAt });
  return { verdict, reason, endedAt, evidence: await tools.evidence.put(kind, document) };
}
