import { inBatches } from '../shared/batches.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { digestOf } from './compose.ts';
import { linksFor, type MailPorts, tagsFor } from './mail-ports.ts';
import type { InLine } from './mail-table.ts';
import { recipientsOf } from './recipients.ts';

/** The mail that waits for the end of the day. */

/** In one mail; what is more comes in another. */
const MOST_AT_ONCE = 50;
/** Readers at the same time. */
const READERS_AT_ONCE = 5;

/**
 * Sends each reader what has waited for the digest. What is sent is removed then: when that fails, it is sent again.
 * @throws Error when some readers' could not be sent; theirs waits for the next run
 */
export async function sendDigests(ports: MailPorts): Promise<void> {
  const readers = Map.groupBy(await ports.mails.waiting(), ({ institutionId, hash }) => `${institutionId}#${hash}`);
  let [digests, failed] = [0, 0];
  await inBatches([...readers.values()], READERS_AT_ONCE, async (events) => {
    try {
      for (let first = 0; first < events.length; first += MOST_AT_ONCE) {
        if (await sendDigest(ports, events.slice(first, first + MOST_AT_ONCE))) digests += 1;
      }
    } catch (error) {
      logJobFailure('digest', error);
      failed += 1;
    }
  });
  logJob('digest', { digests, failed });
  if (failed > 0) throw new Error(`${String(failed)} digests could not be sent`);
}

/** @returns whether it was sent: not to who is no contact any more, or does not want it any more */
async function sendDigest(ports: MailPorts, events: readonly InLine[]): Promise<boolean> {
  const [first] = events;
  if (first === undefined) return false;
  const { institutionId, hash } = first;
  const { mails, keys, mailer } = ports;
  const addressees = await ports.addressees(institutionId);
  const recipients = recipientsOf(addressees, await mails.mailboxes(institutionId), (address) => keys.of(address));
  const reader = recipients.find((each) => each.hash === hash && each.mail !== 'essential');
  if (reader !== undefined) {
    const links = linksFor(ports, institutionId, reader);
    await mailer.send({
      to: reader.address,
      ...digestOf(events, { language: reader.language, timeZone: addressees.timeZone }, links),
      unsubscribe: links.unsubscribe,
      tags: tagsFor(institutionId, addressees),
    });
  }
  for (const event of events) await mails.remove(event);
  return reader !== undefined;
}
