// The documentation page: the OpenAPI document in Swagger UI. Everything that the page loads comes from this server.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router, type RequestHandler } from 'express';
import helmet from 'helmet';
import { refuseMethod } from './errors.ts';

const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>RSOLV phase data</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  tryItOutEnabled: true,
});
`;

const swaggerAssets = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

/** The names of the page's files, for the log. */
export const docsFiles = ['start.js', ...swaggerAssets];

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
  serve('/', (_request, response) => {
    response.type('html').send(page);
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
