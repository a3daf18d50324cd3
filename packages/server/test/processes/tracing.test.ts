// The traces of a server on PostgreSQL. On the embedded database: tracing.release.test.ts
import { testTraces } from './serve-traced.ts';

testTraces('PostgreSQL', 'rsolv-platform');
