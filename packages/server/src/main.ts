#!/usr/bin/env node
// The `rsolv` command: Node keeps what it makes of the sources, which spares every later start a third of its time. In
// the installation's own folder, not in the machine's, where others could write; without a place to write it does without.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { heedSignals } from './cli/signals.ts';

// Others die of signals, which tells shells more.
if (process.pid === 1) heedSignals();

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/rsolv'));
await import('./cli/program.ts');
