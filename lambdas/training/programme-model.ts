import type * as z from 'zod/mini';

import { type AgreementChange, versionInForce } from '../agreements/published.ts';
import type { Deed, Versioned } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { type FieldError, Problem } from '../shared/http/problem.ts';
import { CEFR_LEVELS, type Languages, type Nominee } from './contract-parts.ts';
import { AgreementNotUsable, PrerequisitesNotMet, ProgrammeStateConflict } from './errors.ts';
import type { ProgrammeChange, ProgrammeRepresentation, programmeRoutes } from './programme-contract.ts';

/** Programmes as the Hub keeps them, and every decision about them. Pure. */

export type Programme = ProgrammeRepresentation & Versioned;

/** How an institution stands to a programme, or to what belongs to it. */
export function relationsTo(
  { hostId, partners, status }: Pick<Programme, 'hostId' | 'partners'> & { readonly status: string },
  institutionId: string,
): Relation[] {
  if (hostId === institutionId) return ['host'];
  if (status === 'draft') return ['none'];
  return [partners.includes(institutionId) ? 'party' : 'partner'];
}

/** The version of an agreement that a programme is offered under, and its change that was looked at. */
export interface Under {
  readonly agreementVersion: number;
  readonly seen: number;
}

/** @param agreement as far as it is known @returns the refusal when a programme of the kind cannot be offered under it */
export function underAgreement(
  agreement: AgreementChange | undefined,
  hostId: string,
  kind: Programme['kind'],
  now: Date,
): Under | Problem {
  const refusal = (because: string): Problem =>
    new Problem(AgreementNotUsable, 'No programme of this kind can be offered under this agreement.', { because });
  if (agreement?.parties.includes(hostId) !== true) return refusal('unknown');
  const inForce = versionInForce(agreement, now);
  if (inForce === undefined) return refusal('not-in-force');
  if (!inForce.programmes.includes(kind)) return refusal('kind-not-named');
  return { agreementVersion: inForce.version, seen: agreement.version };
}

export function newProgramme(
  id: string,
  body: z.output<typeof programmeRoutes.createProgramme.body>,
  { by, institutionId, now }: Deed,
  under: Under | undefined,
): Programme {
  const at = now.toISOString();
  const named = under === undefined ? {} : { agreementVersion: under.agreementVersion };
  return {
    ...{ id, hostId: institutionId, ...body, ...named, status: 'draft' },
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
}

/** What can still be changed once partners rely on it. */
const CHANGEABLE: readonly string[] = ['title', 'partners', 'prerequisites', 'syllabus', 'status'];

/** @throws Problem `programme-state-conflict` */
export function changedProgramme(programme: Programme, change: ProgrammeChange, { by, now }: Deed): Programme {
  const { status } = programme;
  const isDraft = status === 'draft';
  const relied = Object.keys(change).filter((name) => !CHANGEABLE.includes(name));
  const backwards = change.status === 'published' ? !isDraft : change.status === 'retired' && status !== 'published';
  if (status === 'retired' || backwards || (!isDraft && relied.length > 0)) throw programmeConflict(programme);
  return { ...programme, ...change, version: programme.version + 1, updatedAt: now.toISOString(), by };
}

export function programmeConflict({ status }: Pick<Programme, 'status'>): Problem {
  return new Problem(ProgrammeStateConflict, `The programme is ${status}.`, { programmeStatus: status });
}

const rank = (level: Languages[number]['level']): number => CEFR_LEVELS.indexOf(level);

/** @throws Problem `prerequisites-not-met` */
export function requirePrerequisites(
  { prerequisites: { professions, yearsOfPractice }, languages }: Pick<Programme, 'prerequisites' | 'languages'>,
  nominees: readonly Nominee[],
): void {
  const errors = nominees.flatMap((nominee, index): FieldError[] => {
    const at = `/nominees/${String(index)}`;
    const missing = languages.filter(
      ({ language, level }) =>
        !nominee.languages.some((skill) => skill.language === language && rank(skill.level) >= rank(level)),
    );
    return [
      ...(professions.length > 0 && !professions.includes(nominee.profession)
        ? [{ pointer: `${at}/profession`, message: `must be one of ${professions.join(', ')}` }]
        : []),
      ...(nominee.yearsOfPractice < yearsOfPractice
        ? [{ pointer: `${at}/yearsOfPractice`, message: `must be ${String(yearsOfPractice)} at least` }]
        : []),
      ...missing.map(({ language, level }) => ({
        pointer: `${at}/languages`,
        message: `must have ${language} at ${level} at least`,
      })),
    ];
  });
  if (errors.length === 0) return;
  throw new Problem(PrerequisitesNotMet, 'A nominee does not have what the programme asks for.', { errors });
}

export function showProgramme({ version: _, by: __, ...shown }: Programme): ProgrammeRepresentation {
  return shown;
}
