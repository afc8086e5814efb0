/**
 * In which order patients wait. Versioned data: a booking keeps the version its class was found by, and a version that
 * was ever in force is never changed. Pure.
 *
 * Source of the classes: children with tumours of the brain come first, as the partners agreed; then all other children,
 * then adults with the tumours that protons spare most, then everybody else.
 */

export const PRIORITY_CLASSES = [1, 2, 3, 4] as const;
export type PriorityClass = (typeof PRIORITY_CLASSES)[number];

/** Why a commission gives a patient another class. */
export const OVERRIDE_REASONS = ['clinical-deterioration', 'relapse', 'treatment-sequence', 'correction'] as const;
export type OverrideReason = (typeof OVERRIDE_REASONS)[number];

interface ClassRule {
  readonly class: PriorityClass;
  readonly ageBand?: '0-17' | '18+';
  /** Beginnings of ICD-10 codes; any diagnosis if there are none. */
  readonly diagnoses?: readonly string[];
}

export interface PriorityRules {
  readonly version: number;
  /** The first rule that fits decides. */
  readonly classes: readonly ClassRule[];
  /** Who has waited so many days moves up one class, but no higher than `upTo`. */
  readonly ageing: { readonly days: number; readonly upTo: PriorityClass };
  readonly offers: {
    /** Hours in which an offer has to be accepted. */
    readonly hours: number;
    /** Who has declined so many offers, or let them lapse, leaves the line. */
    readonly most: number;
  };
}

/** Tumours of the brain, the meninges, the spinal cord, and the pituitary and pineal glands, of any behaviour. */
const CENTRAL_NERVOUS_SYSTEM = ['C70', 'C71', 'C72', 'C75.1', 'C75.2', 'C75.3', 'D32', 'D33', 'D42', 'D43', 'D44.3'];
const SKULL_BASE = ['C41.0', 'C30', 'C31'];
const EYE = ['C69'];

const VERSIONS: readonly [PriorityRules, ...PriorityRules[]] = [
  {
    version: 1,
    classes: [
      { class: 1, ageBand: '0-17', diagnoses: CENTRAL_NERVOUS_SYSTEM },
      { class: 2, ageBand: '0-17' },
      { class: 3, diagnoses: [...CENTRAL_NERVOUS_SYSTEM, ...SKULL_BASE, ...EYE] },
      { class: 4 },
    ],
    ageing: { days: 90, upTo: 3 },
    offers: { hours: 48, most: 3 },
  },
];

/** The rules in force. */
export const PRIORITY_RULES: PriorityRules = VERSIONS.at(-1) ?? VERSIONS[0];

/** The class of a patient by the rules. */
export function priorityClassOf(
  { ageBand, diagnosis }: { readonly ageBand: '0-17' | '18+'; readonly diagnosis: string },
  rules: PriorityRules = PRIORITY_RULES,
): PriorityClass {
  const rule = rules.classes.find(
    (each) =>
      (each.ageBand === undefined || each.ageBand === ageBand) &&
      (each.diagnoses === undefined || each.diagnoses.some((beginning) => diagnosis.startsWith(beginning))),
  );
  return rule?.class ?? 4;
}
