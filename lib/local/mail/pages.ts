import type { Reply } from '../gateway/reply.ts';
import type { MailEntry, Outbox } from './outbox.ts';

/** The mail of this machine, for people to look at. There is no such page in a deployment. */

const PATH = '/dev/mail';

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

const page = (title: string, body: string): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  },
  cookies: [],
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escape(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}td,th{text-align:left;padding:.2em 1em .2em 0}pre{white-space:pre-wrap}</style>
<h1>${escape(title)}</h1>
${body}
</html>
`,
});

const row = ({ name, at, to, subject }: MailEntry): string =>
  `<tr><td>${escape(at)}</td><td>${escape(to.join(', '))}</td><td><a href="${PATH}/${name}">${escape(subject)}</a></td></tr>`;

function message({ name, at, to, subject, text, headers }: MailEntry): Reply {
  const more = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
  const above = [`To: ${to.join(', ')}`, `Date: ${at}`, ...more].map((line) => `${escape(line)}<br>`).join('\n');
  return page(
    subject,
    `<p>${above}</p>\n<pre>${escape(text)}</pre>\n<p><a href="${PATH}/${name}.eml">As it is sent</a></p>`,
  );
}

/** @returns the page at a path; `undefined` where there is none */
export function mailPages({ list, read, dir }: Outbox): (path: string) => Reply | undefined {
  return (path) => {
    if (path === PATH) {
      const rows = list().map(row).join('\n');
      return page(
        'Mail',
        `<p>Files: <code>${escape(dir)}</code></p>\n<table><tr><th>Time</th><th>To</th><th>Subject</th></tr>\n${rows}\n</table>`,
      );
    }
    const [, name = '', raw] = /^\/dev\/mail\/([\w.-]+?)(\.eml)?$/.exec(path) ?? [];
    const entry = list().find((each) => each.name === name);
    if (entry === undefined) return undefined;
    if (raw === undefined) return message(entry);
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      cookies: [],
      body: read(name) ?? '',
    };
  };
}
