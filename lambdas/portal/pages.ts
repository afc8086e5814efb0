import * as z from 'zod/mini';

/** The few pages the Hub shows to people. */

const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
    .replace(/`([^`]+)`/g, '<code>$1</code>');

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${body}
</html>
`;

/** The API reference. Its script is configured by `/docs/init.js`, so that no inline script is allowed. */
export const docsPage = page(
  'Oncology Collaboration Hub: API',
  `<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>`,
);

export const docsScript = `window.addEventListener('load', () => {
  SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
});
`;

const ProblemEntry = z.object({ status: z.int(), title: z.string(), advice: z.string() });
export const ProblemCatalogue = z.object({ 'x-problems': z.record(z.string(), ProblemEntry) });

/** What a refusal means. */
export function problemPage(code: string, { status, title, advice }: z.infer<typeof ProblemEntry>): string {
  return page(
    escape(title),
    `<style>body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}code{background:#eee;padding:.1em .3em}</style>
</head>
<body>
<h1>${escape(title)}</h1>
<p>Status <code>${String(status)}</code>, type <code>/problems/${escape(code)}</code></p>
<p>${escape(advice)}</p>
<p><a href="/docs">API reference</a></p>
</body>`,
  );
}
