import { randomUUID } from 'node:crypto';

import * as z from 'zod/mini';

import type { RestApi } from '../gateway/control-plane.ts';
import type { Call } from '../permissions/calls.ts';
import type { Rules } from '../triggers/rules.ts';
import type { Outbox } from './outbox.ts';

/**
 * SES's own API, as far as functions call it: sending a message.
 * Source: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */

const Text = z.object({ Data: z.string() });
const Pair = z.object({ Name: z.string(), Value: z.string() });
const SendEmail = z.object({
  FromEmailAddress: z.string(),
  Destination: z.object({ ToAddresses: z.array(z.string()).check(z.minLength(1)) }),
  Content: z.object({
    Simple: z.object({
      Subject: Text,
      Body: z.object({ Text }),
      Headers: z._default(z.array(Pair), []),
    }),
  }),
  ConfigurationSetName: z.optional(z.string()),
  EmailTags: z._default(z.array(Pair), []),
});

export interface LocalSes {
  readonly region: string;
  readonly accountId: string;
  readonly outbox: Outbox;
  readonly deliver: Rules['deliver'];
  /** @returns the call, when it is not allowed */
  readonly refused: (functionName: string, call: Call) => Call | undefined;
}

const addressIn = (mailbox: string): string => /<([^>]+)>$/.exec(mailbox)?.[1] ?? mailbox;

/**
 * The addresses with which SES lets everybody try what becomes of mail.
 * Source: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
const SIMULATED = /^(bounce|complaint)(?:\+[\w-]+)?@simulator\.amazonses\.com$/;

export function sesApi({ region, accountId, outbox, deliver, refused }: LocalSes): RestApi {
  const arn = (resource: string): string => `arn:aws:ses:${region}:${accountId}:${resource}`;
  return async ({ functionName, method, path, body }) => {
    if (method !== 'POST' || path !== '/v2/email/outbound-emails') return undefined;
    const { FromEmailAddress: from, Destination, Content, ConfigurationSetName, EmailTags } = SendEmail.parse(body);
    const domain = addressIn(from).replace(/^.*@/, '');
    const resources = [
      `identity/${domain}`,
      ...(ConfigurationSetName ? [`configuration-set/${ConfigurationSetName}`] : []),
    ];
    const call = resources
      .map((resource) => ({ action: 'ses:SendEmail', resource: arn(resource) }))
      .find((each) => refused(functionName, each) !== undefined);
    if (call !== undefined) {
      const message = `User: ${functionName} is not authorized to perform: ses:SendEmail on resource: ${call.resource}`;
      return { status: 403, error: 'AccessDeniedException', body: { message } };
    }
    const id = randomUUID();
    const { Subject, Body, Headers } = Content.Simple;
    const to = Destination.ToAddresses;
    await outbox.write({
      ...{ id, from, to, subject: Subject.Data, text: Body.Text.Data },
      headers: Headers.map(({ Name: key, Value: value }) => ({ key, value })),
    });
    const tags = {
      ...Object.fromEntries(EmailTags.map(({ Name, Value }) => [Name, [Value]])),
      ...(ConfigurationSetName && { 'ses:configuration-set': [ConfigurationSetName] }),
    };
    for (const address of to) {
      const detail = feedbackOn(address);
      if (detail === undefined) continue;
      deliver(undefined, {
        ...{
          version: '0',
          id: randomUUID(),
          source: 'aws.ses',
          account: accountId,
          region,
          resources: [arn(`identity/${domain}`)],
        },
        ...{ 'detail-type': detail.type, time: new Date().toISOString() },
        detail: { ...detail.told, mail: { messageId: id, destination: to, tags } },
      });
    }
    return { status: 200, body: { MessageId: id } };
  };
}

/** What SES tells of mail to an address that it simulates. */
function feedbackOn(address: string) {
  const emailAddress = addressIn(address);
  const [, kind] = SIMULATED.exec(emailAddress) ?? [];
  if (kind === 'bounce') {
    const bounce = { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: [{ emailAddress }] };
    return { type: 'Email Bounced', told: { eventType: 'Bounce', bounce } };
  }
  if (kind === 'complaint') {
    const complaint = { complainedRecipients: [{ emailAddress }], complaintFeedbackType: 'abuse' };
    return { type: 'Email Complaint Received', told: { eventType: 'Complaint', complaint } };
  }
  return undefined;
}
