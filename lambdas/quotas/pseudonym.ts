import { pseudonymFor } from '../shared/pseudonym.ts';
import { PatientNotPseudonymous } from './errors.ts';

/** The only name the Hub knows a patient by. */
export const Pseudonym = pseudonymFor(
  PatientNotPseudonymous,
  'Send the pseudonym your institution issued for the patient, such as MSK-7F3K-042',
  {
    id: 'Pseudonym',
    description:
      'The pseudonym the beneficiary institution issued for the patient: 3 to 64 ASCII letters, digits, `.`, `_`, `:` or `-`, with at least one digit. Names, dates, e-mail addresses, phone and identity numbers are refused and never stored.',
    examples: ['MSK-7F3K-042'],
  },
);
