/** A timestamp as a statement returns it, which is text. Null stays null. */
export const toDate = (value: Date | string | null): Date | null => (value === null ? null : new Date(value));
