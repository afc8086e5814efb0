import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { nextAnchor } from '../../lambdas/audit/anchor-model.ts';
import { auditChain, type Evidence, itemOf, readAnchors } from '../../lambdas/audit/chain-audit.ts';
import type { AuditRow } from '../../lambdas/audit/contract.ts';
import { hashOf } from '../../lambdas/shared/chain/chain.ts';
import { aChain, anEntry, behind, CHAIN } from '../support/audit.ts';
import { isLong } from '../support/selection.ts';

/** A long chain, and everything that somebody who can write to the table could do to it. */

const LENGTH = isLong ? 10_000 : 1_000;
const NOW = new Date('2026-06-01T00:00:00Z');
const entries = Array.from({ length: LENGTH }, (_, step) => anEntry(step));
const rows = aChain(entries);
const last = new Map(entries.map((entry) => [itemOf(entry), entry]));
const evidence: Evidence = {
  due: [...last.values()],
  versions: new Map([...last].map(([item, { version = 0 }]) => [item, version])),
  readAt: NOW,
  heads: [],
};
const anchored = (sequence: number): Evidence => ({
  ...evidence,
  heads: [{ institutionId: CHAIN, sequence, hash: rows[sequence - 1]!.hash, date: '2026-01-02' }],
});
/** With nothing but the chain's own rules and an anchor. */
const anchorAlone = (sequence: number): Evidence => ({
  ...anchored(sequence),
  due: [],
  versions: evidence.versions,
});

const found = (stored: readonly AuditRow[], by: Evidence = evidence) =>
  auditChain(CHAIN, stored, by, NOW).map(({ kind }) => kind);

/** The rows from a place on, made anew so that all links fit. */
function madeAnew(stored: readonly AuditRow[], from: number): AuditRow[] {
  const chain = stored.slice(0, from);
  for (const { hash: _, previous: __, sequence: ___, place: ____, happenedAt: _____, ...said } of stored.slice(from)) {
    chain.push(behind({ ...said, place: `${CHAIN}#` }, chain.at(-1)));
  }
  return chain;
}

const place = fc.integer({ min: 0, max: LENGTH - 1 });
const often = { numRuns: 12 };

test('a chain as it was written is right', () => {
  expect(found(rows)).toEqual([]);
  expect(found(rows, anchored(LENGTH))).toEqual([]);
});

describe('of many rows', () => {
  test('one that was edited is found, whatever was edited', () => {
    const edits: Partial<AuditRow>[] = [
      { actor: 'somebody-else' },
      { role: 'auditor' },
      { after: { status: 'cancelled' } },
      { reason: 'administrative' },
      { at: '2026-01-01T00:00:00.000Z' },
      { subject: CHAIN },
    ];
    fc.assert(
      fc.property(place, fc.constantFrom(...edits), (at, edit) => {
        const edited = rows.with(at, { ...rows[at]!, ...edit });
        if (hashOf(edited[at]!) === rows[at]!.hash) return;
        expect(found(edited)).toContain('edited');
        // With a hash that fits, what lies behind it, or what it tells of, does not; of a reason nothing else tells.
        if (at === LENGTH - 1 && 'reason' in edit) return;
        const rehashed = edited.with(at, { ...edited[at]!, hash: hashOf(edited[at]!) });
        expect(found(rehashed)).not.toEqual([]);
      }),
      often,
    );
  });

  test('one that was removed is found', () => {
    fc.assert(
      fc.property(place, (at) => {
        expect(found(rows.toSpliced(at, 1))).not.toEqual([]);
      }),
      often,
    );
  });

  test('two that were exchanged are found', () => {
    fc.assert(
      fc.property(place, place, (one, other) => {
        fc.pre(one !== other);
        expect(found(rows.with(one, rows[other]!).with(other, rows[one]!))).toContain('out-of-sequence');
      }),
      often,
    );
  });

  test('an end that was cut off is found by what was changed, and by an anchor alone', () => {
    fc.assert(
      fc.property(place, (length) => {
        const cut = rows.slice(0, length);
        expect(found(cut)).toContain('change-without-row');
        expect(found(cut, anchorAlone(LENGTH))).toEqual(['missing-since-anchor']);
        // Without an anchor, and without the items, nothing is wrong with it.
        expect(found(cut, { ...evidence, due: [] })).toEqual([]);
      }),
      often,
    );
  });

  test('one that was edited, and all behind it made anew, is found by an anchor alone', () => {
    fc.assert(
      fc.property(place, (at) => {
        const edited = rows.with(at, { ...rows[at]!, actor: 'somebody-else' });
        const anew = madeAnew(edited, at);
        expect(found(anew, anchorAlone(LENGTH))).toEqual(['differs-from-anchor']);
      }),
      { numRuns: 4 },
    );
  });

  test('one that was removed, and all behind it made anew, is found by an anchor alone', () => {
    const anew = madeAnew(rows.toSpliced(17, 1), 17);
    expect(found(anew, { ...anchorAlone(LENGTH - 1), due: [] })).toEqual(['differs-from-anchor']);
  });

  test('after the last anchor the last row about an item tells what the item says', () => {
    const edited = rows.with(-1, { ...rows.at(-1)!, actor: 'somebody-else' });
    expect(found(madeAnew(edited, LENGTH - 1), anchored(LENGTH - 1))).toEqual(['row-differs-from-change']);
  });

  test('one that was put behind them is found, and one that is written twice', () => {
    const more = behind({ ...anEntry(0), version: 999, at: '2026-02-01T00:00:00.000Z' }, rows.at(-1));
    expect(found([...rows, more])).toEqual(['row-without-change']);
    const again = behind(entries[3]!, rows.at(-1));
    expect(found([...rows, again])).toEqual(['twice']);
  });

  test('the rows of another institution in its place are found', () => {
    const other = '019a8f3e-7c00-7a11-8000-0000000000c9';
    const kinds = new Set(auditChain(other, rows, { ...evidence, heads: [] }, NOW).map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['misplaced']));
  });
});

test('a change of the last moment may be under way still', () => {
  const young = { ...anEntry(0), version: 102, at: NOW.toISOString() };
  const findings = auditChain(CHAIN, rows, { ...evidence, due: [young] }, NOW);
  expect(findings).toEqual([{ kind: 'change-without-row', about: `booking ${young.subject} 102`, young: true }]);
});

describe('anchors', () => {
  const head = { institutionId: CHAIN, sequence: 1, hash: rows[0]!.hash };
  const days = ['2026-01-01', '2026-01-02', '2026-01-05'].map((date) => new Date(`${date}T00:10:00Z`));
  const anchors = days.reduce<ReturnType<typeof nextAnchor>[]>(
    (before, day) => [...before, nextAnchor([head], day, before.at(-1))],
    [],
  );

  test('are a chain themselves, in which days may be missing', () => {
    const { findings, heads } = readAnchors(anchors);
    expect(findings).toEqual([]);
    expect(heads.get(CHAIN)?.map(({ date }) => date)).toEqual(['2026-01-01', '2026-01-02', '2026-01-05']);
  });

  test.each([
    ['edited', anchors.with(1, { ...anchors[1]!, chains: [] })],
    ['out-of-sequence', anchors.toSpliced(0, 1)],
    ['not-linked', anchors.toSpliced(1, 1)],
  ])('that do not hold together are found: %s', (kind, stored) => {
    expect(readAnchors(stored).findings.map((finding) => finding.kind)).toContain(kind);
  });

  test('that cannot be read are found', () => {
    expect(readAnchors([{}]).findings.map(({ kind }) => kind)).toContain('unreadable');
  });
});

test.each([{ actor: 'somebody-else' }, { after: { status: 'cancelled' } }, { at: '2026-01-01T00:00:00.000Z' }])(
  'the last row, edited to %j and with a hash that fits, contradicts the item',
  (edit) => {
    const edited = { ...rows.at(-1)!, ...edit };
    const kinds = found([...rows.slice(0, -1), { ...edited, hash: hashOf(edited) }]);
    expect(kinds).toContain('row-differs-from-change');
  },
);
