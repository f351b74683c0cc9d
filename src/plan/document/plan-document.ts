import { z } from 'zod';
import { alerts } from './alerts.js';
import { checkItem } from './check.js';
import { kpis } from './kpis.js';
import { cleanup } from './cleanup.js';
import { identifier, metricName, parsedText, positiveDuration, variableName, words } from './fields.js';
import { guard } from './guard.js';
import { incidents } from './incidents.js';
import { parseComparison, thresholdPattern } from '../language/threshold.js';
import { understood } from '../language/understood.js';
import { phase } from './phase.js';
import { preDeployment } from './pre-deployment.js';
import { blackouts, commonSchedule } from './schedule.js';
import { standing } from './standing.js';
import { validation } from './validation.js';
import { windowOptions } from './window.js';

export const monitoringOnly = 'monitoring-only';

const threshold = parsedText(parseComparison, thresholdPattern, '> 95%');
const target = parsedText(
  (text) => (text === monitoringOnly ? understood(text) : parseComparison(text)),
  `^${monitoringOnly}$|${thresholdPattern}`,
  '> 95%'
);

const metric = z
  .strictObject({
    description: words(500).meta({ description: 'What it measures.', examples: ['95th percentile response time'] }),
    unit: z.enum(['ratio', 'seconds', 'bytes', 'count']).meta({
      description: 'What its values are; thresholds are written as 95%, 2s or 100ms, 10MB or 16MiB, 1000.',
    }),
    priority: z
      .enum(['red', 'amber', 'yellow'])
      .optional()
      .meta({ description: 'Priority of its alerts; none for metrics that only criteria use.' }),
    target: target.optional().meta({
      description: 'Where it should be, or `monitoring-only` for a metric that never gates.',
      examples: ['> 95%', monitoringOnly],
    }),
    warning: threshold.optional().meta({ description: 'Where a warning begins.', examples: ['< 90%'] }),
    critical: threshold.optional().meta({
      description: 'Where it is critical: crossed on two samples in a row it fails a window.',
      examples: ['< 80%'],
    }),
    impact: words(500).optional().meta({ description: 'What it means for the business when it is bad.' }),
  })
  .meta({ id: 'metric', description: 'A metric, declared once; criteria refer to it by name.' });

/** Declares `{{vars.NAME}}`. */
export const variable = z
  .strictObject({
    description: words(500).meta({ description: 'What the value is.', examples: ['Revision to deploy'] }),
    default: z
      .string()
      .max(2000)
      .optional()
      .meta({ description: 'Value when none is given; without one it must be given.' }),
  })
  .meta({ id: 'variable', description: 'A value that is given at the start: `--var NAME=VALUE`.' });

const rollback = z
  .strictObject({
    metrics: z
      .array(metricName)
      .min(1)
      .optional()
      .meta({ description: 'Metrics that must be back inside their targets. Default: the red ones.' }),
    for: positiveDuration.default('5m').meta({ description: 'How long they must stay there.', examples: ['5m'] }),
    ...windowOptions,
    deadline: positiveDuration
      .default('30m')
      .meta({ description: 'After it the rollback counts as not verified.', examples: ['30m'] }),
    checks: z.array(checkItem).max(20).default([]).meta({ description: 'Health checks after the undo.' }),
  })
  .meta({ id: 'rollback', description: 'How a rollback is verified.' });

/** The plan: what is to happen, the same in every environment. */
export const planDocument = z
  .strictObject({
    phasegate: z.literal('plan/v1').meta({ description: 'Says what this document is.' }),
    id: identifier.meta({ description: 'Part of the workflow id.', examples: ['user-execution-context'] }),
    title: words().meta({ description: 'What people read.' }),
    description: z.string().max(4000).default('').meta({ description: 'Why this is done and what it protects.' }),
    document: standing.optional(),
    roles: z.record(identifier, words()).meta({
      description: 'Role -> its title. People get roles in the environment.',
      examples: [{ 'engineering-lead': 'Engineering lead' }],
    }),
    groups: z
      .record(identifier, words())
      .default({})
      .meta({
        description: 'Group -> its title, for those who are no role: teams. The environment has their addresses.',
        examples: [{ 'engineering-team': 'Engineering team' }],
      }),
    vars: z.record(variableName, variable).default({}).meta({ description: 'Values that are given at the start.' }),
    waivers: z
      .strictObject({
        roles: z
          .array(identifier)
          .min(1)
          .meta({
            description: 'Roles whose people may pass a gate that did not pass, with a reason.',
            examples: [['cto']],
          }),
      })
      .optional()
      .meta({ id: 'waivers', description: 'Who may waive. Default: nobody.' }),
    hold: z
      .strictObject({
        deadline: positiveDuration.default('30m').meta({
          description: 'How long a HOLD waits for a decision; all HOLDs of one window together.',
          examples: ['30m'],
        }),
        then: z.enum(['rollback']).default('rollback').meta({ description: 'What happens when nobody decides.' }),
      })
      .optional()
      .meta({ id: 'hold', description: 'What happens when something could not be judged.' }),
    rollback: rollback.optional(),
    metrics: z.record(metricName, metric).meta({ description: 'All metrics of the plan, by name.' }),
    schedule: commonSchedule.optional(),
    blackouts: blackouts.default([]),
    'pre-deployment': preDeployment.optional(),
    phases: z.array(phase).min(1).max(50).meta({ description: 'The parts of the run.' }),
    validation: validation.optional(),
    guard: guard.optional(),
    alerts: alerts.optional(),
    incidents: incidents.optional(),
    kpis: kpis.optional(),
    cleanup: cleanup.optional(),
  })
  .meta({ title: 'phasegate plan', description: 'What is to happen; the same for every environment.' });

export type PlanDocument = z.output<typeof planDocument>;
export type PhaseDocument = PlanDocument['phases'][number];
export type PreDeploymentDocument = NonNullable<PlanDocument['pre-deployment']>;
export type ScheduleDocument = NonNullable<PhaseDocument['schedule']>;
export type BlackoutDocument = PlanDocument['blackouts'][number];
export type ValidationDocument = NonNullable<PlanDocument['validation']>;
export type StageDocument = ValidationDocument['stages'][number];
export type GuardDocument = NonNullable<PlanDocument['guard']>;
export type AlertsDocument = NonNullable<PlanDocument['alerts']>;
export type AlertRouteDocument = AlertsDocument['routes']['critical'];
export type AlertTemplateDocument = AlertsDocument['templates'][number];
export type IncidentsDocument = NonNullable<PlanDocument['incidents']>;
export type SeverityDocument = IncidentsDocument['severities'][number];
export type CauseDocument = SeverityDocument['causes'][number];
export type WarRoomDocument = NonNullable<IncidentsDocument['war-room']>;
export type KpiDocument = NonNullable<PlanDocument['kpis']>[number];
export type CleanupDocument = NonNullable<PlanDocument['cleanup']>;
export type CleanupGroupDocument = CleanupDocument['groups'][number];
export type CleanupTaskDocument = CleanupGroupDocument['tasks'][number];
export type StandingDocument = NonNullable<PlanDocument['document']>;
export type ApprovalDocument = NonNullable<PhaseDocument['approval']>;
export type StepDocument = PhaseDocument['steps'][number];
export type ChecklistItemDocument = PhaseDocument['before'][number];
export type CheckDocument = NonNullable<ChecklistItemDocument['check']>;
export type AttestDocument = NonNullable<ChecklistItemDocument['attest']>;
export type MetricDocument = PlanDocument['metrics'][string];
