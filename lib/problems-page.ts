import type { ProblemType } from '../lambdas/shared/http/problem.ts';
import { markdownTable } from './markdown.ts';

/** The table of all refusals in the documentation, made from the same list as the API's own pages of them. */

const INTRODUCTION = `# Problems

Every refusal of the Hub has a code: \`type\` is \`/problems/<code>\`, and each Hub shows the page. This table is written by
\`npm run openapi\`. Which of them a route can answer with is said in [\`openapi.json\`](../openapi.json); the form of a
refusal, and the gateway's own, in the [guide for partners](api.md#refusals).
`;

const HEADINGS = ['code', 'status', 'title', 'what to do'];

/** @returns the page in Markdown, with the problems in the order of their codes */
export function problemsPage(problems: readonly ProblemType[]): string {
  const rows = problems
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, status, title, advice }) => [`\`${code}\``, String(status), title, advice]);
  return `${INTRODUCTION}\n${markdownTable([HEADINGS, ...rows])}`;
}
