import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlagdProvider } from '../../../src/activities/flags/flagd/flagd-provider.js';
import type { FlagProvider } from '../../../src/activities/flags/provider.js';
import { testTools } from './tools.js';
import type { TestTools } from './tools.js';

/** As teams write such a file: odd spacing, other flags, metadata, numbers that JavaScript cannot hold. */
export const flagsText = `{
    "$schema": "https://flagd.dev/schema/v0/flags.json",
    "metadata": { "flagSetId": "chat", "version": 12345678901234567890 },
    "flags": {
        "OTHER": { "state": "ENABLED", "variants": {"a": 1.0, "b": 2}, "defaultVariant": "a" , "note":"kept \\u00e4s is"},
        "ENABLE_X": {
            "state": "ENABLED",
            "variants": { "on": true, "off": false },
            "defaultVariant": "off",
            "metadata": { "owner": "chat-team" },
            "x-comment": "temporary"
        }
    },
    "$evaluators": { "staff": { "ends_with": [{ "var": "email" }, "@example.com"] } }
}
`;

export interface FlagdFixture {
  tools: TestTools;
  file: string;
  provider: FlagProvider;
  trace: object[];
  text: () => string;
  flag: (key?: string) => Record<string, unknown>;
}

/** A flagd file in a temporary folder, and the provider on it. */
export function flagdFixture(text = flagsText): FlagdFixture {
  const tools = testTools();
  const file = join(tools.workdir, 'flags.json');
  writeFileSync(file, text);
  const trace: object[] = [];
  const read = (): string => readFileSync(file, 'utf8');
  return {
    tools,
    file,
    provider: createFlagdProvider({ provider: 'flagd', file: 'flags.json' }, tools, (entry) => trace.push(entry)),
    trace,
    text: read,
    flag: (key = 'ENABLE_X') =>
      (JSON.parse(read()) as { flags: Record<string, Record<string, unknown>> }).flags[key] ?? {},
  };
}

/** A file with ENABLE_X alone, defined so. */
export function flagText(definition: object): string {
  return JSON.stringify({ flags: { ENABLE_X: definition } }, null, 2);
}
