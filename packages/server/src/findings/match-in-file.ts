import { haveHashes, listSameContent, listSameMessage } from './candidates.ts';
import { findBestChain, type Candidate } from './chain.ts';
import type { MatchedBy } from './finding.ts';
import type { FilePair, Pairing } from './pairing.ts';

/** Matches the findings of a file that kept their line or, without hashes, their message, and their order. */
export function matchInFile(pairing: Pairing, files: FilePair): void {
  const sides = pairing.freeIn(files);
  if (sides.before.length === 0 || sides.after.length === 0) return;
  const candidates = [...listSameContent(pairing, sides), ...listSameMessage(pairing, sides)];
  for (const candidate of findBestChain(candidates)) pairing.link(candidate, passOf(pairing, candidate));
}

function passOf(pairing: Pairing, candidate: Candidate): MatchedBy {
  if (candidate.offset === 0) return 'place';
  return haveHashes(pairing.earlier(candidate), pairing.later(candidate)) ? 'content' : 'order';
}
