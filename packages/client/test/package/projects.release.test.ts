// The packed package on every supported runtime but this repository's Node, and in projects with other settings.
import { currentRuntime, otherRuntimes } from '../harness/runtimes.ts';
import { installed, portable, testPrograms } from './run-programs.ts';

testPrograms([
  ...otherRuntimes.map((runtime) => [runtime, portable] as const),
  [
    currentRuntime,
    [
      installed('bundler', 'TypeScript 7'),
      installed('node-next-esm', 'TypeScript 5.0'),
      // A module resolution that newer compilers don't have.
      installed('node10-cjs', 'TypeScript 5.0'),
    ],
  ],
]);
