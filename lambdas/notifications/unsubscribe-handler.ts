import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import type { Reply } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { mailRoutes as routes } from './mail-contract.ts';
import { MailKeys } from './mail-keys.ts';
import { MailTable } from './mail-table.ts';
import { donePage, questionPage } from './unsubscribe-page.ts';

const keys = new MailKeys(environment('MAIL_SECRET'));
const mails = new MailTable(deployedTable());

/** The page may send its form to where it is from; nothing else. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

const html = (body: string): Reply => ({
  body,
  media: { type: 'text/html; charset=utf-8', contentSecurityPolicy: POLICY },
});

export const handler = serve(routes, undefined, [
  on(routes.askToUnsubscribe, ({ query: { token } }) => html(questionPage(keys.read(token).language))),
  on(routes.unsubscribe, async ({ query: { token } }) => {
    const { institutionId, hash, language } = keys.read(token);
    await mails.end(institutionId, hash, new Date());
    return html(donePage(language));
  }),
]);
