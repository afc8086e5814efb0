import { environment } from '../shared/environment.ts';
import { Problem } from '../shared/http/problem.ts';
import { NotFound } from '../shared/http/problems.ts';
import type { Reply } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { portalRoutes as routes } from './contract.ts';
import { docsPage, docsScript, ProblemCatalogue, problemPage } from './pages.ts';
import { shippedAsset, shippedText } from './static-files.ts';

/** The reference may run its own scripts and call this API; nothing else. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const openApi = shippedText('openapi.json');
const signInUrl = environment('SIGN_IN_URL');

/** The document is made before there is a sign-in domain: its addresses lack the host. */
function servedDocument(): string {
  return openApi().replaceAll('"/oauth2/', `"${signInUrl}/oauth2/`);
}

/** Assets of the reference. */
const ASSETS: Readonly<Record<string, ReturnType<typeof shippedAsset>>> = {
  'swagger-ui-bundle.js': shippedAsset('swagger-ui-bundle.js', 'text/javascript; charset=utf-8'),
  'swagger-ui.css': shippedAsset('swagger-ui.css', 'text/css; charset=utf-8'),
};

function docsAsset(name: string, acceptEncoding: string | undefined): Reply {
  if (name === 'init.js') return { body: docsScript, media: { type: 'text/javascript; charset=utf-8' } };
  const asset = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (asset === undefined) throw new Problem(NotFound, 'The API reference has no such file.');
  return asset(acceptEncoding);
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
  on(routes.getDocsAsset, ({ params: { asset }, acceptEncoding }) => docsAsset(asset, acceptEncoding)),
  on(routes.getProblem, ({ params: { code } }) => problem(code)),
]);
