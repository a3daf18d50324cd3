import type { MikroORM } from '@mikro-orm/sql';
import type { Connections } from '../observability/prometheus.ts';
import type { RunStatement } from './compiled-statement.ts';

/** What differs between PostgreSQL and the embedded database; `openDatabase` makes a `Database` of either. */
export interface Backend {
  readonly orm: MikroORM;
  readonly run: RunStatement;
  readonly migrate: () => Promise<void>;
  /** Undefined for the embedded database, which has no connections. */
  readonly connections: (() => Connections) | undefined;
  readonly close: () => Promise<void>;
}
