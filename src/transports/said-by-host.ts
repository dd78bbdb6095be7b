import { cutToWidth, printableLine } from '../util/printable.ts';

const COLUMNS = 300;
/** It may say a megabyte. */
const LOOKED_AT = 2000;

/** What a host says, for a message: on one line, and no longer than a person reads. */
export const saidByHost = (text: string): string =>
  cutToWidth(printableLine(text.trim().slice(0, LOOKED_AT)).trim(), COLUMNS);
