import { whyNoPassword, withBecomePassword } from '../app/become-password.ts';
import type { Prepared } from '../app/prepare.ts';
import { because, type Trouble } from '../app/trouble.ts';
import type { ErrorInfo } from '../model/error.ts';
import { count } from '../util/count.ts';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';
import { askHidden } from './ask.ts';
import type { Terminal } from './terminal.ts';

/** With the password for sudo, typed once for all hosts that have none of their own. Nothing has been contacted. */
export async function withTypedPassword(prepared: Prepared, terminal: Terminal): Promise<Result<Prepared, Trouble>> {
  if (!terminal.isInteractive) return err(because(NOBODY_TO_ASK));
  const { hosts, selection } = prepared;
  const without = hosts.filter(({ secrets }) => secrets.becomePassword === undefined).length;
  if (without === 0) return ok(prepared);
  const password = await askPassword(`Password for sudo on ${count(without, 'host')}: `, terminal);
  if (!password.ok) return password;
  const kept = { ...selection, askBecomePass: true } as const;
  return ok({ ...prepared, selection: kept, hosts: withBecomePassword(hosts, password.value) });
}

const NOBODY_TO_ASK: ErrorInfo = {
  code: 'usage',
  message: '--ask-become-pass asks for a password, and nobody can be asked: there is no terminal',
  hint: 'write ansible_become_password: !secret NAME into the inventory instead',
};

async function askPassword(question: string, terminal: Terminal): Promise<Result<Secret, Trouble>> {
  const typed = await askHidden(question, terminal);
  const refuse = (error: ErrorInfo) => err(because(error));
  if (typed === undefined) return refuse({ code: 'interrupted', message: 'interrupted; nothing was contacted' });
  const hint = 'start again, without -K when sudo asks for none';
  if (typed === '') return refuse({ code: 'usage', message: 'no password was typed', hint });
  const password = new Secret(typed);
  const why = whyNoPassword(password);
  return why === undefined
    ? ok(password)
    : refuse({ code: 'usage', message: `the password that was typed ${why}`, hint });
}
