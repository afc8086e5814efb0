import { sendDigests } from './digest.ts';
import { mailPorts } from './mail-deployed-ports.ts';

const ports = mailPorts();

/** Sends the day's digests. */
export function handler(): Promise<void> {
  return sendDigests(ports);
}
