import QRCode from 'qrcode/lib/core/qrcode.js';

import type { LocalizedText } from '../shared/values.ts';
import type { Achieved } from './achieved.ts';
import type { CertificateLanguage, CredentialRepresentation } from './credential-contract.ts';
import { inOneLanguage } from './open-badge.ts';

/** A credential for people: the certificate to print, and the page that its QR code leads to. Pure. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What somebody has written, as text of a document. Control characters are no part of XML. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text
    .replaceAll(/[&<>"']/g, (found) => ESCAPES[found] ?? '')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
}

interface Texts {
  readonly title: string;
  readonly certifies: string;
  readonly nobody: string;
  readonly completed: string;
  readonly attended: string;
  readonly credits: string;
  readonly verify: string;
}

const TEXTS: Readonly<Record<CertificateLanguage, Texts>> = {
  en: {
    title: 'Certificate',
    certifies: 'This is to certify that',
    nobody: 'the holder of this credential',
    completed: 'has completed',
    attended: 'has attended',
    credits: 'Credits',
    verify: 'Scan to verify',
  },
  ru: {
    title: 'Сертификат',
    certifies: 'Настоящим подтверждается, что',
    nobody: 'владелец этого свидетельства',
    completed: 'завершил(а) программу',
    attended: 'принял(а) участие в мероприятии',
    credits: 'Кредиты',
    verify: 'Проверить подлинность',
  },
  kk: {
    title: 'Сертификат',
    certifies: 'Осымен расталады:',
    nobody: 'осы куәліктің иесі',
    completed: 'бағдарламаны аяқтады',
    attended: 'іс-шараға қатысты',
    credits: 'Кредиттер',
    verify: 'Түпнұсқалығын тексеру',
  },
};

const inLanguage = (text: LocalizedText, language: string): string => text[language] ?? inOneLanguage(text).text;

/** A QR code as one path, each dark module a square of 1 by 1. */
function qrPath(text: string): { readonly path: string; readonly size: number } {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const squares = Array.from(data, (dark, at) =>
    dark === 0 ? '' : `M${String(at % size)} ${String(Math.floor(at / size))}h1v1h-1z`,
  );
  return { path: squares.join(''), size };
}

/** Millimetres that a line may be long; longer ones are pressed together. */
const LINE = 240;
/** A wide letter, by the size of the type. */
const LETTER = 0.62;

function line(y: number, size: number, text: string, weight = 'normal'): string {
  const pressed =
    text.length * size * LETTER > LINE ? ` textLength="${String(LINE)}" lengthAdjust="spacingAndGlyphs"` : '';
  return `<text x="148.5" y="${String(y)}" font-size="${String(size)}" font-weight="${weight}" text-anchor="middle"${pressed}>${escaped(text)}</text>`;
}

/** A page of A4, landscape. @param url what the QR code leads to */
export function certificate(
  { type, title, dates, credits, host, name }: Achieved,
  url: string,
  language: CertificateLanguage,
): string {
  const texts = TEXTS[language];
  const { path, size } = qrPath(url);
  const { from, to } = dates;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="297mm" height="210mm" viewBox="0 0 297 210" lang="${language}" font-family="'Noto Sans', 'DejaVu Sans', sans-serif" fill="#12343b">
<title>${escaped(texts.title)}</title>
<rect width="297" height="210" fill="#fff"/>
<rect x="8" y="8" width="281" height="194" fill="none" stroke="#12343b" stroke-width="0.8"/>
${line(42, 16, texts.title, 'bold')}
${line(64, 6, texts.certifies)}
${line(82, 11, name?.displayName ?? texts.nobody, 'bold')}
${line(98, 6, type === 'Certificate' ? texts.attended : texts.completed)}
${line(114, 9, inLanguage(title, language), 'bold')}
${line(130, 6, inLanguage(host, language))}
${line(142, 5, from === to ? from : `${from} – ${to}`)}
${credits === undefined ? '' : line(152, 5, `${texts.credits}: ${String(credits.amount)} ${credits.scheme}`)}
<g transform="translate(246 158) scale(${String(32 / size)})"><path d="${path}" fill="#000" shape-rendering="crispEdges"/></g>
<text x="262" y="195" font-size="3.4" text-anchor="middle">${escaped(texts.verify)}</text>
<text x="16" y="195" font-size="3.4">${escaped(url)}</text>
</svg>
`;
}

/** What a browser shows of a credential. */
export function credentialPage(
  shown: CredentialRepresentation,
  says: { readonly name: string; readonly host: string; readonly from: string; readonly to: string },
): string {
  const { status, issuedAt, revokedAt } = shown;
  const state =
    status === 'valid'
      ? 'This credential is valid.'
      : `This credential was revoked on ${String(revokedAt?.slice(0, 10))}.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(says.name)}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}</style>
</head>
<body>
<h1>${escaped(says.name)}</h1>
<p><strong>${escaped(state)}</strong></p>
<p>${escaped(says.host)}, ${escaped(says.from)} – ${escaped(says.to)}. Issued on ${escaped(issuedAt.slice(0, 10))} by the Oncology Collaboration Hub.</p>
<p>Whom it is about is not said here: who holds it can prove that by the name and the salt whose hash it has.</p>
</body>
</html>
`;
}
