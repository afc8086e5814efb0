import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { agreementRoutes as routes } from '../../lambdas/agreements/contract.ts';
import { showAgreement, showVersion } from '../../lambdas/agreements/model.ts';
import {
  approveAgreement,
  createAgreement,
  proposeVersion,
  terminateAgreement,
} from '../../lambdas/agreements/operations.ts';
import { sha256Of } from '../../lambdas/shared/canonical.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { AgreementModel, dayAfter, type Wanted, type WantedValidity, ZONES, type Zone } from './agreement-model.ts';
import { AgreementWorld } from './agreement-world.ts';
import { tryAll } from './sequences.ts';
import { as, callerOf, outcomeOf } from './world.ts';

const PARTIES = 3;
const START = '2026-06-01T10:30:00.000Z';

let hub: Hub;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(() => hub.stop());

const zone = fc.constantFrom(...(Object.keys(ZONES) as Zone[]));
const validity: fc.Arbitrary<WantedValidity> = fc.record({
  from: fc.integer({ min: -2, max: 4 }),
  days: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
  zone,
});
const by = fc.nat({ max: PARTIES - 1 });
const rarely = fc.nat({ max: 7 }).map((number) => number === 0);
const does = <T extends Wanted['do']>(name: T) => fc.constant(name);
const step: fc.Arbitrary<Wanted> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: does('propose'),
      by,
      validity,
      approve: fc.boolean(),
      outdated: rarely,
      same: rarely,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: does('agree'), by, validity }) },
  { weight: 6, arbitrary: fc.record({ do: does('approve'), by, outdated: rarely }) },
  { weight: 5, arbitrary: fc.record({ do: does('wait'), hours: fc.integer({ min: 1, max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: does('terminate'),
      by,
      from: fc.option(fc.integer({ min: -2, max: 6 }), { nil: undefined }),
    }),
  },
);

/** One agreement, and those who conclude it. */
class Reality {
  readonly world = new AgreementWorld(hub, START);
  readonly #parties = Array.from({ length: PARTIES }, () => callerOf(uuidv7()));
  readonly #hashes: string[] = [];
  #said: object = {};
  #id = '';
  #count = 0;

  async open(first: WantedValidity): Promise<void> {
    await this.world.registerPartners(...this.#parties.map(({ institutionId }) => institutionId));
    const made = await createAgreement(this.world, {
      permission: as(this.#party(0), routes.createAgreement),
      idempotencyKey: 'first',
      body: routes.createAgreement.body.parse({
        kind: 'association',
        parties: this.#parties.map(({ institutionId }) => institutionId),
        ...this.#saying(first),
      }),
    });
    this.#id = made.value.id;
    this.#hashes.push(made.value.latest.hash);
  }

  async carryOut(wanted: Wanted): Promise<string> {
    if (wanted.do === 'wait') {
      this.world.advance(wanted.hours);
      return 'waited';
    }
    const request = { agreementId: this.#id, expectedVersion: undefined, idempotencyKey: undefined };
    const caller = this.#party(wanted.by);
    switch (wanted.do) {
      case 'propose': {
        const permission = as(caller, routes.proposeAgreementVersion);
        const said = wanted.same ? this.#said : this.#saying(wanted.validity);
        const body = routes.proposeAgreementVersion.body.parse({
          follows: this.#hash(wanted.outdated),
          approve: wanted.approve,
          ...said,
        });
        const idempotencyKey = `key-${String((this.#count += 1))}`;
        return outcomeOf(proposeVersion(this.world, { ...request, permission, body, idempotencyKey }), ({ value }) => {
          this.#hashes.push(value.version.hash);
          this.#said = said;
          return 'proposed';
        });
      }
      case 'agree': {
        const { validity } = wanted;
        const proposal = { by: wanted.by, validity, approve: true, outdated: false, same: false };
        const outcome = await this.carryOut({ do: 'propose', ...proposal });
        if (outcome !== 'proposed') return outcome;
        for (let other = 0; other < PARTIES; other++) {
          if (other !== wanted.by) await this.carryOut({ do: 'approve', by: other, outdated: false });
        }
        return 'agreed';
      }
      case 'approve': {
        const permission = as(caller, routes.approveAgreement);
        const body = { hash: this.#hash(wanted.outdated) };
        return outcomeOf(approveAgreement(this.world, { ...request, permission, body }), () => 'approved');
      }
      case 'terminate': {
        const permission = as(caller, routes.terminateAgreement);
        const from = wanted.from === undefined ? {} : { from: dayAfter(START.slice(0, 10), wanted.from) };
        const body = { reason: 'notice-given' as const, ...from };
        return outcomeOf(terminateAgreement(this.world, { ...request, permission, body }), () => 'terminated');
      }
    }
  }

  async state() {
    const agreement = await this.world.agreements.get(this.#id);
    if (agreement === undefined) throw new Error('The agreement is not there');
    const { versions } = await this.world.agreements.listVersions(this.#id, 100);
    for (const { hash, content } of versions) expect(sha256Of(content)).toBe(hash);
    expect(versions.map(({ hash }) => hash)).toEqual(this.#hashes);
    expect(versions.at(-1)?.approvals).toEqual(agreement.latest.approvals);
    const shown = showAgreement(agreement, this.world.now());
    return {
      status: shown.status,
      inForce: shown.inForce?.version,
      latest: shown.latest.version,
      approvals: shown.latest.approvals.length,
      versions: versions.map((version) => showVersion({ agreement, version }, this.world.now()).status),
    };
  }

  /** What a version says that no other has said. */
  #saying({ from, days, zone: timeZone }: WantedValidity): object {
    const day = (number: number): string => dayAfter(START.slice(0, 10), number);
    this.#count += 1;
    const said = {
      title: { en: `Version by ${String(this.#count)}` },
      validity: { from: day(from), timeZone, ...(days === undefined ? {} : { to: day(from + days) }) },
      terms: { services: ['proton-therapy'] },
    };
    if (this.#hashes.length === 0) this.#said = said;
    return said;
  }

  #hash(outdated: boolean): string {
    return (outdated ? this.#hashes.at(-2) : this.#hashes.at(-1)) ?? '0'.repeat(64);
  }

  #party(index: number) {
    const party = this.#parties[index];
    if (party === undefined) throw new Error(`no party ${String(index)}`);
    return party;
  }
}

test('any sequence of proposals, approvals, terminations and days makes of an agreement what the model says', async () => {
  const sequence = fc.tuple(validity, fc.array(step, { minLength: 8, maxLength: 30, size: 'max' }));
  const holds = async ([first, steps]: [WantedValidity, Wanted[]]): Promise<void> => {
    const real = new Reality();
    try {
      await real.open(first);
      const model = new AgreementModel(PARTIES, START, first);
      for (const wanted of steps) {
        expect(await real.carryOut(wanted), JSON.stringify(wanted)).toBe(model.carryOut(wanted));
        expect(await real.state(), JSON.stringify(wanted)).toEqual(model.state());
      }
    } finally {
      real.world.close();
    }
  };
  await tryAll('agreements', sequence, holds, { share: 1 / 6, most: 200 });
}, 3_600_000);
