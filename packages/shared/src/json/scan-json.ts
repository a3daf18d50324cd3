// JSON looked through as text, without making anything of it: each character is seen once.
import { maxJsonDepth } from './json.ts';

/** After the closing quote of the string that begins there, or after the text where it has none. */
export function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** A number as it is written, and where it is. */
interface WrittenNumber {
  readonly source: string;
  /** Counts until the next number is asked for. */
  readonly pathOf: () => (string | number)[];
}

/** Which item of an array, or the key in an object as it is written, quotes included. */
type Position = number | string;

/** Every number in a JSON text, down to where no document is read any more. What is no JSON gives anything. */
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
