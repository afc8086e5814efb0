import { type AccessRule, type Relation, ROLES, type Role, SCOPES } from '../lambdas/shared/auth/vocabulary.ts';
import type { Route, Routes } from '../lambdas/shared/http/route.ts';
import { markdownTable } from './markdown.ts';

/** Who may do what, of all contexts on one page: the access rules of the contracts as tables. */

const INTRODUCTION = `# Who may do what

Every action of the API, the scope a token needs for it, and for each role the part that the caller's institution must have
in what the action is about. The rules stand in the contracts, which the functions obey; this page is written from them by
\`npm run openapi\`, and tests hold the functions to it ([ADR 0042](adr/0042-one-table-says-who-may-do-what.md)).

| in a cell            | the role may do it when its institution                          |
| -------------------- | ---------------------------------------------------------------- |
| \`provider\`           | runs the pool                                                    |
| \`beneficiary\`        | holds the grant, or is at either end of the transfer             |
| \`lender\`, \`borrower\` | is that side of the loan                                         |
| \`host\`               | offers the programme, or organises the event                     |
| \`applicant\`          | has applied, registered or submitted for its staff               |
| \`reviewer\`           | is whichever: the caller was assigned the abstract to judge      |
| \`party\`              | is a party of the agreement, or invited as a partner             |
| \`self\`               | is the institution that it is about                              |
| \`partner\`            | is any partner: the thing is known to all of them                |
| any                  | is whichever: the role's duty is to see or look after everything |
| –                    | never                                                            |

Roles of a token add up. Whoever has none of an action's roles is refused before anything is read. What a caller has no part
in answers like what does not exist, but to \`hub-admin\` and \`auditor\`, from whom nothing is hidden. Public pages have no
rule and are left out.
`;

const HEADINGS = ['action', 'scope', ...ROLES.map((role) => `\`${role}\``)];

/** The parts in which a rule lets a role do a thing; `any` is more than all others. */
function cell(rule: AccessRule, role: Role): string {
  const parts = Object.entries(rule)
    .filter(([, roles]) => roles.includes(role))
    .map(([relation]) => relation);
  if (parts.includes('none' satisfies Relation)) return 'any';
  return parts.length === 0 ? '–' : parts.map((part) => `\`${part}\``).join(', ');
}

function rowOf({ method, path, scopes, access }: Route): string[] {
  const named = scopes === 'public' ? [] : scopes;
  const scope = named.length === SCOPES.length ? 'any' : named.map((each) => `\`${each}\``).join(' or ');
  return [`\`${method} ${path}\``, scope, ...ROLES.map((role) => cell(access, role))];
}

/** @param contexts the routes of each context by its name @returns the page in Markdown */
export function accessPage(contexts: Readonly<Record<string, Routes>>): string {
  const sections = Object.entries(contexts).flatMap(([name, routes]) => {
    const guarded = Object.values(routes).filter(({ scopes }) => scopes !== 'public');
    return guarded.length === 0 ? [] : [`## ${name}\n\n${markdownTable([HEADINGS, ...guarded.map(rowOf)])}`];
  });
  return [INTRODUCTION, ...sections].join('\n');
}
