import { parseArgs } from 'node:util';

import { STAGES } from '../lib/stage-config.ts';
import { stage, templateOf } from '../tests/support/stages.ts';
import { billOf, type Item, type Load, perMillion, STEPS } from './cost/bill.ts';
import { deployedBy } from './cost/deployed.ts';
import { measure } from './cost/measure.ts';
import { notificationPrices } from './cost/notifications.ts';
import { priceOf } from './cost/request.ts';
import { openSetting } from './setting/setting.ts';
import { rounded } from './statistics.ts';

const OPTIONS = {
  bookings: ['10000', 'bookings a month'],
  reads: ['10', 'requests that only read, for each booking'],
  mails: ['1', 'mails sent for each booking'],
  grants: ['100', 'grants that the sweep visits every minute'],
  users: ['200', 'people who sign in during a month'],
  systems: ['5', 'systems of partners, each with a client of its own and a token an hour'],
  months: ['12', 'months of bookings that are stored'],
  documents: ['0', 'GB of documents stored'],
} as const;
type Option = keyof typeof OPTIONS;
const NAMES = Object.keys(OPTIONS) as Option[];

const HELP = `npm run cost -- [--stage <stage>] [--bookings <n>] … [--json]

Prints what a stage costs a month, and what a million bookings cost, at list prices of us-east-1. Units, bytes and times
are measured on this machine now, with the bundled functions on the embedded database; what is there whatever is done is
counted in the stage's template. Takes some seconds.

  --stage      ${STAGES.join(' or ')} (dev)
${NAMES.map((name) => `  --${name.padEnd(10)} ${OPTIONS[name][1]} (${OPTIONS[name][0]})`).join('\n')}
  --json       one JSON object instead of the table
  --help       this text
`;

const NOTES = [
  'List prices of us-east-1 as known in 2025, without taxes, support, volume discounts and, but for people who sign in, free tiers. Other regions differ: check them before you rely on this.',
  `Estimates, not measured: DynamoDB answers in 4 ms more than the engine here; lines that Lambda and the gateway log; a booking takes ${String(STEPS)} steps after its hold, and each runs the settle job once. A partner’s system answers in 200 ms.`,
  'Each change of a booking is told to two institutions, each with one webhook, one message at a time: batches cost less.',
  'Measured through a meter that slows requests down, so that computing time errs on the high side.',
  'KMS requests are a ceiling. Each of the first two yearly rotations of a key adds another 1 USD a month.',
  'Logs are counted uncompressed and as full as they are after their whole retention; AWS counts them compressed.',
  'Metrics of our own are those that alarms and dashboards show; each further value of a dimension is one more.',
  'In Cognito the clients and tokens of systems have no free tier: a system should use a token for its whole hour.',
  'Not counted: Lambda asks each queue for messages also when there are none, for some 0.26 USD a month each.',
  'Not counted: data sent out to the internet (100 GB a month are free), queries in CloudWatch Logs, text messages.',
];

function readLoad(values: Readonly<Record<string, string | boolean | undefined>>): Load {
  const value = (name: Option): number => {
    const given = Number(values[name] ?? OPTIONS[name][0]);
    if (!Number.isFinite(given) || given < 0) throw new Error(`--${name}: write a number of at least 0.`);
    return given;
  };
  return {
    bookings: Math.max(1, value('bookings')),
    readsPerBooking: value('reads'),
    mailsPerBooking: value('mails'),
    grants: value('grants'),
    users: value('users'),
    systems: value('systems'),
    months: value('months'),
    documents: value('documents'),
  };
}

function table(items: readonly Item[], last: Item): string {
  const money = (usd: number): string => (usd === 0 ? '–' : usd < 0.005 ? '< 0.01' : usd.toFixed(2));
  const rows = [...items, last].map((item) => [item.service, item.what, money(item.fixed), money(item.byUse)]);
  const all = [['', 'USD a month', 'fixed', 'by use'], ...rows];
  const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
  return all
    .map(([a = '', b = '', c = '', d = '']) =>
      [a.padEnd(width(0)), b.padEnd(width(1)), c.padStart(width(2)), d.padStart(width(3))].join('  '),
    )
    .join('\n');
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
      stage: { type: 'string', default: 'dev' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const name = STAGES.find((each) => each === values.stage);
  if (name === undefined) throw new Error(`--stage: write ${STAGES.join(' or ')}.`);
  const load = readLoad(values);
  // What only an admin can write, account and recipients of alarms, costs nothing and is made up where it is missing.
  const deployed = deployedBy(templateOf(stage(name)));
  const setting = openSetting();
  try {
    const measured = await measure(setting);
    const items = billOf(load, deployed, measured);
    const total = (key: 'fixed' | 'byUse'): number => items.reduce((sum, item) => sum + item[key], 0);
    const holds = Object.values(priceOf({ ...measured.hold, ...deployed })).reduce((sum, usd) => sum + usd, 0) * 1e6;
    const whole = perMillion(load, items);
    const told = notificationPrices(measured.notifications, deployed);
    if (values.json) {
      const usd = {
        fixed: total('fixed'),
        byUse: total('byUse'),
        perMillionHolds: holds,
        perMillionBookings: whole,
        perMillionNotifications: told,
      };
      console.log(JSON.stringify({ stage: name, load, deployed, measured, items, usd, notes: NOTES }, null, 2));
      return;
    }
    console.log(`Stage ${name} with ${load.bookings.toLocaleString('en')} bookings a month\n`);
    console.log(table(items, { service: 'Total', what: '', fixed: total('fixed'), byUse: total('byUse') }));
    console.log(`\nA month: ${(total('fixed') + total('byUse')).toFixed(2)} USD.`);
    console.log(`A million bookings: ${holds.toFixed(2)} USD for making them, ${whole.toFixed(2)} USD with their`);
    console.log(
      `${String(STEPS)} steps, jobs, notifications, ${String(rounded(load.readsPerBooking, 1))} reads, logs and storage each.`,
    );
    console.log(
      `A million notifications: ${told.feed.toFixed(2)} USD in the feed and on the bus, ${told.webhook.toFixed(2)} USD more to a webhook, ${told.mail.toFixed(2)} USD more as mail.\n`,
    );
    console.log(NOTES.map((note) => `- ${note}`).join('\n'));
  } finally {
    setting.close();
  }
}

try {
  await run();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  process.exitCode = 1;
}
