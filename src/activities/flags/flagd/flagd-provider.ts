import { resolve } from 'node:path';
import type { FlagState } from '../../../plan/change.js';
import type { FlagSource } from '../../../plan/model.js';
import type { Tools } from '../../deps.js';
import { canonicalJson } from '../../../plan/canonical.js';
import { fail } from '../../fail.js';
import type { FlagProvider, Trace } from '../provider.js';
import { changedSince, sameExposure, wished } from '../state.js';
import { define, meaningOf, parseDefinition } from './definition.js';
import type { Definition } from './definition.js';
import { observe } from './evaluate.js';
import { editFlagFile, readFlagFile } from './flag-file.js';
import type { FlagFile } from './flag-file.js';
import { render, spanOf, withoutMember } from './json-text.js';

/** `native` of a flag in a file: its definition as it is written there. */
interface FlagdNative {
  definition: string;
}

/**
 * Flags in a flagd JSON file. Writing the same state twice writes the same text, so a repeated write needs no key; only
 * the one definition is edited, every other byte of the file stays. `signal` calls off what waits to write.
 */
export function createFlagdProvider(
  source: Extract<FlagSource, { provider: 'flagd' }>,
  tools: Pick<Tools, 'workdir' | 'clock'>,
  trace: Trace,
  signal?: AbortSignal
): FlagProvider {
  const path = resolve(tools.workdir, source.file);
  const stateIn = (file: FlagFile, key: string): { state: FlagState; definition: Definition } => {
    const definition = definitionIn(file, key, path);
    const meaning = meaningOf(definition);
    if (!meaning.understood) {
      throw fail('PG312', `flag ${key} is not a flag that phasegate can steer: ${meaning.why}`, {
        where: path,
        hint: 'Simplify the flag in the file (true and false variants; users and a share), or turn it off first.',
      });
    }
    const native: FlagdNative = { definition: definitionText(file, key) ?? '' };
    return { state: { type: 'flag', key, exists: true, ...meaning.exposure, native }, definition };
  };
  const edited = (edit: (file: FlagFile) => string | undefined): Promise<boolean> =>
    editFlagFile(path, tools.clock, edit, signal);
  return {
    async read(key) {
      const { state } = stateIn(await readFlagFile(path), key);
      trace({ read: path, at: tools.clock.now(), state });
      return state;
    },
    async write(key, wish, idempotencyKey) {
      const changed = await edited((file) => {
        const { state, definition } = stateIn(file, key);
        const target = wished(wish, state);
        if (sameExposure(target, state) && definition.state === 'ENABLED') return undefined;
        return withDefinition(file, key, (text, at) => render(define(definition, target), text, at));
      });
      trace({ write: path, at: tools.clock.now(), key, wish, idempotencyKey, changed });
      return changed;
    },
    async restore(before) {
      const native = before.native as FlagdNative;
      const changed = await edited((file) => {
        const now = definitionText(file, before.key);
        if (now !== undefined && sameJson(now, native.definition)) return undefined;
        return withDefinition(file, before.key, () => native.definition);
      });
      trace({ restore: path, at: tools.clock.now(), key: before.key, definition: native.definition, changed });
      return changed;
    },
    async remove(captured) {
      const native = captured.native as FlagdNative;
      const changed = await edited((file) => {
        const now = definitionText(file, captured.key);
        if (now === undefined) return undefined;
        if (!sameJson(now, native.definition)) throw changedSince(captured.key, path);
        return withoutMember(file.text, ['flags', captured.key]);
      });
      trace({ remove: path, at: tools.clock.now(), key: captured.key, definition: native.definition, changed });
      return changed;
    },
    async observe(state) {
      const observation = observe((await readFlagFile(path)).text, state);
      trace({ evaluated: path, at: tools.clock.now(), key: state.key, ...observation });
      return observation;
    },
  };
}

function definitionIn(file: FlagFile, key: string, path: string): Definition {
  if (!Object.hasOwn(file.flags, key)) throw fail('PG302', `flag ${key} does not exist`, { where: path });
  const definition = parseDefinition(file.flags[key]);
  if (definition !== undefined) return definition;
  throw fail('PG312', `the definition of flag ${key} has no state or no variants`, { where: path, retryable: true });
}

function definitionText({ text }: FlagFile, key: string): string | undefined {
  const span = spanOf(text, ['flags', key]);
  return span && text.slice(span.start, span.end);
}

/** Replaces one definition in the text. One that was deleted since comes back as the first: its text is known. */
function withDefinition(
  { text, flags }: FlagFile,
  key: string,
  write: (text: string, at: { start: number; end: number }) => string
): string {
  const span = spanOf(text, ['flags', key]);
  if (span !== undefined) return text.slice(0, span.start) + write(text, span) + text.slice(span.end);
  const all = spanOf(text, ['flags']);
  const at = (all?.start ?? 0) + 1;
  const comma = Object.keys(flags).length === 0 ? '' : ',';
  return `${text.slice(0, at)}${JSON.stringify(key)}: ${write(text, { start: at, end: at })}${comma}${text.slice(at)}`;
}

function sameJson(a: string, b: string): boolean {
  return canonicalJson(JSON.parse(a)) === canonicalJson(JSON.parse(b));
}
