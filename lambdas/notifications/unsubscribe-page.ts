import type { MailLanguage } from '../institutions/published.ts';
import { MAIL_TEXTS } from './mail-languages.ts';

/** What is shown to who follows the link in a mail. Nothing in it is anybody's words but the Hub's. Pure. */

const page = (language: MailLanguage, body: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${MAIL_TEXTS[language].page.title}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.5em 1em}</style>
</head>
<body>
<h1>${MAIL_TEXTS[language].page.title}</h1>
${body}
</body>
</html>
`;

/** The form is sent to the address of the page itself, which has the token. */
export function questionPage(language: MailLanguage): string {
  const { question, button } = MAIL_TEXTS[language].page;
  return page(language, `<p>${question}</p>\n<form method="post"><button>${button}</button></form>`);
}

export function donePage(language: MailLanguage): string {
  return page(language, `<p>${MAIL_TEXTS[language].page.done}</p>`);
}
