import type { ContactRole } from '../institutions/published.ts';
import type { MailName } from './mail-types.ts';

/** What mail says, in each language. What one of them lacks does not compile. Pure. */

export interface MailText {
  readonly subject: string;
  /** A sentence or two: what has happened, and what to do. Facts are below it. */
  readonly lead: string;
}

export interface MailTexts {
  /** For `Intl`. */
  readonly locale: string;
  readonly events: Readonly<Record<MailName, MailText>>;
  /** What stands before the facts. */
  readonly labels: {
    readonly deadline: string;
    readonly dueDate: string;
    readonly endsOn: string;
    readonly units: string;
    readonly nominal: string;
    readonly happened: string;
    readonly reference: string;
    readonly link: string;
  };
  readonly digest: MailText;
  /** Mail to one of the contacts does not arrive, by the role. */
  readonly failing: { readonly subject: string; readonly lead: (role: string) => string };
  readonly roles: Readonly<Record<ContactRole, string>>;
  /** Why it is sent. */
  readonly footer: string;
  readonly unsubscribe: string;
  readonly essential: string;
  readonly page: {
    readonly title: string;
    readonly question: string;
    readonly button: string;
    readonly done: string;
  };
}
