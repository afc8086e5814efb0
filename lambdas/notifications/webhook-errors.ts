import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals about webhooks, each named after the precondition that failed. */

export const ReceiverNotAllowed: ProblemType = {
  code: 'receiver-not-allowed',
  status: 422,
  title: 'The Hub does not call this address',
  advice:
    'Give an `https` URL of a host on the public internet, without a user name, password or fragment. Private, loopback and link-local addresses are not called, whatever name leads to them.',
};

export const TooManyWebhooks: ProblemType = {
  code: 'too-many-webhooks',
  status: 409,
  title: 'Your institution has as many webhooks as it can have',
  advice: 'Remove one that is not needed, or let one receive more types of events.',
  uncounted: true,
};

export const WebhookDisabled: ProblemType = {
  code: 'webhook-disabled',
  status: 409,
  title: 'The webhook is disabled',
  advice: '`reason` of the webhook says why. Set its `status` to `active` first; what waits for it is then sent.',
  uncounted: true,
};

export const WEBHOOK_PROBLEMS: readonly ProblemType[] = [ReceiverNotAllowed, TooManyWebhooks, WebhookDisabled];
