import { describe, expect, test } from 'vitest';

import { MAIL_TEXTS } from '../../lambdas/notifications/mail-languages.ts';
import type { MailName } from '../../lambdas/notifications/mail-types.ts';
import type { MailEntry } from '../../lib/local/hub.ts';
import { anonymous } from '../support/client.ts';
import { aBooking, act, aGrant, anInstitution, type Scene } from '../support/factories.ts';
import { allItems, DEPLOYED, hub } from '../support/hub.ts';
import { anAddress, mailTo, nameContacts, subjectsTo } from '../support/mail.ts';

/** How people get less mail: by the link in it, and because it does not arrive. */

const subject = (name: MailName, language: 'en' | 'kk' = 'en') => MAIL_TEXTS[language].events[name].subject;
const CANCELLED = 'booking.cancelled';

/** A partner cancels what was booked, which is not essential to the other one's clinicians. */
async function aCancellation(scene: Scene): Promise<void> {
  const { id } = await aBooking(scene, 'booked');
  await act(scene, 'cancelBooking', id);
}

/** Who waits is offered a course: that is essential. */
async function anOffer(scene: Scene): Promise<void> {
  const taken = await aBooking(scene, 'booked');
  await aBooking(scene, 'held', { joinWaitlist: true });
  await act(scene, 'cancelBooking', taken.id);
}

/** The link in a mail that ends it, as the mail says it and as its header does. */
function linkIn({ text, headers }: MailEntry): { query: { token: string } } {
  const [, url = ''] = /<(.+)>/.exec(headers['List-Unsubscribe'] ?? '') ?? [];
  expect(text).toContain(url);
  return { query: { token: new URL(url).searchParams.get('token') ?? '' } };
}

const mailboxes = async (institutionId: string) =>
  (await allItems()).filter(({ pk }) => pk === `MAILBOX#${institutionId}`);

describe.skipIf(DEPLOYED)('the link that ends mail', () => {
  async function aReader() {
    const scene = await aGrant({ nominal: 1 });
    const address = anAddress();
    await nameContacts(scene.provider.id, [{ role: 'clinical', email: address, language: 'kk' }]);
    await aCancellation(scene);
    await expect.poll(() => subjectsTo(address)).toEqual([subject(CANCELLED, 'kk')]);
    const [mailed] = await mailTo(address);
    return { scene, address, link: linkIn(mailed!), mailed: mailed! };
  }

  test('works by one click of a mail program, and leaves what is essential', async () => {
    const { scene, address, link, mailed } = await aReader();
    expect(mailed.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
    const click = {
      ...link,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: 'List-Unsubscribe=One-Click',
    };
    for (let time = 0; time < 2; time++) {
      const answer = await anonymous.call('unsubscribe', click);
      expect([answer.status, answer.body]).toEqual([200, expect.stringContaining(MAIL_TEXTS.kk.page.done)]);
    }
    await aCancellation(scene);
    expect(await subjectsTo(address)).toEqual([subject(CANCELLED, 'kk')]);
    await anOffer(scene);
    await expect.poll(() => subjectsTo(address)).toEqual([subject(CANCELLED, 'kk'), subject('booking.offered', 'kk')]);
    // Also when the coordinator saves the contacts anew: it was not the coordinator's wish.
    await nameContacts(scene.provider.id, [{ role: 'clinical', email: address, language: 'kk' }], 1);
    await aCancellation(await aGrant({ provider: scene.provider, nominal: 1 }));
    expect(await mailTo(address)).toHaveLength(2);
  });

  test('asks first when it is opened, in the reader’s language, and changes nothing', async () => {
    const { scene, address, link } = await aReader();
    const page = await anonymous.call('askToUnsubscribe', link);
    expect(page.body).toContain(MAIL_TEXTS.kk.page.question);
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    await aCancellation(scene);
    await expect.poll(() => subjectsTo(address)).toHaveLength(2);
  });

  test('is refused when the Hub has not signed it, as it is', async () => {
    const { scene, address, link } = await aReader();
    const [text = '', signature = ''] = link.query.token.split('.');
    const [institution, hash, language] = JSON.parse(Buffer.from(text, 'base64url').toString()) as string[];
    expect(institution).toBe(scene.provider.id);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = [
      ...[text, `${text}.`, `${text}.${signature.slice(0, -1)}`, `${text}.${signature}.`, `${text}=.${signature}`],
      `${encode([crypto.randomUUID(), hash, language])}.${signature}`,
      `${encode([institution, 'x'.repeat(43), language])}.${signature}`,
      'x',
    ];
    for (const query of [{}, { token: '' }, { token: 'x'.repeat(513) }, { ...link.query, language: 'ru' }]) {
      expect((await anonymous.call('unsubscribe', { query })).code).toBe('invalid-parameter');
    }
    for (const token of forged) {
      for (const operation of ['unsubscribe', 'askToUnsubscribe'] as const) {
        expect((await anonymous.call(operation, { query: { token } })).code).toBe('invalid-unsubscribe-link');
      }
    }
    expect(await mailboxes(scene.provider.id)).toEqual([]);
    await aCancellation(scene);
    await expect.poll(() => subjectsTo(address)).toHaveLength(2);
  });
});

describe.skipIf(DEPLOYED)('mail that does not arrive', () => {
  // SES answers for these addresses as it would for a mailbox that is not there, or whose owner complains.
  test.each(['bounce', 'complaint'])('ends with a %s, and the coordinator is told', async (kind) => {
    const scene = await aGrant({ nominal: 5 });
    const address = `${kind}+${crypto.randomUUID()}@simulator.amazonses.com`;
    const [coordinator, technical] = [anAddress(), anAddress()];
    const contacts = [
      { role: 'clinical', email: address },
      { role: 'coordination', email: coordinator, language: 'ru', mail: 'essential' },
      { role: 'technical', email: technical },
    ] as const;
    const failing = MAIL_TEXTS.ru.failing.subject;
    await nameContacts(scene.provider.id, contacts);
    await aCancellation(scene);
    await expect.poll(() => subjectsTo(coordinator)).toEqual([failing]);
    const [told] = await mailTo(coordinator);
    expect(told?.text).toContain(MAIL_TEXTS.ru.roles.clinical);
    expect(told?.text).not.toContain('simulator');
    expect(await mailTo(technical)).toEqual([]);

    // Nothing more, not even what is essential,
    await anOffer(await aGrant({ provider: scene.provider, nominal: 1 }));
    await expect.poll(() => subjectsTo(coordinator)).toContain(MAIL_TEXTS.ru.events['booking.offered'].subject);
    await aCancellation(scene);
    expect(await subjectsTo(address)).toEqual([subject(CANCELLED)]);
    // until the coordinator has looked after the contacts.
    await nameContacts(scene.provider.id, contacts, 1);
    await aCancellation(scene);
    await expect.poll(() => subjectsTo(address)).toHaveLength(2);
    await expect
      .poll(async () => (await subjectsTo(coordinator)).filter((each) => each === failing))
      .toEqual([failing, failing]);
  });

  test('for a while only is not given up', async () => {
    const { id } = await anInstitution();
    const [address, coordinator] = [anAddress(), anAddress()];
    await nameContacts(id, [
      { role: 'clinical', email: address },
      { role: 'coordination', email: coordinator },
    ]);
    const bounce = { bounceType: 'Transient', bouncedRecipients: [{ emailAddress: address }] };
    const detail = { eventType: 'Bounce', bounce, mail: { tags: { institution: [id], contacts: ['1'] } } };
    const record = { messageId: 'm', body: JSON.stringify({ source: 'aws.ses', detail }) };
    expect(await hub.invoke('MailMailer', { Records: [record] })).toEqual({ batchItemFailures: [] });
    expect(await mailboxes(id)).toEqual([]);
    expect(await mailTo(coordinator)).toEqual([]);
  });

  test('is told to everybody else, where there is no other coordinator', async () => {
    const scene = await aGrant({ nominal: 2 });
    const technical = anAddress();
    await nameContacts(scene.provider.id, [
      { role: 'coordination', email: `bounce+${crypto.randomUUID()}@simulator.amazonses.com` },
      { role: 'technical', email: technical },
    ]);
    await aCancellation(scene);
    await expect.poll(() => subjectsTo(technical)).toEqual([MAIL_TEXTS.en.failing.subject]);
  });
});
