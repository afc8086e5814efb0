import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { LocalizedText } from '../shared/values.ts';
import type { Achieved } from './achieved.ts';
import type { CertificateName } from './application-contract.ts';
import { LIST_BITS, type StatusPlace } from './credential-model.ts';

/**
 * What is signed.
 * @see Open Badges Specification 3.0 (1EdTech), Verifiable Credentials Data Model 2.0 and Bitstring Status List 1.0 (W3C)
 */

/** Who issues: the Hub, known by where it is. */
export interface Issuer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly did: string;
}

/** @param url of the API @see did:web method specification: the port is escaped */
export function issuerAt(url: string): Issuer {
  return { url, did: `did:web:${new URL(url).host.replace(':', '%3A')}` };
}

const HUB_NAME = 'Oncology Collaboration Hub';
const CONTEXT = ['https://www.w3.org/ns/credentials/v2'];
const BADGE_CONTEXT = [...CONTEXT, 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'];

export const credentialUrl = ({ url }: Issuer, credentialId: string): string => `${url}/v1/credentials/${credentialId}`;
const listUrl = ({ url }: Issuer, list: number): string => `${url}/v1/credential-status-lists/${String(list)}`;

const profileOf = ({ did, url }: Issuer) => ({ id: did, type: ['Profile'], name: HUB_NAME, url });

/** The text in English where there is one. */
export function inOneLanguage(text: LocalizedText): { readonly language: string; readonly text: string } {
  const [language = 'en', only = ''] =
    Object.entries(text).find(([tag]) => tag === 'en') ?? Object.entries(text)[0] ?? [];
  return { language, text: only };
}

/** A salted hash, as Open Badges have it of who they are about. @see Open Badges 3.0, IdentityHash */
export function identityHash({ displayName, salt }: Pick<CertificateName, 'displayName' | 'salt'>): string {
  return `sha256$${createHash('sha256')
    .update(displayName + salt)
    .digest('hex')}`;
}

/** To the second, as the claim is that must say the same. @see Open Badges 3.0, section 8.2.4 */
const secondOf = (moment: Date): string => `${moment.toISOString().slice(0, 19)}Z`;

/** What is signed: an `AchievementCredential`. @param subject UUID of who it is about, known nowhere else */
export function achievementCredential(
  issuer: Issuer,
  {
    id,
    subject,
    place,
    now,
  }: { readonly id: string; readonly subject: string; readonly place: StatusPlace; readonly now: Date },
  achieved: Achieved,
) {
  const { dates, credits, name } = achieved;
  const title = inOneLanguage(achieved.title);
  const midnight = (date: string): string => `${date}T00:00:00Z`;
  return {
    '@context': BADGE_CONTEXT,
    id: credentialUrl(issuer, id),
    type: ['VerifiableCredential', 'AchievementCredential'],
    name: title.text,
    issuer: profileOf(issuer),
    validFrom: secondOf(now),
    credentialSubject: {
      id: `urn:uuid:${subject}`,
      type: ['AchievementSubject'],
      activityStartDate: midnight(dates.from),
      activityEndDate: midnight(dates.to),
      ...(credits && { creditsEarned: credits.amount }),
      ...(name && {
        identifier: [{ type: 'IdentityObject', hashed: true, identityHash: identityHash(name), identityType: 'name' }],
      }),
      achievement: {
        id: issuer.url + achieved.path,
        type: ['Achievement'],
        achievementType: achieved.type,
        inLanguage: title.language,
        name: title.text,
        description: achieved.description,
        criteria: { narrative: achieved.criteria },
        creator: {
          id: `${issuer.url}/v1/institutions/${achieved.hostId}`,
          type: ['Profile'],
          name: inOneLanguage(achieved.host).text,
        },
        ...(credits && { creditsAvailable: credits.amount }),
        tag: [...achieved.tags],
      },
    },
    credentialStatus: {
      id: `${listUrl(issuer, place.list)}#${String(place.index)}`,
      type: 'BitstringStatusListEntry',
      statusPurpose: 'revocation',
      statusListIndex: String(place.index),
      statusListCredential: listUrl(issuer, place.list),
    },
  };
}

/** Says of every credential of a list whether it is revoked. @param revoked their places in it */
export function statusListCredential(issuer: Issuer, list: number, revoked: readonly number[], now: Date) {
  const bits = Buffer.alloc(LIST_BITS / 8);
  for (const index of revoked) bits.writeUInt8(bits.readUInt8(index >> 3) | (0x80 >> (index & 7)), index >> 3);
  return {
    '@context': CONTEXT,
    id: listUrl(issuer, list),
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: issuer.did,
    validFrom: secondOf(now),
    credentialSubject: {
      id: `${listUrl(issuer, list)}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      // Multibase: base64url without padding.
      encodedList: `u${gzipSync(bits).toString('base64url')}`,
    },
  };
}
