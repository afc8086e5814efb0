import { environment } from '../shared/environment.ts';
import { Problem } from '../shared/http/problem.ts';
import { NotFound } from '../shared/http/problems.ts';
import type { Reply } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { portalRoutes as routes } from './contract.ts';
import { docsPage, docsScript, ProblemCatalogue, problemPage } from './pages.ts';
import { shippedFile, shippedText } from './static-files.ts';

/** The reference may run its own scripts and call this API; nothing else. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const A_DAY = 'public, max-age=86400';

const openApi = shippedText('openapi.json.gz');
const signInUrl = environment('SIGN_IN_URL');

/** The document is made before there is a sign-in domain: its addresses lack the host. */
function servedDocument(): string {
  return openApi().replaceAll('"/oauth2/', `"${signInUrl}/oauth2/`);
}

/** Assets of the reference that are shipped compressed. */
const ASSETS: Readonly<Record<string, { readonly type: string; readonly read: () => Buffer }>> = {
  'swagger-ui-bundle.js': { type: 'text/javascript; charset=utf-8', read: shippedFile('swagger-ui-bundle.js.gz') },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', read: shippedFile('swagger-ui.css.gz') },
};

function docsAsset(name: string): Reply {
  if (name === 'init.js') return { body: docsScript, media: { type: 'text/javascript; charset=utf-8' } };
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (asset === undefined) throw new Problem(NotFound, 'The API reference has no such file.');
  return { body: asset.read(), media: { type: asset.type, encoding: 'gzip', cacheControl: A_DAY } };
}

function problem(code: string): Reply {
  const catalogue = ProblemCatalogue.parse(JSON.parse(openApi()))['x-problems'];
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  if (entry === undefined) throw new Problem(NotFound, 'The Hub has no problem with this code.');
  return {
    body: problemPage(code, entry),
    media: { type: 'text/html; charset=utf-8', contentSecurityPolicy: PAGE_POLICY },
  };
}

export const handler = serve(routes, undefined, [
  on(routes.getHealth, () => ({ body: { status: 'ok', version: '1' } })),
  on(routes.getOpenApi, () => ({ body: servedDocument(), media: { type: 'application/json' } })),
  on(routes.getDocs, () => ({
    body: docsPage,
    media: { type: 'text/html; charset=utf-8', contentSecurityPolicy: DOCS_POLICY },
  })),
  on(routes.getDocsAsset, ({ params: { asset } }) => docsAsset(asset)),
  on(routes.getProblem, ({ params: { code } }) => problem(code)),
]);
