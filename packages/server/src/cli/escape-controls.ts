/** Characters that control a terminal instead of being visible: control characters, and those that change text direction. */
const controls = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** Replaces each control character by its JSON escape, so that names and responses of other servers can't control a terminal. */
export function escapeControls(text: string): string {
  return text.replaceAll(controls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
