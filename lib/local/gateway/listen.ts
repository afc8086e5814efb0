import type { Server } from 'node:http';

/** Connections that may wait to be accepted: a rush of thousands is not turned away by the machine itself. */
const BACKLOG = 4096;

/**
 * Listens on 127.0.0.1.
 * @param port 0 for any free one
 * @returns `http://127.0.0.1:<port>`
 * @throws Error with `code` EADDRINUSE when the port is taken
 */
export async function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: BACKLOG }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
      else resolve(`http://127.0.0.1:${String(address.port)}`);
    });
  });
}
