import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';

import type { Addressees } from '../institutions/published-contacts.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import { CloudEvent } from './cloud-event.ts';
import { messageOf } from './compose.ts';
import { Feedback, takeFeedback } from './mail-feedback.ts';
import { linksFor, type MailPorts, tagsFor } from './mail-ports.ts';
import { MAIL_TYPES, type MailName, type MailType, mailNameOf } from './mail-types.ts';
import { type Recipient, recipientsOf, whenFor } from './recipients.ts';

/** Telling people: each event to the contacts it concerns, each in their language. */

/** What rules put into the queue: an event of the Hub's own bus, or what SES tells of a mail. */
const Event = z.looseObject(CloudEvent.shape);
type Event = z.infer<typeof Event>;
const Queued = z.discriminatedUnion('source', [
  z.object({ source: z.literal('org.oncology-hub'), detail: Event }),
  z.object({ source: z.literal('aws.ses'), detail: Feedback }),
]);

/** Handles messages. Those that fail come back, and what was done for them by then is not done again. */
export async function mailAll(ports: MailPorts, records: readonly SQSRecord[]): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  for (const { body, messageId } of records) {
    try {
      const { source, detail } = Queued.parse(JSON.parse(body));
      await (source === 'aws.ses' ? takeFeedback(ports, detail) : mailEvent(ports, detail));
    } catch (error) {
      logJobFailure('mail', error);
      failed.push(messageId);
    }
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function mailEvent(ports: MailPorts, event: Event): Promise<void> {
  const name = mailNameOf(event.type);
  if (name === undefined) return;
  const institutionId = event.source.slice(event.source.lastIndexOf('/') + 1);
  const { roles, own = false }: MailType = MAIL_TYPES[name];
  if (event.data.by === institutionId && !own) return;
  const all = await ports.addressees(institutionId);
  const addressees = { ...all, contacts: all.contacts.filter(({ role }) => roles.includes(role)) };
  if (addressees.contacts.length === 0) return;
  const { mails, keys } = ports;
  const recipients = recipientsOf(addressees, await mails.mailboxes(institutionId), (address) => keys.of(address));
  // There are few, and one that fails keeps nothing from the others.
  const errors: unknown[] = [];
  for (const recipient of recipients) {
    const when = whenFor(name, recipient);
    if (when === 'never') continue;
    const work = (): Promise<void> =>
      when === 'daily'
        ? mails.wait(institutionId, recipient.hash, event)
        : sendNow(ports, { name, event, institutionId, addressees, recipient });
    await mails.once(event.id, recipient.hash, work).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

interface Sending {
  readonly name: MailName;
  readonly event: Event;
  readonly institutionId: string;
  readonly addressees: Addressees;
  readonly recipient: Recipient;
}

async function sendNow(ports: MailPorts, { name, event, institutionId, addressees, recipient }: Sending) {
  const { essential = false }: MailType = MAIL_TYPES[name];
  const links = linksFor(ports, institutionId, recipient);
  await ports.mailer.send({
    to: recipient.address,
    ...messageOf(name, event, { language: recipient.language, timeZone: addressees.timeZone }, links),
    unsubscribe: essential ? undefined : links.unsubscribe,
    tags: tagsFor(institutionId, addressees),
  });
}
