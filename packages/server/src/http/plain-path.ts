// What logs, metrics and traces may say of a request's path: the words that routes are made of and which route it is.
// Nothing that a caller made up gets there.
import { routes } from '@rsolv/shared/contract/routes/routes';
import { appRouter } from '../rpc/router.ts';
import { docsFiles } from './docs.ts';

const templates = routes.map(({ path }) => path);
const mounts = routes.flatMap((route) => ('mount' in route ? [route.path] : []));
const procedures = Object.keys(appRouter._def.procedures);

const wordsOf = (text: string) => text.split(/[/.]/).filter((word) => !word.startsWith('{'));
const routeWords = new Set([...templates, ...procedures, ...docsFiles].flatMap(wordsOf));

/** By plain path. */
const templatesByPath = new Map(
  [...templates, ...procedures.map((name) => `/trpc/${name}`)].map((template) => [
    template.replaceAll(/\{\w+\}/g, '…'),
    template,
  ]),
);

/** A path with `…` in place of every word that belongs to no route. */
export function plainPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  if (templatesByPath.has(path)) return path;
  return path.slice(0, 200).replaceAll(/[^/.,]+/g, (word) => (routeWords.has(word) ? word : '…'));
}

/** The template of a plain path's route, `/trpc/{batch}` for several calls; undefined if there is none. */
export function routeOf(path: string): string | undefined {
  const template = templatesByPath.get(path) ?? templatesByPath.get(path.replace(/\/$/, ''));
  if (template !== undefined) return template;
  const mount = mounts.find((each) => path.startsWith(`${each}/`));
  if (mount !== '/trpc') return mount;
  return path.includes(',') ? '/trpc/{batch}' : undefined;
}
