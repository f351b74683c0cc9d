import type { Connection } from '@temporalio/client';
import type { TemporalSettings } from './settings.js';

/** A connection, by the part of it that is needed. */
type Operated = Pick<Connection, 'operatorService'>;

/** The numbers of `temporal.api.enums.v1.IndexedValueType`; the enumeration itself is slow to load. */
const INDEXED_VALUE_TYPE = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6, KeywordList: 7 } as const;

/** Those search attributes of the settings, with their types, that the namespace lacks or has with another type. */
export async function missingSearchAttributes(
  connection: Operated,
  namespace: string,
  settings: TemporalSettings
): Promise<TemporalSettings['searchAttributes']> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.fromEntries(
    Object.entries(settings.searchAttributes).filter(
      ([name, type]) => customAttributes[name] !== INDEXED_VALUE_TYPE[type]
    )
  );
}

/** Adds what {@link missingSearchAttributes} finds. The server keeps silent about a name that has another type. */
export async function addSearchAttributes(
  connection: Operated,
  namespace: string,
  settings: TemporalSettings
): Promise<void> {
  const missing = Object.entries(await missingSearchAttributes(connection, namespace, settings));
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]])),
  });
}
