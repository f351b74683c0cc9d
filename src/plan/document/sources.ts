import { z } from 'zod';
import { duration, factName, metricName, longText, positiveDuration, words } from './fields.js';
import { headers, url } from './http-url.js';
import { counterPattern } from '../rise.js';

const flagd = z
  .strictObject({
    provider: z.literal('flagd').meta({ description: 'Says which flag system it is.' }),
    file: words(2000).meta({
      description: 'Its path, relative to the working directory of the worker.',
      examples: ['flags.json'],
    }),
  })
  .meta({ id: 'flagd', description: 'A JSON file in the format of flagd.' });

const unleash = z
  .strictObject({
    provider: z.literal('unleash').meta({ description: 'Says which flag system it is.' }),
    url: url.meta({ description: 'Address of the server.', examples: ['https://unleash.example.com'] }),
    project: words().default('default').meta({ description: 'Project of the flags.' }),
    environment: words().meta({ description: 'Environment of the flags in Unleash.', examples: ['production'] }),
    token: words(2000).meta({
      description: 'Admin token, as a secret reference.',
      examples: ['${env:UNLEASH_ADMIN_TOKEN}'],
    }),
  })
  .meta({ id: 'unleash', description: 'An Unleash server.' });

export const flags = z
  .discriminatedUnion('provider', [flagd, unleash])
  .meta({ id: 'flags', description: 'The flag system.' });

const sourceKeys = {
  lag: duration.default('0s').meta({
    description: 'How long after an instant the source surely has its samples; never compressed.',
    examples: ['5s'],
  }),
  timeout: positiveDuration
    .default('10s')
    .meta({ description: 'Time for each request; never compressed.', examples: ['10s'] }),
  headers,
} as const;

export const metrics = z
  .strictObject({
    provider: z.enum(['prometheus', 'endpoint']).meta({ description: 'Which of the two sources is used.' }),
    prometheus: z
      .strictObject({
        url: url.meta({ description: 'Address of Prometheus.', examples: ['https://prometheus.example.com'] }),
        ...sourceKeys,
        range: positiveDuration.default('1m').meta({
          description:
            'What `{{range}}` becomes, unless less time has passed since the first change of the phase; never compressed.',
          examples: ['5m'],
        }),
      })
      .optional()
      .meta({ id: 'prometheus', description: 'Prometheus or something that speaks its API; it remembers samples.' }),
    endpoint: z
      .strictObject({
        url: url.meta({ description: 'Address of a metrics page.', examples: ['http://127.0.0.1:9090/metrics'] }),
        ...sourceKeys,
      })
      .optional()
      .meta({ id: 'endpoint', description: 'A metrics page read directly; it has no memory.' }),
    bindings: z
      .record(
        metricName,
        z
          .strictObject({
            promql: longText(4000)
              .optional()
              .meta({
                description:
                  'Query for Prometheus; `{{range}}` and `{{elapsed}}` (whole seconds since the first change) are filled in per sample.',
                examples: ['sum(rate(http_errors_total[{{range}}])) / sum(rate(http_requests_total[{{range}}]))'],
              }),
            counter: z
              .string()
              .max(1000)
              .regex(counterPattern, { error: 'one counter with its labels, like errors_total{code="500"}' })
              .optional()
              .meta({
                description:
                  'In place of promql: a counter of which all series are added up. What it rose since the first change is right also when some of them restart or are new.',
                examples: ['isolation_violations_total', 'tools_total{result!="ok"}'],
              }),
            sample: words(500)
              .optional()
              .meta({ description: 'Name of the sample on the metrics page.', examples: ['error_rate'] }),
            range: positiveDuration.optional().meta({ description: 'Its own `{{range}}`.', examples: ['30s'] }),
            context: z
              .record(factName, longText(4000))
              .optional()
              .meta({
                description:
                  'Name -> query for Prometheus, for `{{name}}` in the templates of alerts; `{{range}}` and `{{elapsed}}` are filled in. What gives no single value is "unknown" there.',
                examples: [{ failed_count: 'sum(increase(http_errors_total[{{range}}]))' }],
              }),
          })
          .meta({ id: 'binding', description: 'How one metric is read.' })
      )
      .meta({
        description:
          'Metric of the plan -> how it is read here, in canonical units: ratios 0..1, seconds, bytes, counts.',
      }),
  })
  .meta({ id: 'metrics', description: 'The metrics source.' });
