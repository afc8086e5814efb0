import { createHash } from 'node:crypto';

/**
 * The id of an event's delivery to a webhook: always the same for both, so that no delivery is made twice, and in the order
 * of time, so that deliveries lie in that order. A UUID of version 8 (RFC 9562): 48 bits of milliseconds, then a digest.
 * @param name of what is delivered, such as the event's id @param time of the event, RFC 3339
 */
export function deliveryIdOf(webhookId: string, name: string, time: string): string {
  const moment = Date.parse(time).toString(16).padStart(12, '0').slice(-12);
  const digest = createHash('sha256').update(`${webhookId} ${name}`).digest('hex');
  const variant = ((Number.parseInt(digest.slice(3, 4), 16) & 3) | 8).toString(16);
  return [
    moment.slice(0, 8),
    moment.slice(8),
    `8${digest.slice(0, 3)}`,
    variant + digest.slice(4, 7),
    digest.slice(7, 19),
  ].join('-');
}
