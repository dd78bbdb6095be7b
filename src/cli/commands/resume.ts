import type { ResumeOptions } from '../options.ts';
import { goOnWith } from '../go-on-with.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook resume RUN`: it was approved; nobody is asked again. */
export function resume(run: string, options: ResumeOptions, terminal: Terminal): Promise<number> {
  return goOnWith({ run, how: 'resume', whyNot: () => Promise.resolve(undefined) }, options, terminal);
}
