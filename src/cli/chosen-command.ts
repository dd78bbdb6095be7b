import type { Terminal } from './terminal.ts';

/** A command that was chosen; gives the exit code. */
export type ChosenCommand = (terminal: Terminal) => Promise<number>;
