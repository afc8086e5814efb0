import type { HeldEvent } from '../events/published.ts';
import type { LocalizedText } from '../shared/values.ts';
import type { CertificateName } from './application-contract.ts';
import type { Cohort } from './cohort-model.ts';
import type { Programme } from './programme-model.ts';

/** What somebody has achieved, in the words of credentials and certificates. Pure. */

export interface Achieved {
  /** `achievementType` of Open Badges. */
  readonly type: 'CertificateOfCompletion' | 'Certificate';
  /** Where it is known, under the API's address. */
  readonly path: string;
  readonly title: LocalizedText;
  readonly description: string;
  /** What had to be done for it. */
  readonly criteria: string;
  readonly tags: readonly string[];
  readonly dates: { readonly from: string; readonly to: string };
  readonly credits?: Programme['credits'];
  /** Who can say so, and what they are called. */
  readonly hostId: string;
  readonly host: LocalizedText;
  /** The name for the certificate, if there is one. */
  readonly name: CertificateName | undefined;
}

type Host = Pick<Achieved, 'host' | 'name'>;

/** A programme that was completed. */
export function completed(programme: Programme, { dates }: Cohort, by: Host): Achieved {
  const { id, hostId, kind, title, fields, credits } = programme;
  const { attendancePercent, assessment } = programme.completion;
  return {
    ...{ type: 'CertificateOfCompletion', path: `/v1/programmes/${id}`, title, dates, hostId, ...by },
    description: `${kind} in ${fields.join(', ')}`,
    criteria: `At least ${String(attendancePercent)} % of the days attended${assessment ? ', and an assessment passed' : ''}.`,
    tags: [...fields, ...(credits ? [credits.scheme] : [])],
    ...(credits && { credits }),
  };
}

/** An event that was attended. */
export function attended({ id, organiserId, kind, title, starts, ends }: HeldEvent, by: Host): Achieved {
  return {
    ...{ type: 'Certificate', path: `/v1/events/${id}`, title, hostId: organiserId, ...by },
    dates: { from: starts.slice(0, 10), to: ends.slice(0, 10) },
    description: `Attendance of a ${kind}`,
    criteria: 'Checked in by the organiser.',
    tags: [kind],
  };
}
