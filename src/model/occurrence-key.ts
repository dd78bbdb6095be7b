/** What names a time of a schedule in the record: RFC 3339 in UTC, to the second. */
export const occurrenceKey = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** When it is meant to be, milliseconds since 1970; NaN for what is no key. What follows on `/` only tells keys apart. */
export const keyInstant = (key: string): number => Date.parse(key.split('/')[0] ?? '');

/** Not of a run that was started by hand, nor of the line of a correction. */
export const isTimeOfSchedule = (key: string): boolean => !key.includes('/');
