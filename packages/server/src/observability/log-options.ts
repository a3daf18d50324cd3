import { stdTimeFunctions, type LoggerOptions } from 'pino';

/** How log lines are written: one JSON object a line, with the level's name and the time in ISO 8601. */
export const logOptions = (level: string): LoggerOptions => ({
  level,
  errorKey: 'err',
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
});
