import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';

import { mailAll } from './mail.ts';
import { mailPorts } from './mail-deployed-ports.ts';

const ports = mailPorts();

/** Mails the contacts of institutions what concerns them. */
export function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  return mailAll(ports, Records);
}
