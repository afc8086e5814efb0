import type { IncomingMessage } from 'node:http';

/**
 * Reads a request's body.
 * @param limit bytes
 * @returns the bytes (none for no body), or `too-large` as soon as that is certain; the rest is then left unread
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | 'too-large'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return 'too-large';
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    if (request.destroyed && !request.readableEnded) reject(new Error('The client went away.'));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data').pause();
        resolve('too-large');
      } else chunks.push(chunk);
    });
    request.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    request.once('error', reject);
    request.once('close', () => {
      reject(new Error('The client went away.'));
    });
  });
}
