import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';

import type { Message } from './compose.ts';

/** Sending mail. Locally the same requests are answered by the local runtime, which writes them down. */

export interface Mail extends Message {
  readonly to: string;
  /** Where the reader ends mail of this kind with one click [RFC 8058]; nothing where it cannot be ended. */
  readonly unsubscribe?: string | undefined;
  /** What comes back with what becomes of it: letters, digits, `-` and `_` only. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 2500, requestTimeout: 5000, throwOnRequestTimeout: true };

const text = (Data: string) => ({ Data, Charset: 'UTF-8' });

export class SesMailer implements Mailer {
  readonly #client = new SESv2Client({ maxAttempts: 3, requestHandler: TIMEOUTS });
  readonly #sender: string;
  readonly #configurationSet: string;

  constructor(sender: string, configurationSet: string) {
    this.#sender = sender;
    this.#configurationSet = configurationSet;
  }

  async send({ to, subject, text: body, unsubscribe, tags }: Mail): Promise<void> {
    const headers = [
      // So that no absence notice answers it.
      { Name: 'Auto-Submitted', Value: 'auto-generated' },
      ...(unsubscribe === undefined
        ? []
        : [
            { Name: 'List-Unsubscribe', Value: `<${unsubscribe}>` },
            { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
          ]),
    ];
    await this.#client.send(
      new SendEmailCommand({
        FromEmailAddress: `Oncology Collaboration Hub <${this.#sender}>`,
        Destination: { ToAddresses: [to] },
        Content: { Simple: { Subject: text(subject), Body: { Text: text(body) }, Headers: headers } },
        ConfigurationSetName: this.#configurationSet,
        EmailTags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
  }
}
