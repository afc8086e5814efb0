import type { LocalizedText } from '../shared/values.ts';
import type { Abstract } from './abstract-model.ts';
import type { Event } from './event-model.ts';

/** The book of abstracts: a web page that stands by itself, and can be printed. */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);

const STYLE =
  'body{font:16px/1.5 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem}article{break-inside:avoid;margin:2rem 0}.by{font-style:italic}.from{font-size:.85em;color:#444}';

function textIn(text: LocalizedText, languages: readonly string[]): string {
  const language = [...languages, ...Object.keys(text)].find((each) => text[each] !== undefined) ?? '';
  return text[language] ?? '';
}

function entryOf(number: number, { title, language, authors, text, type }: Abstract): string {
  const affiliations = [...new Set(authors.map(({ affiliation: { name, country } }) => `${name}, ${country}`))];
  const by = authors.map(({ displayName, affiliation, orcid, presenting }) => {
    const mark = affiliations.indexOf(`${affiliation.name}, ${affiliation.country}`) + 1;
    const name = `${escaped(displayName)}<sup>${String(mark)}</sup>`;
    const linked = orcid === undefined ? name : `<a href="${escaped(orcid)}">${name}</a>`;
    return presenting ? `<u>${linked}</u>` : linked;
  });
  const from = affiliations.map((each, index) => `<sup>${String(index + 1)}</sup> ${escaped(each)}`);
  const paragraphs = text.split(/\n+/).map((each) => `<p>${escaped(each)}</p>`);
  return [
    `<article lang="${escaped(language)}"><h3>${String(number)}. ${escaped(title)}</h3>`,
    `<p class="by">${by.join(', ')}</p><p class="from">${from.join('<br>')} · ${escaped(type)}</p>`,
    `${paragraphs.join('')}</article>`,
  ].join('\n');
}

/** @param abstracts those that are accepted */
export function bookOf({ title, languages, call, starts }: Event, abstracts: readonly Abstract[]): string {
  const name = escaped(textIn(title, languages));
  const topics = (call?.topics ?? []).map((topic) => ({
    topic,
    all: abstracts
      .filter((abstract) => abstract.topic === topic.id)
      .toSorted((a, b) => (`${a.title}#${a.id}` < `${b.title}#${b.id}` ? -1 : 1)),
  }));
  let number = 0;
  const parts = topics
    .filter(({ all }) => all.length > 0)
    .map(({ topic, all }) => {
      const entries = all.map((abstract) => entryOf((number += 1), abstract));
      return `<section><h2>${escaped(textIn(topic.title, languages))}</h2>\n${entries.join('\n')}</section>`;
    });
  return `<!doctype html>
<html lang="${escaped(languages[0] ?? 'en')}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${name}: abstracts</title><style>${STYLE}</style></head>
<body><h1>${name}</h1><p>${starts.slice(0, 10)} · ${String(number)} abstracts</p>
${parts.join('\n')}
</body></html>
`;
}
