import type { ReportNode } from '../report-node.ts';
import { sarifLimits } from './limits.ts';
import type { NamedRule } from './rules.ts';

/**
 * Reads the message of a result: its text, or the one that its rule or the tool has under its id, with the arguments in
 * their places.
 *
 * @param driver where messages are that are no rule's
 */
export function readMessage(result: ReportNode, named: NamedRule, driver: ReportNode): string {
  const message = result.object('message');
  const template = findTemplate(message, named, driver);
  if (template === undefined) {
    const action = 'took the title of the rule as the message: the result has none';
    result.review.repair(result.at('message'), action);
    return cut(named.rule?.name ?? named.id, message);
  }
  return cut(fill(template, message), message);
}

function findTemplate(message: ReportNode, { rule }: NamedRule, driver: ReportNode): string | undefined {
  const own = textOf(message);
  if (own !== undefined) return own;
  const id = message.text('id');
  if (id === undefined) return undefined;
  const sources = [
    rule?.node.object('messageStrings'),
    rule?.component.object('globalMessageStrings'),
    driver.object('globalMessageStrings'),
  ];
  const found = sources.find((source) => source?.has(id));
  if (found === undefined) {
    message.review.repair(message.at('id'), `dropped: no message has the id ${JSON.stringify(id.slice(0, 60))}`);
    return undefined;
  }
  return textOf(found.object(id));
}

function textOf(message: ReportNode): string | undefined {
  const text = message.text('text');
  if (text !== undefined && text !== '') return text;
  const markdown = message.text('markdown');
  if (markdown !== undefined) message.review.repair(message.at('markdown'), 'read as text: the message has no text');
  return markdown;
}

/**
 * Puts arguments in the place of `{0}`, and unescapes `{{` and `}}`. A text without arguments is not a template. Stops where
 * the text is too long: a small report could write a large one by repeating a placeholder.
 */
function fill(template: string, message: ReportNode): string {
  if (!message.has('arguments')) return template;
  const values = argumentsOf(message);
  let text = '';
  let end = 0;
  for (const { 0: written, 1: index, index: start } of template.matchAll(/\{\{|\}\}|\{(\d{1,6})\}/g)) {
    if (text.length > sarifLimits.messageLength) return text;
    const value = index === undefined ? written.slice(1) : values[Number(index)];
    if (value === undefined) {
      message.review.repair(message.at('arguments'), `kept ${written}: there are ${values.length} arguments`);
    }
    text += template.slice(end, start) + (value ?? written);
    end = start + written.length;
  }
  return text + template.slice(end);
}

/** Not each once, as {@link ReportNode.texts} lists them: two arguments may be equal. */
const argumentsOf = (message: ReportNode): readonly (string | undefined)[] =>
  message
    .list('arguments')
    .map((value) => (typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\u{FFFD}') : undefined));

function cut(text: string, message: ReportNode): string {
  if (text.length <= sarifLimits.messageLength) return text;
  message.review.repair(message.pointer, `cut to ${sarifLimits.messageLength} characters`);
  return text.slice(0, sarifLimits.messageLength).toWellFormed();
}
