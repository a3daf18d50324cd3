/** How often a fault happens: `few` in every run of the tests, `many` in `npm run test:faults`. */
export const amount = (few: number, many: number): number => (process.env['RSOLV_TEST_FAULTS'] === 'full' ? many : few);

/** Whether every fault is tried, also those that take too long for `npm test`. */
export const isThorough = process.env['RSOLV_TEST_FAULTS'] === 'full';
