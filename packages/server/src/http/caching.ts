import type { RequestHandler } from 'express';

/** Paths whose responses are public and the same for all callers. */
const publicPaths = /^\/(docs|openapi\.json)(\/|$)/;

/** Forbids caches to store a response: it may hold findings or keys, and is meant for one caller. */
export const forbidCaching: RequestHandler = ({ path }, response, next) => {
  if (!publicPaths.test(path)) response.setHeader('Cache-Control', 'no-store');
  next();
};
