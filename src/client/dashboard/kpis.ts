import type { KpiResult } from '../../plan/run-status.js';
import type { Kpi } from '../../plan/model.js';
import { instantText } from '../../plan/text/spans.js';
import type { Block, Mark } from './document.js';
import { mark, noSource } from './marks.js';
import type { View } from './seen.js';

const marks: Record<KpiResult['state'], Mark> = {
  met: mark('good', 'met'),
  'not met': mark('bad', 'not met'),
  owed: mark('dim', 'not known yet', '◷'),
  unknown: mark('warn', 'unknown', '?'),
};

/** A success metric of the plan and what is known of it. */
export interface ShownKpi {
  kpi: Kpi;
  result: KpiResult | undefined;
  mark: Mark;
  /** What was measured or answered, by whom; or who will, and when. */
  text: string;
}

/** The success metrics of a group, in the order of the plan. */
export function kpisOf({ snapshot }: Pick<View, 'snapshot'>, group: Kpi['group']): ShownKpi[] {
  const { kpis = [] } = snapshot.frozen.plan;
  return kpis
    .filter((kpi) => kpi.group === group)
    .map((kpi) => {
      const result = snapshot.run.kpis?.find(({ id }) => id === kpi.id);
      return { kpi, result, mark: marks[result?.state ?? 'owed'], text: textOf(kpi, result) };
    });
}

function textOf(kpi: Kpi, result: KpiResult | undefined): string {
  if (result && result.state !== 'owed') {
    const who = result.by === undefined ? '' : `, said by ${result.by}`;
    return `${result.value ?? result.reason ?? result.state}${who}`;
  }
  if (kpi.kind !== 'asked') return 'from the evidence of the run, at its end';
  const due = result?.dueAt === undefined ? `${kpi.due.unit} ${kpi.due.at}` : instantText(result.dueAt);
  return `${kpi.by} answers by ${due}`;
}

/**
 * What no metric measures: nothing is made up. An answer that a person gave for the run stands in its place, as what it
 * is.
 *
 * @param what `Estimated revenue at risk`
 * @param words what the id or the title of a success metric says that is about it
 */
export function unmeasured(view: Pick<View, 'snapshot'>, what: string, words: RegExp): Block[] {
  const asked = (['business', 'technical', 'long-term'] as const)
    .flatMap((group) => kpisOf(view, group))
    .filter(({ kpi }) => kpi.kind === 'asked' && (words.test(kpi.id) || words.test(kpi.title)));
  const [open, known] = [asked.filter(isOpen), asked.filter((kpi) => !isOpen(kpi))];
  const later = open.map(({ text }) => ` Asked instead: ${text}.`).join('');
  return [
    { kind: 'note', mark: noSource, text: `${what} is not measured.${later}` },
    ...known.map(({ kpi, mark: shown, text }): Block => {
      return { kind: 'note', mark: shown, text: `${kpi.title} (${kpi.target}): ${text}` };
    }),
  ];
}

/** Whether nobody knows it yet. */
export function isOpen({ result }: ShownKpi): boolean {
  return result === undefined || result.state === 'owed';
}
