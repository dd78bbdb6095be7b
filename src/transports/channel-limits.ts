import type { ErrorInfo } from '../model/error.ts';
import { saidByHost } from './said-by-host.ts';

/** On one connection: MaxSessions of sshd is 10 unless said otherwise. */
export const CHANNELS = 8;

/** A refused channel means that nothing was started: the host has too many open, so it is asked again, so often. */
export const CHANNEL_TRIES = 20;
export const CHANNEL_PAUSE_MS = 250;

export const noChannel = (name: string, code: 'channel-refused' | 'connection-lost', why: string): ErrorInfo => ({
  code,
  message: `${name}: no channel could be opened: ${saidByHost(why)}`,
  hint: 'sshd there may allow too few sessions (MaxSessions in sshd_config).',
});
