import * as z from 'zod/mini';

import { failingMessage } from './compose.ts';
import { type MailPorts, tagsFor } from './mail-ports.ts';
import { recipientsOf } from './recipients.ts';

/**
 * What SES tells of mail that came back or was complained of. What is no more than delayed is none of this.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */

const Recipients = z.array(z.object({ emailAddress: z.string() }));
/** The tags of a mail as it was sent: see `tagsFor`. */
const Sent = z.object({
  tags: z.object({ institution: z.tuple([z.uuid()]), contacts: z.tuple([z.string()]) }),
});
export const Feedback = z.discriminatedUnion('eventType', [
  z.object({
    eventType: z.literal('Bounce'),
    bounce: z.object({ bounceType: z.string(), bouncedRecipients: Recipients }),
    mail: Sent,
  }),
  z.object({
    eventType: z.literal('Complaint'),
    complaint: z.object({ complainedRecipients: Recipients }),
    mail: Sent,
  }),
]);
type Feedback = z.infer<typeof Feedback>;

/** Mailboxes that take no more; what bounced for a while only is tried again by SES itself. */
function lostIn(feedback: Feedback): readonly string[] {
  if (feedback.eventType === 'Complaint') return addressesOf(feedback.complaint.complainedRecipients);
  return feedback.bounce.bounceType === 'Permanent' ? addressesOf(feedback.bounce.bouncedRecipients) : [];
}

/** SES repeats an address as it was written to, or with a name before it. */
const addressesOf = (recipients: z.infer<typeof Recipients>): string[] =>
  recipients.map(({ emailAddress }) => /<([^>]+)>$/.exec(emailAddress)?.[1] ?? emailAddress);

/** Writes no more to a mailbox that does not take it, and tells others at the institution. */
export async function takeFeedback(ports: MailPorts, feedback: Feedback): Promise<void> {
  const [institutionId] = feedback.mail.tags.institution;
  const version = Number(feedback.mail.tags.contacts[0]);
  for (const address of lostIn(feedback)) {
    const hash = ports.keys.of(address);
    await ports.mails.noteFailing(institutionId, hash, version, feedback.eventType);
    await tellOthers(ports, institutionId, hash, version);
  }
}

/** Tells the coordinators; where there is no other one, everybody else. */
async function tellOthers(
  { addressees, keys, mailer, mails }: MailPorts,
  institutionId: string,
  failing: string,
  version: number,
): Promise<void> {
  const current = await addressees(institutionId);
  const hashOf = (address: string): string => keys.of(address);
  const lost = current.contacts.find(({ email }) => email !== undefined && hashOf(email) === failing);
  // Somebody has looked after the list since.
  if (lost === undefined || current.version !== version) return;
  const others = recipientsOf(current, await mails.mailboxes(institutionId), hashOf);
  const coordinators = others.filter(({ role }) => role === 'coordination');
  for (const { address, hash, language } of coordinators.length > 0 ? coordinators : others) {
    await mails.once(`${institutionId}.failing.${String(version)}.${failing}`, hash, () =>
      mailer.send({ to: address, ...failingMessage(lost.role, language), tags: tagsFor(institutionId, current) }),
    );
  }
}
