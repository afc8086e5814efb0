import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

import { ANCHORS, Anchor, anchorKey } from './anchor-model.ts';

/** Anchors in the document bucket, each under object lock from the moment it is there. */
export class AnchorBucket {
  readonly #client = new S3Client({ maxAttempts: 3 });
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Keys of all anchors, oldest first. */
  async keys(): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({ Bucket: this.#name, Prefix: ANCHORS, ContinuationToken }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return keys.toSorted();
  }

  async read(key: string): Promise<Anchor> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#name, Key: key }));
    return Anchor.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  }

  /** Puts an anchor that nobody can change or remove before a day. @returns false when its day has one */
  async put(anchor: Anchor, keptUntil: Date): Promise<boolean> {
    try {
      await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#name,
          Key: anchorKey(anchor.date),
          Body: JSON.stringify(anchor),
          ContentType: 'application/json',
          IfNoneMatch: '*',
          ObjectLockMode: 'COMPLIANCE',
          ObjectLockRetainUntilDate: keptUntil,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'PreconditionFailed') return false;
      throw error;
    }
  }
}
