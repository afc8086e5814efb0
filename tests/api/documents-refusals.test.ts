import { describe, expect, test } from 'vitest';

import { aDescription, aPdf } from '../support/documents.ts';
import { anInstitution } from '../support/factories.ts';

const describeFile = async (over: object) => {
  const { coordinator } = await anInstitution();
  const answer = await coordinator.call('createDocument', { body: aDescription(aPdf(), over) });
  const { items } = (await coordinator.call('listDocuments')).ok;
  if (answer.status >= 400) expect(items).toEqual([]);
  return answer;
};

describe('a file is not described', () => {
  test.each([
    ['../../etc/passwd.pdf'],
    ['..\\windows\\win.pdf'],
    ['/etc/x.pdf'],
    ['C:\\x.pdf'],
    ['a\u0000b.pdf'],
    ['a\r\nSet-Cookie: x=1.pdf'],
    ['invoice\u202Efdp.exe.pdf'],
    ['zero\u200Bwidth.pdf'],
    ['.pdf'],
    ['.hidden.pdf'],
    ['report.pdf '],
    ['report.pdf.'],
    ['CON.pdf'],
    ['report'],
    ['<script>.pdf'],
    ['a?.pdf'],
    ['half \ud800 letter.pdf'],
    ['someone@example.org.pdf'],
    ['patient 930217400123.pdf'],
    [`${'я'.repeat(130)}.pdf`],
    [`${'x'.repeat(100_000)}.pdf`.slice(0, 60_000)],
  ])('by the name %j', async (name) => {
    const answer = await describeFile({ name });
    expect(answer.status).toBe(422);
    expect(new Set(answer.problem.errors?.map(({ pointer }) => pointer))).toEqual(new Set(['/name']));
    expect(answer.bytes.toString()).not.toContain('someone@');
    expect(['file-name-not-safe', 'file-name-contradicts-type']).toContain(answer.code);
  });

  test.each([
    ['a program', { mediaType: 'application/x-msdownload', name: 'a.exe' }, 'media-type-not-taken'],
    ['a web page', { mediaType: 'text/html', name: 'a.html' }, 'media-type-not-taken'],
    ['a picture that can hold scripts', { mediaType: 'image/svg+xml', name: 'a.svg' }, 'media-type-not-taken'],
    ['a name that every object has', { mediaType: 'constructor', name: 'a.pdf' }, 'media-type-not-taken'],
    ['another ending than its type has', { name: 'report.exe' }, 'file-name-contradicts-type'],
    ['no bytes', { size: 0 }, 'document-empty'],
    ['fewer than none', { size: -1 }, 'document-empty'],
    ['more than five gigabytes', { size: 5_000_000_001 }, 'document-too-large'],
    ['patients’ data for everybody', { purpose: 'clinical', classification: 'public' }, 'classification-not-possible'],
    ['what is no patient’s as clinical', { classification: 'clinical' }, 'classification-not-possible'],
    ['an agreement’s text without one', { purpose: 'agreement-text' }, 'classification-not-possible'],
    ['a share of what is not clinical', { sharedWith: [crypto.randomUUID()] }, 'classification-not-possible'],
    [
      'an agreement that nobody knows',
      { purpose: 'agreement-text', resource: { type: 'agreement', id: crypto.randomUUID() } },
      'document-resource-unknown',
    ],
  ])('as %s', async (_what, over, code) => {
    expect((await describeFile(over)).code).toBe(code);
  });
});

test.each([
  'Протокол консилиума № 7 (итог).pdf',
  'Ісследаванне «Міёма».pdf',
  'Ұсыныс – қорытынды.pdf',
  '报告.pdf',
  'résumé ’26 100%;=.pdf',
  "it's.PDF",
])('the name %s is one', async (name) => {
  expect((await describeFile({ name })).ok.name).toBe(name.normalize('NFC'));
});
