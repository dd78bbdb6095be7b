/** RFC 3339 in UTC, whole seconds; 0 is the zero value, 1970. What no calendar has comes as it is, which is no timestamp: such an output is refused. */
export function timestampOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}

/** Whole seconds since 1970, rounded down, of an RFC 3339 timestamp. */
export function secondsOf(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1000);
}
