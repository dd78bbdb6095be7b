/** Milliseconds that something may take: ten times as long while code is counted for coverage, which makes it slower. */
export const inTime = (milliseconds: number): number =>
  process.env['NODE_V8_COVERAGE'] === undefined ? milliseconds : 10 * milliseconds;
