import type { Connection } from '@temporalio/client';
import type { TemporalSettings } from './settings.js';

/** A connection, by the part of it that is needed. */
type Operated = Pick<Connection, 'operatorService'>;

/** The numbers of `temporal.api.enums.v1.IndexedValueType`; the enumeration itself is slow to load. */
const INDEXED_VALUE_TYPE = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6, KeywordList: 7 } as const;

/** The names of those search attributes of the settings that the namespace lacks, or has with another type. */
export async function missingSearchAttributes(
  connection: Operated,
  namespace: string,
  settings: TemporalSettings
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(settings.searchAttributes)
    .filter(([name, type]) => customAttributes[name] !== INDEXED_VALUE_TYPE[type])
    .map(([name]) => name);
}

/** Adds what {@link missingSearchAttributes} finds. The server keeps silent about a name that has another type. */
export async function addSearchAttributes(
  connection: Operated,
  namespace: string,
  settings: TemporalSettings
): Promise<void> {
  const missing = new Set(await missingSearchAttributes(connection, namespace, settings));
  if (missing.size === 0) {
    return;
  }
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      Object.entries(settings.searchAttributes)
        .filter(([name]) => missing.has(name))
        .map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])
    ),
  });
}

/** The command that a person types to add search attributes to a server that is not ours. */
export function addCommand(names: readonly string[], namespace: string, settings: TemporalSettings): string {
  return names
    .map(
      (name) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${settings.searchAttributes[name]}`
    )
    .join('\n');
}
