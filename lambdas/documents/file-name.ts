import * as z from 'zod/mini';

import { FileNameNotSafe } from './errors.ts';

/** Names of files in any language that no file system, browser or header can be tricked by. Pure. */

/** UTF-8, as file systems count. */
const MAX_BYTES = 240;

/** Why a name is refused, without repeating it: it could be a person's. */
const FAULTS: readonly (readonly [(name: string) => boolean, string])[] = [
  [(name) => !name.isWellFormed(), 'must be well-formed Unicode'],
  // Control, format (such as those that turn the direction of writing), private and unassigned characters.
  [(name) => /[\p{C}\p{Zl}\p{Zp}]/u.test(name), 'must not contain control or invisible characters'],
  [(name) => /[/\\<>:"|?*]/.test(name), 'must not contain / \\ < > : " | ? or *'],
  [(name) => /^[.\s]|[.\s]$/.test(name), 'must not begin or end with a dot or a space'],
  [
    (name) => /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name),
    'must not be a name that Windows keeps for devices',
  ],
  [(name) => !/^.+\.[A-Za-z0-9]{1,8}$/.test(name), 'must end in a dot and an ending such as .pdf'],
  [(name) => Buffer.byteLength(name) > MAX_BYTES, `must not be longer than ${String(MAX_BYTES)} bytes in UTF-8`],
  [
    (name) => /@|\d{9}|(?<!\d)\+\d/.test(name),
    'must not contain an e-mail address, or a number as long as a phone or identity number',
  ],
];

function faultOf(name: string): string | undefined {
  // Too long anyway: no pattern is kept busy by it.
  if (name.length > MAX_BYTES) return `must not be longer than ${String(MAX_BYTES)} bytes in UTF-8`;
  return FAULTS.find(([isAtFault]) => isAtFault(name))?.[1];
}

export const FileName = z
  .string()
  .check(
    z.superRefine((name, context) => {
      const message = faultOf(name);
      if (message !== undefined) context.addIssue({ code: 'custom', params: { problem: FileNameNotSafe }, message });
    }),
    // One spelling for what looks the same.
    z.normalize('NFC'),
  )
  .register(z.globalRegistry, {
    id: 'FileName',
    description:
      'The name that whoever downloads the file gets, in any language: no path, no control characters, nothing personal.',
    examples: ['Протокол консилиума 2026-03.pdf'],
  });

/** The ending of a name, in small letters. */
export function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

/**
 * The `Content-Disposition` of a download.
 * Sources: RFC 6266, section 4; RFC 8187, section 3.2, for names outside ASCII; appendix D of RFC 6266 for both together.
 */
export function attachmentNamed(name: string): string {
  const ascii = name.normalize('NFKD').replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
