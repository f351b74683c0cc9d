import type { FrozenPlan } from '../../plan/model.js';
import { alertmanagerFile } from './alertmanager/config.js';
import { dashboardOf } from './grafana/dashboards.js';
import { rulesFile } from './prometheus/rules.js';
import { ruleTestsFile } from './prometheus/rule-tests.js';
import { runbookOf } from './runbook/contents.js';
import { runbookHtml } from './runbook/html.js';
import { runbookMarkdown } from './runbook/markdown.js';
import { subjectOf, type SubjectOptions } from './subject.js';

/** Where each file lies below the folder, in the order in which they are written. */
export const renderedFiles = [
  'prometheus/rules.yml',
  'prometheus/rules.test.yml',
  'alertmanager/alertmanager.yml',
  'grafana/executive.json',
  'grafana/engineering.json',
  'grafana/operations.json',
  'runbook.md',
  'runbook.html',
] as const;
type RenderedFile = (typeof renderedFiles)[number];

/**
 * Everything that is made of a plan for those who watch and operate it: path -> text. The same plan in the same
 * environment gives the same bytes.
 *
 * @returns `remarks`: what cannot be rendered and why, or what is left for people to fill in
 */
export async function renderFiles(
  frozen: FrozenPlan,
  options: SubjectOptions = {}
): Promise<{ files: Map<RenderedFile, string>; remarks: string[] }> {
  // Grafana's SDK is large: nothing else loads it.
  const { drawDashboard } = await import('./grafana/draw.js');
  const subject = subjectOf(frozen, options);
  const alertmanager = alertmanagerFile(subject);
  const remarks = [...subject.remarks, ...alertmanager.remarks];
  const runbook = runbookOf(subject, remarks);
  const texts: Record<RenderedFile, string> = {
    'prometheus/rules.yml': rulesFile(subject),
    'prometheus/rules.test.yml': ruleTestsFile(subject),
    'alertmanager/alertmanager.yml': alertmanager.text,
    'grafana/executive.json': drawDashboard(dashboardOf('executive', subject)),
    'grafana/engineering.json': drawDashboard(dashboardOf('engineering', subject)),
    'grafana/operations.json': drawDashboard(dashboardOf('operations', subject)),
    'runbook.md': runbookMarkdown(runbook),
    'runbook.html': runbookHtml(runbook),
  };
  return {
    files: new Map(renderedFiles.map((name) => [name, texts[name]])),
    remarks,
  };
}
