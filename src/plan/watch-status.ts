/** What the `status` queries of guard, alerts and incidents answer. Times in epoch ms. */
import type { GuardNews } from './guard/state.js';
import type { AlertLevel, Criterion, Severity, WarRoomTrigger } from './model.js';
import type { EvidenceRef } from './run-facts.js';
import type { Refusal } from './run-status.js';
import type { Verdict } from './judge-types.js';

/** `off-target` crosses no threshold and alerts nobody; `no-data` says that nobody can tell. */
export type MetricState = 'ok' | 'off-target' | AlertLevel | 'no-data';

export interface WatchedMetric {
  metric: string;
  state: MetricState;
  /** In canonical units; absent while there is none. */
  value?: number;
  /** When it came into this state. */
  since: number;
  /** Instant of the latest sample. */
  seenAt?: number;
  /** What it was before the run's first change, where that is known. */
  baseline?: number;
}

export interface GuardStatus {
  schemaVersion: 1;
  workflowId: string;
  runId: string;
  state: 'watching' | 'blind' | 'ended';
  startedAt: number;
  endedAt?: number;
  metrics: WatchedMetric[];
  /** Workflow ids of the alerts that are open. */
  alerts: string[];
  /** What it saw, oldest first; what is older is in `evidence`. */
  news?: GuardNews[];
  evidence?: EvidenceRef[];
  sentence: string;
}

/** `channel-down` tells the others that a channel takes nothing. */
export type AlertMessageKind =
  'opened' | 'raised' | 'reminder' | 'escalation' | 'acknowledged' | 'recovered' | 'channel-down';

/** One message to one channel. */
export interface Delivery {
  channel: string;
  kind: AlertMessageKind;
  /** `failing` is still being tried. */
  state: 'failing' | 'delivered' | 'given up';
  at: number;
  reason?: string;
}

export interface AlertStatus {
  schemaVersion: 1;
  workflowId: string;
  runId: string;
  /** One alert, one key: what PagerDuty and others recognise it by. */
  dedupKey: string;
  metric: string;
  level: AlertLevel | 'no-data';
  state: 'firing' | 'acknowledged' | 'closed';
  title: string;
  message: string;
  runbook?: string;
  reason: string;
  openedAt: number;
  acknowledged?: { by: string; at: number };
  escalatedAt?: number;
  closedAt?: number;
  deliveries: Delivery[];
  refusals: Refusal[];
  sentence: string;
}

export interface WarRoomStatus {
  trigger: WarRoomTrigger;
  openedAt: number;
  activateBy: number;
  /** In the plan's order; `person` is absent while nobody has the role. */
  roles: Array<{ id: string; title: string; role: string; person?: string }>;
  /** The procedure as a checklist. */
  steps: Array<{ id: string; title: string; doneAt?: number; by?: string; note?: string }>;
}

export interface IncidentStatus {
  schemaVersion: 1;
  workflowId: string;
  runId: string;
  /** From 1, unique in the run: `incident/3`. */
  number: number;
  severity: Severity;
  title: string;
  /** Id of the plan's cause. */
  cause?: string;
  reason: string;
  source: TroubleSource;
  openedAt: number;
  openedBy: string;
  state: 'open' | 'acknowledged' | 'resolved' | 'closed';
  /** The response deadline. */
  respondBy: number;
  acknowledged?: { by: string; at: number };
  escalatedAt?: number;
  /** Phase whose component fails, where it is known. */
  phase?: string;
  /** What is taken back for it, or was asked for. */
  rollback?: {
    reach: 'all' | 'component';
    state: 'asked' | 'running' | 'verified' | 'not verified' | 'declined';
    by?: string;
    reason?: string;
  };
  warRoom?: WarRoomStatus;
  tasks: Array<{ id: string; title: string; doneAt?: number; by?: string; note?: string }>;
  notes: Array<{ at: number; by: string; text: string }>;
  updates: Array<{ at: number; by?: string; text: string }>;
  /** Somebody says that it is resolved, and the red metrics are looked at from `t0` on, until `deadlineAt` at most. */
  validating?: {
    by: string;
    at: number;
    t0: number;
    deadlineAt: number;
    /** What must hold beside them: what the incident is about. */
    own?: Criterion[];
  };
  resolution?: { by: string; at: number; text: string; verdict: Verdict; reason: string; evidence?: EvidenceRef };
  postMortem: { dueAt?: number; by: string; draft?: EvidenceRef; done?: { by: string; at: number; link: string } };
  /** What changed, what was seen, who decided. */
  timeline: Array<{ at: number; text: string }>;
  refusals: Refusal[];
  sentence: string;
  /** As its history has it, since no worker answers: what came after this instant is not in it. */
  asOf?: number;
  /** How it was ended from outside, such as `terminated`: then it is closed, and nobody finished it. */
  endedAs?: string;
}

export type TroubleSource = 'guard' | 'alertmanager' | 'person' | 'rollback';

/** How the run itself lists an incident or an alert; the rest is in its own status. */
export interface IncidentSummary {
  workflowId: string;
  number: number;
  severity: Severity;
  title: string;
  openedAt: number;
  state: IncidentStatus['state'];
  warRoom: boolean;
}
