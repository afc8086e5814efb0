import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import type { Part } from './model.ts';

/** Where the bytes of documents are: the only module that knows S3. */

/** An object, and which of its versions; the embedded store keeps none. */
export interface StoredObject {
  readonly key: string;
  readonly version?: string | undefined;
}

/** A file as it is declared; whoever has its link can send nothing else. */
export interface DeclaredFile {
  readonly key: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface UploadedPart {
  readonly part: number;
  readonly tag: string;
  readonly size: number;
}

const at = ({ key, version }: StoredObject) => ({ Key: key, ...(version === undefined ? {} : { VersionId: version }) });

export class DocumentStore {
  /** No checksum of the SDK's own: a link's are those of the file it is for. */
  readonly #client = new S3Client({ maxAttempts: 3, requestChecksumCalculation: 'WHEN_REQUIRED' });
  readonly #bucket: string;

  constructor(bucket: string) {
    this.#bucket = bucket;
  }

  /**
   * A request that puts exactly this file where nothing is yet. All of it is in the signature.
   * @param seconds for which it is good
   */
  async uploadLink({ key, mediaType, size, sha256 }: DeclaredFile, seconds: number): Promise<SignedRequest> {
    const checksum = Buffer.from(sha256, 'hex').toString('base64');
    const headers = {
      'content-length': String(size),
      'content-type': mediaType,
      'if-none-match': '*',
      'x-amz-checksum-sha256': checksum,
    };
    const command = new PutObjectCommand({
      ...{ Bucket: this.#bucket, Key: key, ContentType: mediaType, ContentLength: size },
      ...{ IfNoneMatch: '*', ChecksumSHA256: checksum },
    });
    const names = new Set(Object.keys(headers));
    const url = await getSignedUrl(this.#client, command, {
      expiresIn: seconds,
      signableHeaders: names,
      unhoistableHeaders: names,
    });
    return { url, headers };
  }

  /** A request that puts a part of this size. @param seconds for which it is good */
  async partLink(key: string, uploadId: string, { part, size }: Part, seconds: number): Promise<SignedRequest> {
    const headers = { 'content-length': String(size) };
    const names = new Set(Object.keys(headers));
    const url = await getSignedUrl(
      this.#client,
      new UploadPartCommand({
        ...{ Bucket: this.#bucket, Key: key, UploadId: uploadId },
        ...{ PartNumber: part, ContentLength: size },
      }),
      { expiresIn: seconds, signableHeaders: names, unhoistableHeaders: names },
    );
    return { url, headers };
  }

  /** A link under which the bytes are had as a file of this name and type. @param seconds for which it is good */
  async downloadLink(
    object: StoredObject,
    { disposition, mediaType }: { readonly disposition: string; readonly mediaType: string },
    seconds: number,
  ): Promise<string> {
    const command = new GetObjectCommand({
      ...{ Bucket: this.#bucket, ...at(object) },
      ...{ ResponseContentDisposition: disposition, ResponseContentType: mediaType },
    });
    return getSignedUrl(this.#client, command, { expiresIn: seconds });
  }

  /** What is there now behind a key; `undefined` when nothing is. */
  async find(key: string): Promise<StoredObject | undefined> {
    try {
      const { VersionId } = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return { key, version: VersionId };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The bytes, as they come; `undefined` when there are none. */
  async read(object: StoredObject): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, ...at(object) }));
      return Body?.transformToWebStream();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Removes an object for good; without a version it is hidden, and what is hidden is removed by the bucket's rules. */
  async remove(object: StoredObject): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, ...at(object) }));
  }

  /** Puts an object's tags in the place of those it has. */
  async tag(object: StoredObject, tags: Readonly<Record<string, string>>): Promise<void> {
    const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    await this.#client.send(new PutObjectTaggingCommand({ Bucket: this.#bucket, ...at(object), Tagging: { TagSet } }));
  }

  /** Keeps an object from being changed or removed by anybody before a day. */
  async lock(object: StoredObject, until: Date): Promise<void> {
    const Retention = { Mode: 'COMPLIANCE', RetainUntilDate: until } as const;
    await this.#client.send(new PutObjectRetentionCommand({ Bucket: this.#bucket, ...at(object), Retention }));
  }

  /** Keeps an object from being removed until that is lifted. */
  async hold(object: StoredObject, held: boolean): Promise<void> {
    const LegalHold = { Status: held ? 'ON' : 'OFF' } as const;
    await this.#client.send(new PutObjectLegalHoldCommand({ Bucket: this.#bucket, ...at(object), LegalHold }));
  }

  /** A page of the objects behind a prefix, by key. @param after key of the last one of the page before */
  async list(prefix: string, limit: number, after?: string): Promise<{ key: string; since: Date }[]> {
    const { Contents = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, MaxKeys: limit, StartAfter: after }),
    );
    return Contents.map(({ Key = '', LastModified = new Date(0) }) => ({ key: Key, since: LastModified }));
  }

  /** @returns the store's name for the upload */
  async beginParts({ key, mediaType }: Pick<DeclaredFile, 'key' | 'mediaType'>): Promise<string> {
    const { UploadId } = await this.#client.send(
      new CreateMultipartUploadCommand({ Bucket: this.#bucket, Key: key, ContentType: mediaType }),
    );
    if (UploadId === undefined) throw new Error('The store gave the upload no name');
    return UploadId;
  }

  /** The parts that are there, in order; `undefined` when the upload is over. */
  async parts(key: string, uploadId: string): Promise<UploadedPart[] | undefined> {
    const found: UploadedPart[] = [];
    let marker: string | undefined;
    try {
      do {
        const page = await this.#client.send(
          new ListPartsCommand({ Bucket: this.#bucket, Key: key, UploadId: uploadId, PartNumberMarker: marker }),
        );
        for (const { PartNumber: part = 0, ETag: tag = '', Size: size = 0 } of page.Parts ?? []) {
          found.push({ part, tag, size });
        }
        marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    return found;
  }

  /** Makes one object of the parts, where nothing is yet. Nothing happens when that was done before. */
  async join(key: string, uploadId: string, parts: readonly UploadedPart[]): Promise<void> {
    const Parts = parts.map(({ part, tag }) => ({ PartNumber: part, ETag: tag }));
    try {
      await this.#client.send(
        new CompleteMultipartUploadCommand({
          ...{ Bucket: this.#bucket, Key: key, UploadId: uploadId, IfNoneMatch: '*' },
          MultipartUpload: { Parts },
        }),
      );
    } catch (error) {
      if (!isMissing(error) && !(error instanceof Error && error.name === 'PreconditionFailed')) throw error;
    }
  }

  /** Gives an upload up, with the parts that are there. */
  async abort(key: string, uploadId: string): Promise<void> {
    try {
      await this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key: key, UploadId: uploadId }));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

const MISSING: readonly string[] = ['NotFound', 'NoSuchKey', 'NoSuchUpload', 'NoSuchVersion'];

function isMissing(error: unknown): boolean {
  return error instanceof Error && MISSING.includes(error.name);
}
