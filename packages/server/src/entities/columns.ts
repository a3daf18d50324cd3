import { p } from '@mikro-orm/core';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';

/** UUID v7: ids sort by the time of their creation, so that inserts stay local in the index. */
export const id = p
  .uuid()
  .primary()
  .onCreate(() => uuidv7());

const idSchema = z.uuidv7();

/** Whether a text can be the id of a row. PostgreSQL rejects other texts in a comparison with a UUID. */
export const isId = (text: string): boolean => idSchema.safeParse(text).success;

export const createdAt = p
  .datetime(6)
  .defaultRaw('now()')
  .onCreate(() => new Date());
