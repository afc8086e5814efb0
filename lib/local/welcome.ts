import { ROLES } from '../../lambdas/shared/auth/vocabulary.ts';
import { DEMO_INSTITUTIONS } from './demo/institutions.ts';
import type { Demo } from './demo/seed.ts';

/** What `npm start` says once the Hub answers. */
export function welcome(url: string, { grantId }: Demo): string {
  const width = Math.max(...DEMO_INSTITUTIONS.map(({ alias }) => alias.length));
  const accounts = DEMO_INSTITUTIONS.map(({ alias, name, country }) => {
    return `  ${alias.padEnd(width)}  ${country}  ${name['en'] ?? ''}`;
  });
  return `
The Hub is at ${url}
API reference: ${url}/docs
Mail to partners: ${url}/dev/mail (files in .hub/mail; none of it is sent)

Demo accounts: any of these institutions with a role: ${ROLES.join(', ')}
${accounts.join('\n')}

A first booking, in another terminal: Alexandrov holds a course at Dimitrovgrad, then confirms it.

  HUB=${url}
  GRANT=${grantId}
  TOKEN=$(npm run -s token -- --institution alexandrov --role coordinator)

  curl -s $HUB/v1/grants/$GRANT -H "Authorization: Bearer $TOKEN"

  BOOKING=$(curl -s $HUB/v1/grants/$GRANT/bookings \\
    -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-booking' \\
    -d '{"patient":"MSK-7F3K-042","ageBand":"0-17","diagnosis":"C71.6"}' | tee /dev/stderr |
    sed -E 's/.*"id":"([^"]+)".*/\\1/')

  curl -s -X POST $HUB/v1/bookings/$BOOKING/confirm -H "Authorization: Bearer $TOKEN"

Numbers of courses are illustrations. Ctrl-C stops the Hub; its data stays in .hub (--fresh begins anew).
`;
}
