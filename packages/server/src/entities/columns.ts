import { p } from '@mikro-orm/core';
import { v7 } from 'uuid';

/** UUID v7: rows of one table sort by when they were made, so inserts stay local in the index. */
export const id = p
  .uuid()
  .primary()
  .onCreate(() => v7());

export const createdAt = p
  .datetime(6)
  .defaultRaw('now()')
  .onCreate(() => new Date());
