import { cutToWidth, printableLine } from '../util/printable.ts';

const COLUMNS = 300;

/** What a host says, for a message: on one line, and no longer than a person reads. */
export const saidByHost = (text: string): string => cutToWidth(printableLine(text).trim(), COLUMNS);
