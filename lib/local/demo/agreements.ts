/** The agreement of the demonstration, made up like all its numbers: nobody has signed it. */
export const DEMO_AGREEMENT = {
  /** The first one proposes. */
  parties: ['dimitrovgrad', 'alexandrov'],
  kind: 'union-state',
  title: (year: number) => ({
    en: `Proton therapy for patients from Belarus, ${String(year)}`,
    ru: `Протонная терапия для пациентов из Беларуси, ${String(year)}`,
  }),
  terms: {
    services: ['proton-therapy'],
    programmes: ['workshop'],
    funding: [
      { covers: 'treatment', payer: 'programme' },
      { covers: 'travel', payer: 'own' },
    ],
  },
  timeZone: 'Europe/Minsk',
} as const;
