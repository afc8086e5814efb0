/** What proposals, approvals, terminations and days that go by should make of an agreement, as simply as it can be said. */

/** Zones without summer time, by the hours they are ahead of UTC. */
export const ZONES = { 'Pacific/Kiritimati': 14, 'Asia/Almaty': 5, UTC: 0, 'Pacific/Pago_Pago': -11 } as const;
export type Zone = keyof typeof ZONES;

export interface WantedValidity {
  /** Days from the day of the start of the test. */
  readonly from: number;
  /** Days after the first; without it there is no last day. */
  readonly days: number | undefined;
  readonly zone: Zone;
}

export type Wanted =
  | {
      do: 'propose';
      by: number;
      validity: WantedValidity;
      approve: boolean;
      /** Whether it names the newest version, and whether it says what that says. */
      outdated: boolean;
      same: boolean;
    }
  /** Another version that all approve at once. */
  | { do: 'agree'; by: number; validity: WantedValidity }
  | { do: 'approve'; by: number; outdated: boolean }
  | { do: 'terminate'; by: number; from: number | undefined }
  | { do: 'wait'; hours: number };

interface ModelVersion {
  readonly validity: WantedValidity;
  readonly approvedBy: Set<number>;
}

const HOUR = 3_600_000;

/** @returns the day, ISO 8601, so many days after another */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 24 * HOUR).toISOString().slice(0, 10);
}

export class AgreementModel {
  readonly #parties: number;
  readonly #start: string;
  readonly #versions: ModelVersion[];
  #now: number;
  #end: { readonly day: string; readonly zone: Zone } | undefined;

  /** The first version is proposed by party 0, who does not approve it yet. */
  constructor(parties: number, startsAt: string, validity: WantedValidity) {
    this.#parties = parties;
    this.#start = startsAt.slice(0, 10);
    this.#now = Date.parse(startsAt);
    this.#versions = [{ validity, approvedBy: new Set() }];
  }

  carryOut(wanted: Wanted): string {
    if (wanted.do === 'wait') {
      this.#now += wanted.hours * HOUR;
      return 'waited';
    }
    if (this.#end !== undefined) return 'agreement-terminated';
    switch (wanted.do) {
      case 'propose':
        if (wanted.outdated) return 'agreement-hash-outdated';
        if (wanted.same) return 'version-unchanged';
        this.#versions.push({ validity: wanted.validity, approvedBy: new Set(wanted.approve ? [wanted.by] : []) });
        return 'proposed';
      case 'agree':
        this.#versions.push({ validity: wanted.validity, approvedBy: new Set(Array(this.#parties).keys()) });
        return 'agreed';
      case 'approve': {
        const { approvedBy } = this.#latest();
        if (wanted.outdated) return 'agreement-hash-outdated';
        if (approvedBy.has(wanted.by)) return 'already-approved';
        approvedBy.add(wanted.by);
        return 'approved';
      }
      case 'terminate': {
        const { zone } = (this.#current() ?? this.#latest()).validity;
        const today = this.#today(zone);
        const day = wanted.from === undefined ? today : this.#day(wanted.from);
        if (day < today) return 'termination-in-the-past';
        this.#end = { day, zone };
        return 'terminated';
      }
    }
  }

  /** What the agreement should show. */
  state() {
    const inForce = this.#inForce();
    const current = this.#current();
    return {
      status: this.#status(),
      inForce: inForce === undefined ? undefined : this.#numberOf(inForce),
      latest: this.#versions.length,
      approvals: this.#latest().approvedBy.size,
      versions: this.#versions.map((version, index) => {
        const isLast = index === this.#versions.length - 1;
        if (!this.#isComplete(version)) return isLast ? 'proposed' : 'overtaken';
        return current !== undefined && index + 1 < this.#numberOf(current) ? 'superseded' : 'approved';
      }),
    };
  }

  #status(): string {
    if (this.#isEnded()) return 'terminated';
    if (!this.#versions.some((version) => this.#isComplete(version))) return 'proposed';
    if (this.#inForce() !== undefined) return 'in-force';
    return this.#current() === undefined ? 'approved' : 'expired';
  }

  #inForce(): ModelVersion | undefined {
    const current = this.#current();
    if (current === undefined || this.#isEnded()) return undefined;
    const { from, days, zone } = current.validity;
    return days === undefined || this.#today(zone) <= this.#day(from + days) ? current : undefined;
  }

  /** The newest that all have approved and that has begun. */
  #current(): ModelVersion | undefined {
    return this.#versions.findLast(
      (version) => this.#isComplete(version) && this.#today(version.validity.zone) >= this.#day(version.validity.from),
    );
  }

  #isEnded = (): boolean => this.#end !== undefined && this.#today(this.#end.zone) >= this.#end.day;
  #isComplete = ({ approvedBy }: ModelVersion): boolean => approvedBy.size === this.#parties;
  #numberOf = (version: ModelVersion): number => this.#versions.indexOf(version) + 1;
  #day = (days: number): string => dayAfter(this.#start, days);
  #today = (zone: Zone): string => new Date(this.#now + ZONES[zone] * HOUR).toISOString().slice(0, 10);

  #latest(): ModelVersion {
    const latest = this.#versions.at(-1);
    if (latest === undefined) throw new Error('no version');
    return latest;
  }
}
