/** RFC 3339 in UTC, whole seconds; 0 is the zero value, 1970. */
export function timestampOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** Whole seconds since 1970, rounded down, of an RFC 3339 timestamp. */
export function secondsOf(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1000);
}
