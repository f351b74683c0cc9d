import { z } from 'zod';
import { checklistItem } from './check.js';
import { identifier, words } from './fields.js';
import { approval } from './phase.js';

const checklist = z
  .strictObject({
    id: identifier.meta({ description: 'Unique among the checklists.', examples: ['security'] }),
    title: words().meta({ description: 'What people read.', examples: ['Security and compliance'] }),
    items: z.array(checklistItem).min(1).max(50).meta({
      description:
        'Its items; their ids are unique in all checklists. A failed one is a HOLD unless it says otherwise.',
    }),
  })
  .meta({ id: 'checklist', description: 'Items that belong together.' });

/** What must be answered before anything starts. */
export const preDeployment = z
  .strictObject({
    title: words().default('Pre-deployment checklists').meta({ description: 'What people read.' }),
    checklists: z.array(checklist).min(1).max(20).meta({ description: 'All of them are worked on side by side.' }),
    approval: approval.optional().meta({ description: 'Closes the stage, when every item is answered.' }),
  })
  .meta({
    id: 'pre-deployment',
    description:
      'The stage before all phases. Nothing starts until each item has passed; until then an answer can be corrected.',
  });
