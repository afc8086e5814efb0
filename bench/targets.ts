import type { Figures } from './benchmark.ts';

/** What a figure should be. */
export interface Target {
  /** Path of the figure; `*` stands for any name. */
  readonly key: string;
  readonly text: string;
  readonly met: (value: number | boolean) => boolean;
}

const atMost = (key: string, limit: number, unit = '', aim?: number): Target => ({
  key,
  text: `≤ ${String(limit)}${unit}${aim === undefined ? '' : `, then ${String(aim)}`}`,
  met: (value) => typeof value === 'number' && value <= limit,
});
const atLeast = (key: string, limit: number): Target => ({
  key,
  text: `≥ ${String(limit)}`,
  met: (value) => typeof value === 'number' && value >= limit,
});
const exactly = (key: string, wanted: number | boolean): Target => ({
  key,
  text: String(wanted),
  met: (value) => value === wanted,
});

export const TARGETS: readonly Target[] = [
  atMost('functions.*.coldRatio', 0.8, '', 0.5),
  atMost('functions.*.bundleKB', 300, ' KB', 210),
  atMost('pipeline.overheadUs', 15, ' µs'),
  atMost('booking.wcu', 2, ' WCU'),
  exactly('soldOut.wcu', 0),
  atMost('soldOut.rcu', 0.5, ' RCU'),
  exactly('replay.wcu', 0),
  atMost('replay.rcu', 1, ' RCU'),
  exactly('hotQuota.oversold', 0),
  atLeast('hotQuota.ratioToBareUpdate', 0.8),
  exactly('eventRush.oversold', 0),
  exactly('eventRush.growsWithSegments', true),
  atMost('eventProgramme.timetableMs', 50, ' ms'),
  atMost('eventProgramme.calendarMs', 50, ' ms'),
  atMost('waitlist.promote10', 4, ' WCU'),
  atMost('waitlist.promote10000', 4, ' WCU'),
  exactly('waitlist.equal', true),
  exactly('lists.*.equal', true),
  exactly('lists.*.scannedEqualsCount', true),
  atMost('synth.seconds', 3, ' s'),
  atMost('synth.assetKB', 1500, ' KB'),
  atMost('start.seconds', 5, ' s'),
  atMost('costPerMillionBookingsUSD', 2.75, ' USD'),
];

/** Every single figure with its path. */
export function flattened(figures: Figures, prefix = ''): (readonly [string, number | boolean])[] {
  return Object.entries(figures).flatMap(([name, figure]) =>
    typeof figure === 'object' ? flattened(figure, `${prefix}${name}.`) : [[prefix + name, figure] as const],
  );
}

export function targetFor(path: string): Target | undefined {
  const parts = path.split('.');
  return TARGETS.find(({ key }) => {
    const wanted = key.split('.');
    return wanted.length === parts.length && wanted.every((part, index) => part === '*' || part === parts[index]);
  });
}
