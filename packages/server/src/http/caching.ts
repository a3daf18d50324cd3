import type { RequestHandler } from 'express';

/** What is the same for everybody, and tells nothing of anybody. */
const documents = /^\/(docs|openapi\.json)(\/|$)/;

/** Lets nobody on the way keep an answer: it has findings or keys in it, and counts for one caller. */
export const forbidCaching: RequestHandler = ({ path }, response, next) => {
  if (!documents.test(path)) response.setHeader('Cache-Control', 'no-store');
  next();
};
