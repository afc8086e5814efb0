import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { S3Exchange } from '@20minutes/s3rver';

/**
 * What S3 does and the embedded engine does not, as far as the Hub uses it: nobody is served without a signature, nothing
 * is put over something where that was excluded, parts that have arrived are listed, uploads are given up. Retention and
 * legal holds are taken and not kept to: the engine keeps no versions of which they could be.
 */
export function fillGaps(directory: string) {
  const partsIn = (bucket: string, uploadId: string): string => join(directory, bucket, '._S3rver_uploads', uploadId);

  const listParts = async (folder: string): Promise<string> => {
    const numbers = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
    const parts = numbers
      .toSorted((one, other) => one - other)
      // A part that is on its way has no digest yet.
      .filter((number) => existsSync(join(folder, `${String(number)}.md5`)))
      .map(async (number) => {
        const { size } = await stat(join(folder, String(number)));
        return `<Part><PartNumber>${String(number)}</PartNumber><ETag>"${String(number)}"</ETag><Size>${String(size)}</Size></Part>`;
      });
    const listed = (await Promise.all(parts)).join('');
    return `<ListPartsResult><IsTruncated>false</IsTruncated>${listed}</ListPartsResult>`;
  };

  return async (exchange: S3Exchange, next: () => Promise<unknown>): Promise<unknown> => {
    const { method, path, query, headers } = exchange;
    const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/s.exec(path) ?? [];
    if (method === 'OPTIONS' || key === '') return next();
    if (headers['authorization'] === undefined && query['X-Amz-Signature'] === undefined) {
      return answer(exchange, 403, error('AccessDenied', 'Access Denied'));
    }
    if (method === 'PUT' && (query['retention'] !== undefined || query['legal-hold'] !== undefined)) {
      return answer(exchange, 200, '');
    }
    if (headers['if-none-match'] === '*' && existsSync(join(directory, bucket, `${key}._S3rver_object`))) {
      return answer(exchange, 412, error('PreconditionFailed', 'At least one of the pre-conditions did not hold'));
    }
    const { uploadId } = query;
    if (typeof uploadId !== 'string' || !/^[0-9a-f]+$/.test(uploadId)) return next();
    const folder = partsIn(bucket, uploadId);
    if (!existsSync(folder)) {
      return answer(exchange, 404, error('NoSuchUpload', 'The specified upload does not exist'));
    }
    if (method === 'GET') return answer(exchange, 200, await listParts(folder));
    if (method !== 'DELETE') return next();
    await rm(folder, { recursive: true });
    return answer(exchange, 204, '');
  };
}

function answer(exchange: S3Exchange, status: number, body: string): S3Exchange {
  return Object.assign(exchange, { status, type: 'application/xml', body });
}

function error(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
