import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import MailComposer from 'nodemailer/lib/mail-composer';
import * as z from 'zod/mini';

/** What the Hub mails on this machine: a file for each message, which mail programs open, and no word of it to anybody. */
export interface Outbox {
  /** Where the files are. */
  readonly dir: string;
  /** Writes a message down. */
  readonly write: (message: OutgoingMail) => Promise<void>;
  /** All messages, newest first. */
  readonly list: () => readonly MailEntry[];
  /** A message as it would be sent; `undefined` when there is none of that name. */
  readonly read: (name: string) => string | undefined;
}

export interface OutgoingMail {
  /** As the service calls it. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

const MailEntry = z.object({
  name: z.string(),
  at: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
  headers: z.record(z.string(), z.string()),
});
/** What is known of a message beside its file: what a test, or the list of all, looks at. */
export type MailEntry = z.infer<typeof MailEntry>;

/** @param dir need not exist */
export function openOutbox(dir: string): Outbox {
  const names = (): string[] => {
    mkdirSync(dir, { recursive: true });
    return readdirSync(dir)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -5))
      .toSorted()
      .toReversed();
  };
  return {
    dir,
    write: async ({ id, from, to, subject, text, headers }) => {
      mkdirSync(dir, { recursive: true });
      const date = new Date();
      const composed = new MailComposer({
        ...{ from, to: [...to], subject, text, date, headers: [...headers], messageId: `<${id}@email.local>` },
      });
      const name = `${date.toISOString().replaceAll(':', '')}-${id}`;
      writeFileSync(join(dir, `${name}.eml`), await composed.compile().build());
      const entry: MailEntry = {
        ...{ name, at: date.toISOString(), to: [...to], subject, text },
        headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
      };
      writeFileSync(join(dir, `${name}.json`), JSON.stringify(entry));
    },
    list: () => names().map((name) => MailEntry.parse(JSON.parse(readFileSync(join(dir, `${name}.json`), 'utf8')))),
    read: (name) => (names().includes(name) ? readFileSync(join(dir, `${name}.eml`), 'utf8') : undefined),
  };
}
