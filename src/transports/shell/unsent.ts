import type { ErrorInfo } from '../../model/error.ts';
import type { CommandResult } from '../../model/script.ts';
import { endedWithoutOutput } from '../output.ts';
import type { Report } from './command.ts';

/** What is answered for a step that its host was not given, or of which it has not said that it ended. */
export const LOST = endedWithoutOutput({ how: 'lost' });

/** No shell was asked. */
export const UNASKED: Report = { begun: false, stdout: LOST.stdout, stderr: LOST.stderr, durationMs: 0 };

/** Nobody has said that it ended. */
export const mayRun = ({ end }: CommandResult): boolean => end.how === 'lost' || ('gone' in end && !end.gone);

export const UNSENT: CommandResult = endedWithoutOutput({
  how: 'not-started',
  why: 'the connection is closed',
  unsent: true,
});

export const notStarted = (why: string): CommandResult => endedWithoutOutput({ how: 'not-started', why });

export const unopened = ({ code, message, hint }: ErrorInfo): CommandResult =>
  code === 'interrupted'
    ? endedWithoutOutput({ how: 'cancelled', gone: true })
    : code === 'connection-lost'
      ? UNSENT
      : notStarted(hint === undefined ? message : `${message}. ${hint}`);
