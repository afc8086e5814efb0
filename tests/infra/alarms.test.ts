import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { METRICS } from '../../lambdas/shared/observability/metrics.ts';
import type { Resource } from '../../lib/local/template/template.ts';
import { at, mappingsOf, references, stage, templateOf } from '../support/stages.ts';

const template = templateOf(stage('prod'));
const metricAlarms = template.ofType('AWS::CloudWatch::Alarm');
const composites = template.ofType('AWS::CloudWatch::CompositeAlarm');
const [topic] = template.ofType('AWS::SNS::Topic');

/** Alarms that are only ever heard together with others. */
const parts = new Set(composites.flatMap((each) => references(at(each, 'AlarmRule'))));
const telling = [...metricAlarms.filter(({ logicalId }) => !parts.has(logicalId)), ...composites];

/** Everything an alarm watches. */
interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}
const watchedBy = (alarm: Resource): Watched[] => {
  const queries = at(alarm, 'Metrics') as { MetricStat?: { Metric: Watched } }[] | undefined;
  if (queries === undefined) return [alarm.properties as unknown as Watched];
  return queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
};
const watchers = (metric: string, resource: Resource): Resource[] =>
  metricAlarms.filter((alarm) =>
    watchedBy(alarm).some(
      ({ MetricName, Dimensions }) => MetricName === metric && references(Dimensions).includes(resource.logicalId),
    ),
  );

/** Anchors of a Markdown document, as its readers' sites make them from the headings. */
function anchorsOf(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('every alarm that tells somebody', () => {
  test('says what people cannot do, and where it is written what to do', () => {
    const anchors = anchorsOf(readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8'));
    expect(telling.length).toBeGreaterThan(20);
    for (const alarm of telling) {
      const [, impact = '', anchor = ''] =
        /^(.{30,}\.) What to do: docs\/operations\.md#([\w-]+)$/.exec(String(at(alarm, 'AlarmDescription'))) ?? [];
      expect([alarm.logicalId, impact]).not.toEqual([alarm.logicalId, '']);
      expect(anchors).toContain(anchor);
    }
  });

  test('tells the topic when it begins and when it ends', () => {
    for (const alarm of telling) {
      expect(at(alarm, 'AlarmActions')).toEqual([{ Ref: topic?.logicalId }]);
      expect(at(alarm, 'OKActions')).toEqual([{ Ref: topic?.logicalId }]);
    }
  });

  test('but for its parts, which tell only that they cannot be judged', () => {
    expect(parts.size).toBe(8);
    for (const part of metricAlarms.filter(({ logicalId }) => parts.has(logicalId))) {
      expect([at(part, 'AlarmActions'), at(part, 'OKActions')]).toEqual([undefined, undefined]);
      expect(at(part, 'InsufficientDataActions')).toEqual([{ Ref: topic?.logicalId }]);
    }
  });

  test('has a name that says of which stage it is', () => {
    const names = telling.map((alarm) => String(at(alarm, 'AlarmName')));
    expect(names.filter((name) => !name.startsWith('OncologyHub-prod-'))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('every section on how to respond', () => {
  test('belongs to an alarm', () => {
    const markdown = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    const sections = [...anchorsOf(markdown)].filter((anchor) => anchor.startsWith('respond-to-'));
    const descriptions = telling.map((alarm) => String(at(alarm, 'AlarmDescription')));
    expect(sections.length).toBeGreaterThan(5);
    expect(sections.filter((section) => !descriptions.some((text) => text.endsWith(`#${section}`)))).toEqual([]);
  });
});

describe('every alarm', () => {
  test('says what no data means; only a silent sweep, or no anchor, is bad', () => {
    const breaching = metricAlarms.filter((alarm) => at(alarm, 'TreatMissingData') !== 'notBreaching');
    expect(breaching.map((alarm) => [at(alarm, 'AlarmName'), at(alarm, 'TreatMissingData')])).toEqual([
      ['OncologyHub-prod-Quotas-SweepNotRunning', 'breaching'],
      ['OncologyHub-prod-Audit-AnchorMissing', 'breaching'],
    ]);
  });

  test('is one that CloudWatch takes', () => {
    for (const alarm of metricAlarms) {
      expect(watchedBy(alarm).length).toBeLessThanOrEqual(10);
      expect(String(at(alarm, 'AlarmDescription')).length).toBeLessThanOrEqual(1024);
    }
  });

  test('of a metric of the Hub’s own watches one that functions emit', () => {
    const own = metricAlarms.flatMap(watchedBy).filter(({ Namespace }) => !Namespace.startsWith('AWS/'));
    expect(own.length).toBeGreaterThanOrEqual(2);
    for (const { Namespace, MetricName, Dimensions } of own) {
      expect(Namespace).toBe('OncologyHub/prod');
      expect(Object.keys(METRICS)).toContain(MetricName);
      expect(Dimensions).toBeUndefined();
    }
  });
});

describe('an alarm watches', () => {
  const functions = template.ofType('AWS::Lambda::Function');

  test.each(['Errors', 'Throttles'])('the %s of every function', (metric) => {
    for (const each of functions) expect(watchers(metric, each)).toHaveLength(1);
  });

  test('functions of one context only, and tells of each what it is for', () => {
    for (const each of functions) {
      const [alarm] = watchers('Errors', each);
      const [, context = '', names = ''] = /^([A-Z][a-z]+)(\w+?)Function[0-9A-F]{8}$/.exec(each.logicalId) ?? [];
      expect(String(alarm && at(alarm, 'AlarmName'))).toMatch(new RegExp(`^OncologyHub-prod-${context}-Failing\\d?$`));
      expect(String(alarm && at(alarm, 'AlarmDescription'))).toMatch(new RegExp(`\\b${names}(, \\w+)*: `));
    }
  });

  /** Queues that functions are run on; all others keep what failed. */
  const worked = mappingsOf(template, 'AWS::SQS::Queue').flatMap((each) => references(at(each, 'EventSourceArn')));

  test('every queue of what failed, from its first message on', () => {
    const queues = template.ofType('AWS::SQS::Queue').filter(({ logicalId }) => !worked.includes(logicalId));
    expect(queues.length).toBeGreaterThanOrEqual(2);
    for (const queue of queues) {
      const [alarm] = watchers('ApproximateNumberOfMessagesVisible', queue);
      expect(alarm?.properties).toMatchObject({ Threshold: 1, Statistic: 'Maximum', EvaluationPeriods: 1 });
    }
  });

  test('how old messages become in every other queue', () => {
    expect(worked.length).toBeGreaterThanOrEqual(1);
    for (const id of worked) {
      const queue = template.find(id, 'AWS::SQS::Queue');
      expect(watchers('ApproximateAgeOfOldestMessage', queue)).toHaveLength(1);
    }
  });

  test('every function that follows a stream', () => {
    const functions = mappingsOf(template, 'AWS::DynamoDB::GlobalTable').flatMap((each) =>
      references(at(each, 'FunctionName')),
    );
    expect(functions.length).toBeGreaterThanOrEqual(11);
    for (const id of functions) {
      expect(watchers('IteratorAge', template.find(id, 'AWS::Lambda::Function'))).toHaveLength(1);
    }
  });

  test.each(['ReadThrottleEvents', 'WriteThrottleEvents', 'SystemErrors'])('%s of every table', (metric) => {
    const tables = template.ofType('AWS::DynamoDB::GlobalTable');
    expect(tables.length).toBeGreaterThanOrEqual(5);
    for (const table of tables) expect(watchers(metric, table)).toHaveLength(1);
  });

  test('each objective, over two windows at two speeds', () => {
    expect(composites).toHaveLength(2);
    for (const composite of composites) {
      const rule = JSON.stringify(at(composite, 'AlarmRule'));
      expect(rule.match(/ AND /g)).toHaveLength(2);
      expect(rule.match(/ OR /g)).toHaveLength(1);
      const windows = references(at(composite, 'AlarmRule')).map((id) => template.find(id, 'AWS::CloudWatch::Alarm'));
      const periods = windows.map((window) =>
        (at(window, 'Metrics') as { MetricStat?: { Period: number } }[]).flatMap(({ MetricStat }) =>
          MetricStat === undefined ? [] : [MetricStat.Period],
        ),
      );
      expect(periods).toEqual([
        [3600, 3600],
        [300, 300],
        [21_600, 21_600],
        [1800, 1800],
      ]);
    }
    const allowed = metricAlarms.filter(({ logicalId }) => parts.has(logicalId)).map((each) => at(each, 'Threshold'));
    expect(allowed).toEqual([1.44, 1.44, 0.6, 0.6, 14.4, 14.4, 6, 6]);
  });
});

test('without expressions and alarms on alarms, where CloudFormation is only emulated, all others stay', () => {
  const plain = templateOf(stage('prod'), { plainAlarmsOnly: true });
  const names = plain.ofType('AWS::CloudWatch::Alarm').map((alarm) => {
    expect(at(alarm, 'Metrics')).toBeUndefined();
    return at(alarm, 'AlarmName');
  });
  expect(plain.ofType('AWS::CloudWatch::CompositeAlarm')).toEqual([]);
  expect(names).toEqual(
    metricAlarms.filter((alarm) => at(alarm, 'Metrics') === undefined).map((alarm) => at(alarm, 'AlarmName')),
  );
});

describe('the topic of the alarms', () => {
  interface Statement {
    readonly Effect: string;
    readonly Principal: unknown;
    readonly Action: unknown;
    readonly Condition: unknown;
  }
  const cloudWatch = { Principal: { Service: 'cloudwatch.amazonaws.com' }, Effect: 'Allow' };
  const policyOf = (type: string, path: string[]) =>
    template.ofType(type).flatMap((each) => at(each, ...path, 'Statement') as Statement[]);

  test('reaches whom the settings name', () => {
    expect(template.ofType('AWS::SNS::Subscription').map(({ properties }) => properties)).toMatchObject([
      { Protocol: 'email', Endpoint: 'oncall@example.org', TopicArn: { Ref: topic?.logicalId } },
    ]);
  });

  test('is encrypted with the Hub’s key, which CloudWatch may use for alarms of this account', () => {
    const [key] = template.ofType('AWS::KMS::Key');
    expect(references(at(topic!, 'KmsMasterKeyId'))).toEqual([key?.logicalId]);
    const [statement] = policyOf('AWS::KMS::Key', ['KeyPolicy']).filter(
      ({ Principal }) => JSON.stringify(Principal) === JSON.stringify(cloudWatch.Principal),
    );
    expect(statement).toMatchObject({ ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] });
    expect(statement?.Condition).toMatchObject({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
  });

  test('takes messages over TLS only, and from CloudWatch', () => {
    const statements = policyOf('AWS::SNS::TopicPolicy', ['PolicyDocument']);
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
    expect(statements).toContainEqual(expect.objectContaining({ ...cloudWatch, Action: 'sns:Publish' }));
  });
});

describe('the dashboard', () => {
  const [dashboard, ...others] = template.ofType('AWS::CloudWatch::Dashboard');
  /** Its text, with a stand-in for whatever is known only when it is deployed. */
  const body = (() => {
    const {
      'Fn::Join': [, texts],
    } = at(dashboard!, 'DashboardBody') as { 'Fn::Join': [string, unknown[]] };
    const text = texts
      .map((each) => (typeof each === 'string' ? each : (references(each)[0] ?? 'known-later')))
      .join('');
    return JSON.parse(text) as {
      widgets: { type: string; y: number; properties: { title?: string; markdown?: string; metrics?: unknown[][] } }[];
    };
  })();
  const rowOf = (heading: string) => body.widgets.find(({ properties }) => properties.markdown === `## ${heading}`)!.y;
  const shows = (title: string) => body.widgets.find(({ properties }) => properties.title === title)!;

  test('is one, with the alarms on top, then the business, then the machinery', () => {
    expect(others).toEqual([]);
    const [first] = body.widgets;
    expect(first).toMatchObject({ type: 'alarm', y: 0 });
    const [business, machinery] = [rowOf('What partners get done'), rowOf('The machinery')];
    expect(business).toBeLessThan(machinery);
    for (const title of ['Bookings', 'Refusals, by reason', 'Courses']) {
      expect(shows(title).y).toBeGreaterThan(business);
      expect(shows(title).y).toBeLessThan(machinery);
    }
    for (const title of ['Requests', 'Functions: errors', 'Sweep, anchors'])
      expect(shows(title).y).toBeGreaterThan(machinery);
  });

  test('shows every metric of the Hub’s own, and no other', () => {
    const metrics = body.widgets.flatMap(({ properties }) => properties.metrics ?? []);
    const own = metrics.filter(([namespace]) => namespace === 'OncologyHub/prod').map(([, name]) => name);
    expect(new Set(own)).toEqual(new Set(Object.keys(METRICS)));
  });

  test('shows every function, table and queue', () => {
    const text = JSON.stringify(body);
    const resources = template.ofType('AWS::Lambda::Function', 'AWS::DynamoDB::GlobalTable', 'AWS::SQS::Queue');
    expect(resources.length).toBeGreaterThan(10);
    expect(resources.filter(({ logicalId }) => !text.includes(logicalId))).toEqual([]);
  });

  test('shows every alarm that tells somebody', () => {
    const text = JSON.stringify(shows('Alarms'));
    expect(telling.filter((alarm) => !text.includes(`:${String(at(alarm, 'AlarmName'))}"`))).toEqual([]);
  });
});
