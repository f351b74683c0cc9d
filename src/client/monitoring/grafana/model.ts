import type { Bound, Unit } from '../../../plan/model.js';

export interface Query {
  expr: string;
  /** `{{phase}}` is a label. */
  legend: string;
}

/** What is drawn behind and through a panel. */
export interface Levels {
  target?: Bound;
  warning?: Bound;
  critical?: Bound;
}

/** Value -> text and colour. */
export type Words = Record<string, { text: string; colour: string }>;

interface PanelBase {
  title: string;
  description: string;
  /** Of 24 columns; the panels of a section fill its lines. */
  width: number;
}
export type Panel =
  | (PanelBase & {
      /** `now`: the latest value, large; `trend`: over time; `states`: a band for each series, coloured by what it says. */
      kind: 'now' | 'trend' | 'states';
      queries: Query[];
      unit: Unit | 'dollars' | 'instant';
      levels?: Levels;
      /** Text in place of a value, such as `1: ready`. */
      words?: Words;
    })
  /** Markdown; what nothing measures is told so. */
  | (PanelBase & { kind: 'text'; text: string });

/** One of the panels that a reader knows by name, with all that belongs to it. */
export interface Section {
  title: string;
  panels: Panel[];
}

export interface Dashboard {
  /** Unique among the dashboards of a Grafana. */
  uid: string;
  title: string;
  description: string;
  sections: Section[];
  /** When each phase began; the value is the time in milliseconds. */
  phases: Query;
}
