import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';

import { anAgreement } from '../support/agreements.ts';
import { api } from '../support/client.ts';
import {
  aDescription,
  aPdf,
  available,
  becomes,
  described,
  download,
  read,
  send,
  uploaded,
} from '../support/documents.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { engine, hub, hubFacts } from '../support/hub.ts';

const objectsOf = async (id: string): Promise<string[]> => (await hub.objectKeys()).filter((key) => key.includes(id));

async function versionOf({ coordinator }: Pick<Institution, 'coordinator'>, id: string): Promise<string> {
  return (await coordinator.call('getDocument', { params: { documentId: id } })).headers.etag ?? '';
}

async function remove(owner: Institution, id: string, ifMatch?: string) {
  const params = { documentId: id };
  return owner.coordinator.call('deleteDocument', { params, ifMatch: ifMatch ?? (await versionOf(owner, id)) });
}

async function hold(owner: Institution, id: string, held: boolean) {
  const ifMatch = await versionOf(owner, id);
  return api((await anInstitution()).id, 'hub-admin').call('holdDocument', {
    params: { documentId: id },
    body: { held },
    ifMatch,
  });
}

describe('a document', () => {
  test('that is deleted is downloaded no more, and says until when its bytes are kept', async () => {
    const owner = await anInstitution();
    const { id } = await available(owner);
    expect((await remove(owner, id, '"1"')).code).toBe('stale-version');
    const deleted = (await remove(owner, id)).ok;
    expect(deleted.status).toBe('deleted');
    const days = (Date.parse(deleted.keptUntil ?? '') - Date.parse(deleted.endedAt ?? '')) / 86_400_000;
    expect(days).toBe(365);
    expect((await download(owner.coordinator, { id })).code).toBe('document-not-available');
    expect((await remove(owner, id)).code).toBe('document-not-deletable');
  });

  test('that is deleted before its file has come takes none, and leaves nothing', async () => {
    const owner = await anInstitution();
    const bytes = aPdf();
    const { id, upload } = await described(owner, bytes);
    expect((await remove(owner, id)).ok).toMatchObject({ status: 'deleted', reason: 'upload-cancelled' });
    if (upload === undefined) throw new Error('There is no link');
    await send(upload, bytes);
    await expect.poll(() => objectsOf(id)).toEqual([]);
    expect((await read(owner.coordinator, { id })).status).toBe('deleted');
  });

  test('that is held is not deleted, until the hold is lifted', async () => {
    const owner = await anInstitution();
    const { id } = await available(owner);
    expect(
      (
        await owner.coordinator.call('holdDocument', {
          params: { documentId: id },
          body: { held: true },
          ifMatch: '"1"',
        })
      ).code,
    ).toBe('role-not-permitted');
    expect((await hold(owner, id, true)).ok.held).toBe(true);
    expect((await remove(owner, id)).code).toBe('document-held');
    expect((await hold(owner, id, false)).ok.held).toBe(false);
    expect((await remove(owner, id)).ok.status).toBe('deleted');
  });

  test('that says what was agreed is locked', async () => {
    const { id: agreementId, parties } = await anAgreement();
    await hub.drainStreams();
    const over = { purpose: 'agreement-text', resource: { type: 'agreement', id: agreementId } };
    const document = await available(parties[0], aPdf(), over);
    expect(Date.parse(document.lockedUntil ?? '')).toBeGreaterThan(Date.now());
    expect((await remove(parties[0], document.id)).code).toBe('document-locked');
  });

  test('is superseded by its next version, by one only', async () => {
    const owner = await anInstitution();
    const first = await available(owner);
    const over = { supersedes: first.id };
    const rivals = [aPdf(), aPdf()];
    const made = [];
    for (const bytes of rivals) made.push(await uploaded(owner, bytes, over));
    for (const { id } of made) {
      await expect.poll(async () => (await read(owner.coordinator, { id })).status).toMatch(/^(available|rejected)$/);
    }
    const now = await Promise.all(made.map((each) => read(owner.coordinator, each)));
    const winner = now.find(({ status }) => status === 'available');
    expect(now.map(({ status, reason }) => reason ?? status).toSorted()).toEqual(['available', 'overtaken']);
    const old = await read(owner.coordinator, first);
    expect(old).toMatchObject({ status: 'superseded', supersededBy: winner?.id });
    expect((await download(owner.coordinator, first)).ok.name).toBe('report.pdf');

    const again = await owner.coordinator.call('createDocument', { body: aDescription(aPdf(), over) });
    expect(again.problem).toMatchObject({ status: 409, type: '/problems/predecessor-not-replaceable' });
  });

  test.each([
    ['of another institution', async () => (await available(await anInstitution())).id],
    ['that there is not', () => crypto.randomUUID()],
  ])('supersedes none %s', async (_what, other) => {
    const owner = await anInstitution();
    const body = aDescription(aPdf(), { supersedes: await other() });
    const answer = await owner.coordinator.call('createDocument', { body });
    expect(answer.code).toBe('predecessor-not-replaceable');
    expect(answer.problem).not.toHaveProperty('status', 'available');
  });
});

/** Lets time pass for a document: what waits for it is due. @param status that it has had since, if another */
async function makeDue(id: string, status?: string): Promise<void> {
  const client = await engine();
  const TableName = (await hubFacts()).tables.documents;
  const past = new Date(Date.now() - 1000).toISOString();
  const long = new Date(Date.now() - 2 * 86_400_000).toISOString();
  const set = (key: object, expression: string, names: Record<string, string>, values: Record<string, unknown>) =>
    client.send(
      new UpdateCommand({
        ...{ TableName, Key: key, UpdateExpression: `SET ${expression}` },
        ...{ ExpressionAttributeNames: names, ExpressionAttributeValues: values },
      }),
    );
  const document = { pk: `DOCUMENT#${id}`, sk: 'DOCUMENT' };
  await set(document, '#until = :past', { '#until': 'uploadBefore' }, { ':past': past });
  if (status !== undefined) {
    const names = { '#status': 'status', '#updated': 'updatedAt' };
    await set(document, '#status = :status, #updated = :long', names, { ':status': status, ':long': long });
  }
  await set({ pk: 'DUE', sk: `${past}#${id}` }, '#version = :one', { '#version': 'version' }, { ':one': 1 });
}

describe('the sweep', () => {
  const sweep = () => hub.runSchedule('DocumentsSweepSchedule');

  test('gives up what was described and never uploaded', async () => {
    const owner = await anInstitution();
    const { id } = await described(owner, aPdf());
    await makeDue(id);
    await sweep();
    expect(await read(owner.coordinator, { id })).toMatchObject({ status: 'rejected', reason: 'never-uploaded' });
  });

  test('leaves what is still waited for', async () => {
    const owner = await anInstitution();
    const bytes = aPdf();
    const { id, upload } = await described(owner, bytes);
    await sweep();
    if (upload === undefined) throw new Error('There is no link');
    expect((await send(upload, bytes)).status).toBe(200);
    await becomes(owner, { id }, 'available');
  });

  test('checks again what was not checked to its end', async () => {
    const owner = await anInstitution();
    const { id } = await available(owner);
    await makeDue(id, 'uploaded');
    await sweep();
    // What the scanner had said, if that was before the first check, is still known.
    expect((await read(owner.coordinator, { id })).status).toMatch(/^(scanning|available)$/);
  });

  test('gives up what the scanner has said nothing of for a day', async () => {
    const owner = await anInstitution();
    const { id } = await available(owner);
    await makeDue(id, 'scanning');
    await sweep();
    expect(await read(owner.coordinator, { id })).toMatchObject({ status: 'rejected', reason: 'not-scannable' });
    await expect.poll(() => objectsOf(id)).toEqual([]);
  });

  test('leaves what is available', async () => {
    const owner = await anInstitution();
    const { id } = await available(owner);
    await makeDue(id);
    await sweep();
    expect((await read(owner.coordinator, { id })).status).toBe('available');
    expect(await objectsOf(id)).toHaveLength(1);
  });
});

/** What the scanner says of a document's file, whatever that is. */
async function scanned(owner: Institution, id: string, scanResultStatus: string): Promise<void> {
  const s3ObjectDetails = { objectKey: `documents/${owner.id}/${id}` };
  await hub.invoke('DocumentsScannedFunction', {
    detail: { s3ObjectDetails, scanResultDetails: { scanResultStatus } },
  });
}

test('the scanner may be faster than the news that a file has come', async () => {
  const owner = await anInstitution();
  const bytes = aPdf();
  const { id, upload } = await described(owner, bytes);
  await scanned(owner, id, 'NO_THREATS_FOUND');
  expect((await read(owner.coordinator, { id })).status).toBe('uploaded');
  if (upload === undefined) throw new Error('There is no link');
  await send(upload, bytes);
  await becomes(owner, { id }, 'available');
});

test('what the scanner cannot look into is rejected', async () => {
  const owner = await anInstitution();
  const { id } = await described(owner, aPdf());
  await scanned(owner, id, 'NO_THREATS_FOUND');
  await scanned(owner, id, 'UNSUPPORTED');
  expect(await read(owner.coordinator, { id })).toMatchObject({ status: 'rejected', reason: 'not-scannable' });
});

test('an object that nobody has described is removed as soon as it has come', async () => {
  const owner = await anInstitution();
  const keys = [`documents/${owner.id}/${crypto.randomUUID()}`, `documents/${owner.id}/notes.txt`];
  for (const key of keys) await hub.putObject(key, 'whose is this?');
  await expect.poll(() => objectsOf(owner.id)).toEqual([]);
});
