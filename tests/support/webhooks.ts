import { Webhook as Verifier } from 'standardwebhooks';

import { api, type Client } from './client.ts';
import { anInstitution, aPoolBody } from './factories.ts';
import { DEPLOYED } from './hub.ts';
import { type Call, Receiver } from './receiver.ts';
import type { AnswerOf } from './routes.ts';

export type Webhook = AnswerOf<'createWebhook'>;

/** @param what such as `booking.held` */
export const typeOf = (what: string): string => `org.oncology-hub.${what}.v1`;

export const paramsOf = ({ id }: Pick<Webhook, 'id'>) => ({ webhookId: id });

/** Where nobody listens: on this machine, or, for a deployed Hub, which does not call this machine, on the internet. */
export const NOBODY = DEPLOYED ? 'https://hooks.example.com/' : 'http://127.0.0.1:9/';

/** A webhook of an institution's, and a delivery to it that does not arrive. */
export async function aSilentWebhook(client: Client): Promise<{ webhookId: string; deliveryId: string }> {
  const body = { url: NOBODY, eventTypes: [typeOf('transfer.made')] };
  const { id: webhookId } = (await client.call('createWebhook', { body })).ok;
  const { id: deliveryId } = (await client.call('testWebhook', { params: { webhookId } })).ok;
  return { webhookId, deliveryId };
}

/** Verifies a call as a partner does, with the reference library: the Hub signs by itself. @throws Error */
export const verified = (secret: string | undefined, { body, headers }: Call): unknown =>
  new Verifier(String(secret)).verify(body, headers);

/** An institution of which nobody else knows, with a system on this machine. */
export class WebhookOwner {
  readonly institutionId: string;
  readonly client: Client;
  readonly receiver: Receiver;

  private constructor(institutionId: string, receiver: Receiver) {
    this.institutionId = institutionId;
    this.client = api(institutionId);
    this.receiver = receiver;
  }

  static async open(): Promise<WebhookOwner> {
    return new WebhookOwner((await anInstitution()).id, await Receiver.open());
  }

  /** A webhook that is told of pools. */
  async webhook(body: object = {}): Promise<Webhook> {
    const usual = { url: DEPLOYED ? NOBODY : this.receiver.url, eventTypes: [typeOf('pool.offered')] };
    return (await this.client.call('createWebhook', { body: { ...usual, ...body } })).ok;
  }

  async deliveries(webhook: Webhook) {
    return (await this.client.call('listDeliveries', { params: paramsOf(webhook) })).ok.items;
  }

  async trial(webhook: Webhook) {
    return (await this.client.call('testWebhook', { params: paramsOf(webhook) })).ok;
  }

  /** Changes a webhook as it is by now. */
  async change(webhook: Webhook, body: object) {
    const { headers } = await this.client.call('getWebhook', { params: paramsOf(webhook) });
    return this.client.call('updateWebhook', {
      params: paramsOf(webhook),
      body,
      ifMatch: String(headers['etag']),
    });
  }

  /** Opens a pool. */
  async happens(): Promise<string> {
    return (await this.client.call('createPool', { body: aPoolBody() })).ok.id;
  }
}
