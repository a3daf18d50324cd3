// How things look on a terminal, and that what is shown can't play with it: names, and answers of other servers, may hold
// anything.
import { styleText } from 'node:util';

/** Characters that do something instead of being seen: controls, and what turns the direction of text. */
const unseen = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** A text of which every character is seen, those that do something as JSON would spell them. */
export function visible(text: string): string {
  return text.replaceAll(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

type Look = Parameters<typeof styleText>[0];

/**
 * A text, made {@link visible}, in colours where the stream shows them: on a terminal, unless NO_COLOR or TERM=dumb is set;
 * with FORCE_COLOR anywhere.
 */
export function look(style: Look, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, visible(text), { stream });
}
