// What a scan did not see. A finding that is missing there is not fixed.
import type { ReportNode } from '../report-node.ts';
import type { ResultDraft } from './read-result.ts';
import type { FileReference, RunFiles } from './run-files.ts';

/** What of the repository a run has seen. */
export interface Coverage {
  /** Whether the tool reached its end, and every failure that it reports is about a file. */
  readonly isComplete: boolean;
  /** The files that were not analyzed. */
  readonly unseen: readonly FileReference[];
}

/** Rules by which tools report that a file could not be read or understood. */
const failureRules =
  /(?:^|[/:])(?:parse|parser|parsing|(?:parse|parser|parsing|syntax|css-?syntax|load|internal|fatal|io)[-_ ]?error|load-failure|syntax-check|invalid-syntax|unrecognized-format|e902|e999|e0001|oxl0001|esl0999)(?:\[[^\]]*\])?$/i;

/** What tools say about a file that they left out. */
const leftOut =
  /\b(?:ignor(?:ed|ing)|exclud(?:ed|ing)|skipp(?:ed|ing)|not (?:be )?(?:found|exist|analy[sz]ed|parsed|processed|read|loaded)|no such file|missing|parsing error|syntax error|(?:failed|unable) to|can(?:not|'t| not)|could not)\b/i;

/** What tools say about a file that is too large. */
const tooLarge =
  /\b(?:exceeds? (?:the )?(?:configured )?(?:maximum|limit|size)|(?:larger|bigger) than|too (?:large|big)|maximum (?:file )?size)\b/i;

const notificationNames = ['toolExecutionNotifications', 'toolConfigurationNotifications'];

/** Reads what a run has seen from its invocations, its notifications, and results that are about a whole file. */
export function readCoverage(run: ReportNode, drafts: readonly ResultDraft[], files: RunFiles): Coverage {
  const invocations = run.objects('invocations');
  const namesRules = drafts.some(({ finding }) => finding.rule !== '');
  const unseen = drafts
    .filter((draft) => isFailure(draft) || (namesRules && isErrorWithoutRule(draft)))
    .flatMap(({ reference }) => reference ?? []);
  let isComplete = invocations.every((invocation) => invocation.boolean('executionSuccessful') !== false);
  for (const notification of invocations.flatMap((each) => notificationNames.flatMap((name) => each.objects(name)))) {
    const isError = notification.text('level') === 'error';
    if (!isError && !isAboutFile(notification.object('message').text('text') ?? '')) continue;
    const places = notification
      .objects('locations')
      .flatMap((each) => files.find(each.object('physicalLocation').object('artifactLocation')) ?? []);
    unseen.push(...places);
    if (isError && places.length === 0) isComplete = false;
  }
  return { isComplete, unseen };
}

const isAboutFile = (text: string): boolean => leftOut.test(text) || tooLarge.test(text);

/** A tool that names the rules of other results reports a file that it can't parse. */
const isErrorWithoutRule = ({ finding }: ResultDraft): boolean => finding.rule === '' && finding.severity === 'high';

function isFailure({ finding: { rule, line, message } }: ResultDraft): boolean {
  return failureRules.test(rule) || (line === null && tooLarge.test(message));
}
