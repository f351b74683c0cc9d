import { missingSearchAttributes, loadTemporalSettings } from '../dev-server/index.js';
import { attributesCommand } from '../connection/attributes-command.js';
import type { Link } from '../connection/link.js';
import { spanText } from '../../plan/text/spans.js';
import { fail, ok, reasonOf, warn, type Finding } from './finding.js';

/** A run may take weeks, and its histories are its ledger. */
const retentionAtLeastMs = 30 * 24 * 60 * 60 * 1000;

/** The server: namespace, retention, search attributes. */
export async function examineTemporal(link: Link): Promise<Finding[]> {
  const { address, addressSource, namespace, namespaceSource } = link.settings;
  return [
    ok('Temporal', `${address} (from ${addressSource})`),
    await retention(link, `${namespace} (from ${namespaceSource})`),
    await attributes(link),
  ];
}

async function retention(link: Link, named: string): Promise<Finding> {
  const what = 'namespace';
  try {
    const { config } = await link.call('the namespace', () =>
      link.temporal.workflowService.describeNamespace({ namespace: link.settings.namespace })
    );
    const ms = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1000;
    const found = `${named}, keeps closed runs for ${spanText(ms)}`;
    if (ms >= retentionAtLeastMs) return ok(what, found);
    return warn(
      what,
      found,
      `Keep them longer than any run: temporal operator namespace update -n ${link.settings.namespace} --retention 90d`
    );
  } catch (error) {
    return fail(what, `${named}: ${reasonOf(error)}`, 'Create it, or name another one with --namespace.');
  }
}

async function attributes(link: Link): Promise<Finding> {
  const what = 'search attributes';
  try {
    const { connection } = link.temporal;
    const settings = await loadTemporalSettings();
    const missing = await link.call('the search attributes', () =>
      missingSearchAttributes(connection, link.settings.namespace, settings)
    );
    const names = Object.keys(missing);
    if (names.length === 0) return ok(what, `all ${Object.keys(settings.searchAttributes).length} are there`);
    return fail(
      what,
      `missing: ${names.join(', ')}`,
      `Add them: ${attributesCommand(link.settings.namespace, missing)}`
    );
  } catch (error) {
    return fail(what, reasonOf(error), 'Check that the namespace exists and that you may read it.');
  }
}
