/** A number that stands alone, such as a count or a line. `md5` and `v1.2a` are names. */
const number = /(?<![\w.])\d+(?:[.,]\d+)*(?![\w])/g;

/**
 * Returns a message without its numbers. Tools write counts and lines into messages: "has a complexity of 12" is still the
 * same finding when the complexity is 13.
 */
export const toMessageShape = (message: string): string => message.replaceAll(number, '#');
