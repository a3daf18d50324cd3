// The documentation page: the OpenAPI document in Swagger UI. Everything that the page loads comes from this server.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router, type RequestHandler } from 'express';
import helmet from 'helmet';
import { refuseMethod } from './errors.ts';

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The page. Its addresses are relative, so that they are right behind a proxy that adds a prefix to the path. */
const page = (folder: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>RSOLV phase data</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="${folder}/swagger-ui.css">
    <link rel="stylesheet" href="${folder}/page.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${folder}/swagger-ui-bundle.js"></script>
    <script src="${folder}/start.js"></script>
  </body>
</html>
`;

/** Keeps long words and wide tables within narrow screens. */
const style = `body { margin: 0; }
.swagger-ui { overflow-wrap: anywhere; }
.swagger-ui .opblock-body, .swagger-ui .responses-inner, .swagger-ui .table-container { overflow-x: auto; }
@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .responses-inner { padding-left: 8px; padding-right: 8px; }
  .swagger-ui .opblock .opblock-summary { flex-wrap: wrap; }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; }
  .swagger-ui table, .swagger-ui tbody, .swagger-ui tr, .swagger-ui td { display: block; max-width: 100%; width: auto; }
  .swagger-ui table thead { display: none; }
  .swagger-ui .parameters-col_description input, .swagger-ui textarea, .swagger-ui select { max-width: 100%; }
  .swagger-ui pre, .swagger-ui .curl-command { max-width: calc(100vw - 48px); overflow-x: auto; }
}
`;

/** Starts Swagger UI. An API key that was entered is kept for the tab: session storage ends with it, local storage would not. */
const start = `const stored = 'rsolv-authorization';
const keep = (value) => {
  try {
    if (value === undefined) sessionStorage.removeItem(stored);
    else sessionStorage.setItem(stored, JSON.stringify(value));
  } catch {}
};
const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(stored));
  } catch {
    return null;
  }
};
const keepForTab = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (authorize) => (value) => { keep(value); return authorize(value); },
        logout: (logout) => (names) => { keep(undefined); return logout(names); },
      },
    },
  },
});
const ui = SwaggerUIBundle({
  url: new URL('../openapi.json', document.currentScript.src).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
  plugins: [keepForTab],
  onComplete: () => {
    const value = kept();
    if (value !== null) ui.authActions.authorize(value);
  },
});
`;

const swaggerAssets = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/** The names of the page's files, for the log. */
export const docsFiles = ['start.js', 'page.css', ...swaggerAssets];

/** The page and its assets, for `/docs` and below. */
export function docsRoutes(): Router {
  const routes = Router({ caseSensitive: true });
  routes.use(
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        connectSrc: ["'self'"],
        scriptSrc: ["'self'"],
        // Swagger UI sets style attributes and draws its icons as data URLs.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  const serve = (path: string, handler: RequestHandler) =>
    routes
      .route(path)
      .get(handler)
      .all(refuseMethod(['GET', 'HEAD']));
  serve('/', ({ originalUrl }, response) => {
    const hasSlash = /^[^?]*\/(?:\?|$)/.test(originalUrl);
    response.type('html').send(page(hasSlash ? '.' : 'docs'));
  });
  serve('/page.css', (_request, response) => {
    response.type('css').send(style);
  });
  serve('/start.js', (_request, response) => {
    response.type('js').send(start);
  });
  for (const asset of swaggerAssets) {
    serve(`/${asset}`, (_request, response) => {
      response.sendFile(asset, { root: swaggerUi, maxAge: '1h' });
    });
  }
  return routes;
}
