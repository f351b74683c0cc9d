import { createHash } from 'node:crypto';
import type { Subject } from '../subject.js';
import { engineeringSections } from './engineering.js';
import { executiveSections } from './executive.js';
import type { Dashboard, Section } from './model.js';
import { operationsSections } from './operations.js';
import { exported } from './panels.js';

const kinds = {
  executive: { title: 'Executive', sections: executiveSections },
  engineering: { title: 'Engineering', sections: engineeringSections },
  operations: { title: 'Operations', sections: operationsSections },
} as const satisfies Record<string, { title: string; sections: (subject: Subject) => Section[] }>;
export type DashboardKind = keyof typeof kinds;

/** What each dashboard shows of this plan, whoever draws it. */
export function dashboardOf(kind: DashboardKind, subject: Subject): Dashboard {
  const { plan, environment } = subject.frozen;
  const { title, sections } = kinds[kind];
  return {
    uid: uidOf(subject, kind),
    title: `${title}: ${plan.title} (${environment.title})`,
    description: `Made by phasegate render for the plan ${plan.id} in ${environment.id}. It needs prometheus/rules.yml, and for what it tells of the run the metrics of a phasegate worker of ${environment.id}.`,
    sections: sections(subject),
    phases: {
      expr: `1000 * ${exported(subject, 'phasegate_phase_started_timestamp_seconds', ['phase'])}`,
      legend: 'phase {{phase}} begins',
    },
  };
}

/** At most 40 characters, which is what Grafana takes. */
function uidOf({ labels }: Subject, kind: DashboardKind): string {
  const whole = `${kind}-${labels.environment}-${labels.plan}`;
  if (whole.length <= 40) return whole;
  const digest = createHash('sha256').update(whole).digest('hex');
  return `${whole.slice(0, 27)}-${digest.slice(0, 12)}`;
}
