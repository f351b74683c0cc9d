import type { Environment } from '../model.js';
import { namesInRoles } from '../people.js';
import { calledText, oneOf } from '../text/spans.js';
import type { IncidentStatus } from '../watch-status.js';

/** What is owed to an incident next. */
export interface IncidentDebt {
  who: string;
  people: string[];
  what: string;
  /** Epoch ms. */
  until?: number;
  /** What happens then. */
  then?: string;
}

type Facts = Pick<IncidentStatus, 'state' | 'respondBy' | 'acknowledged' | 'rollback' | 'warRoom' | 'postMortem'> & {
  validating?: { by: string } | undefined;
};

/** Who owes what until when; undefined when nobody owes anything any more. */
export function incidentDebt(
  status: Facts,
  { people }: Pick<Environment, 'people'>,
  escalateTo: readonly string[]
): IncidentDebt | undefined {
  const all = people.map(({ name }) => name);
  const debt = (names: string[], what: string, more: Partial<IncidentDebt> = {}): IncidentDebt => ({
    who: names.length === all.length ? 'anybody' : oneOf(names),
    people: names,
    what,
    ...more,
  });
  switch (status.state) {
    case 'open':
      return debt(all, 'acknowledge it', { until: status.respondBy, then: calledText(escalateTo) });
    case 'acknowledged': {
      if (status.validating) {
        const { by } = status.validating;
        const what = `the metrics are looked at, since ${by} says that it is resolved`;
        // Whoever said so is told what they say.
        return { who: 'nobody', people: [by], what };
      }
      const commander = status.warRoom?.roles.find(({ person }) => person !== undefined)?.person;
      const lead = [commander ?? status.acknowledged?.by ?? ''].filter((name) => name !== '');
      if (status.rollback?.state === 'asked') return debt(lead, 'choose: a fix (resolve), or a rollback');
      return debt(lead, 'lead it to its resolution');
    }
    case 'resolved': {
      const owing = namesInRoles(people, [status.postMortem.by]);
      const { dueAt } = status.postMortem;
      return debt(owing.length > 0 ? owing : all, 'write the post-mortem', dueAt === undefined ? {} : { until: dueAt });
    }
    case 'closed':
      return undefined;
  }
}
