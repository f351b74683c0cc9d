import { z } from 'zod';
import { identifier, longText, metricName, positiveDuration, words } from './fields.js';
import { url } from './http-url.js';

export const alertLevel = z.enum(['warning', 'critical']);

/** Roles and groups, of which an environment knows the people or an address. */
export const recipients = z.array(identifier).min(1).max(20);

const route = z
  .strictObject({
    channels: z
      .array(identifier)
      .min(1)
      .max(20)
      .meta({ description: 'Channels of the environment, all told at once.', examples: [['pagerduty', 'slack-ops']] }),
    to: recipients.meta({
      description: 'Roles and groups that are told.',
      examples: [['engineering-lead', 'devops-oncall']],
    }),
    escalate: z
      .strictObject({
        after: positiveDuration.meta({ description: 'Nobody acknowledged for so long.', examples: ['5m'] }),
        to: recipients.meta({ description: 'Roles and groups that are told then as well.', examples: [['cto']] }),
      })
      .meta({ id: 'escalate-alert', description: 'Who is next in line, and when.' }),
    'remind-every': positiveDuration.default('30m').meta({
      description: 'Time between reminders while it is open and nobody acknowledged.',
      examples: ['15m'],
    }),
  })
  .meta({ id: 'alert-route', description: 'Whom an alert of one level tells.' });

const template = z
  .strictObject({
    id: identifier.meta({ description: 'Unique among the templates.', examples: ['isolation-violation'] }),
    metric: metricName.meta({ description: 'The metric whose alert has these words.' }),
    level: alertLevel.meta({ description: 'The level at which it has them.' }),
    title: words().meta({ description: 'One line.', examples: ['Users see data of others'] }),
    message: longText(4000).meta({
      description:
        '`{{name}}` is a fact of the alert (metric, description, impact, level, value, threshold, target, detection_time, time_period, reason, run, plan, environment) or one of the `context` queries that the environment binds to the metric; what has no value prints "unknown".',
      examples: ['{{affected_users}} users are affected since {{detection_time}}.'],
    }),
    runbook: url.optional().meta({ description: 'Link.', examples: ['https://docs.example.com/runbooks/isolation'] }),
  })
  .meta({ id: 'alert-template', description: 'The words of one alert; every other has words of its own made for it.' });

/** Whom alerts tell, and in which words. */
export const alerts = z
  .strictObject({
    routes: z
      .strictObject({ critical: route, warning: route })
      .meta({ id: 'alert-routes', description: 'One route for each level.' }),
    templates: z.array(template).max(100).default([]).meta({ description: 'Words for single alerts.' }),
  })
  .meta({
    id: 'alerts',
    description: 'Whom the alerts of the guard tell. Without it they go to `notify` of the environment.',
  });
