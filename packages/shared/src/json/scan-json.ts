// Scans JSON as text, without parsing it, in a single pass.
import { maxJsonDepth } from './json.ts';

/** The index after the closing quote of the string that starts at `start`; the text's length where it is not closed. */
export function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** A number in the text. */
interface WrittenNumber {
  /** As written. */
  readonly source: string;
  /** Call it before the generator is resumed: it reads the position of the scan. */
  readonly pathOf: () => (string | number)[];
}

/** The index in an array, or the key in an object as written, with its quotes. */
type Position = number | string;

/**
 * Yields every number of a JSON text. Stops at a depth that is refused anyway. For a text that is not JSON, the result is
 * arbitrary.
 */
export function* scanNumbers(text: string): Generator<WrittenNumber> {
  const positions: Position[] = [];
  let string = '""';
  const pathOf = () => positions.map((at) => (typeof at === 'number' ? at : String(JSON.parse(at))));
  for (let at = 0; at < text.length && positions.length <= maxJsonDepth * 2; at++) {
    const character = text[at] ?? '';
    const position = positions.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      string = text.slice(at, end);
      at = end - 1;
    } else if (character === '[') positions.push(0);
    else if (character === '{') positions.push('""');
    else if (character === ']' || character === '}') positions.pop();
    else if (character === ':' && typeof position === 'string') positions[positions.length - 1] = string;
    else if (character === ',' && typeof position === 'number') positions[positions.length - 1] = position + 1;
    else if (character === '-' || isDigit(character)) {
      const end = endOfNumber(text, at);
      yield { source: text.slice(at, end), pathOf };
      at = end - 1;
    }
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && '0123456789.eE+-'.includes(text[end] ?? '')) end++;
  return end;
}
