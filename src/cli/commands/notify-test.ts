import { randomUUID } from 'node:crypto';
import { deliver } from '../../app/notify/deliver.ts';
import { receiversOf } from '../../app/notify/receivers.ts';
import { startedBy } from '../../app/started-by.ts';
import { because } from '../../app/trouble.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { TestNotification } from '../../model/notification.ts';
import { printableLine } from '../../util/printable.ts';
import { siteOf } from '../open-site.ts';
import type { NotifyTestOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

const NOT_TOLD = 2;

/** `runbook notify test [NAME]`: to all at once; what was sent is not sent again. */
export async function notifyTest(
  name: string | undefined,
  options: NotifyTestOptions,
  terminal: Terminal,
): Promise<number> {
  const opened = siteOf(terminal, options);
  if (!opened.ok) return opened.error;
  const site = opened.value;
  const json = options.json === true;
  const all = receiversOf(site.configuration.notify);
  const chosen = name === undefined ? all : all.filter((receiver) => receiver.name === name);
  if (all.length === 0) return printTrouble(because(NOBODY), terminal, json);
  if (chosen.length === 0) {
    const message = `nobody that notify names is called ${name ?? ''}`;
    const hint = `one of: ${all.map((receiver) => receiver.name).join(', ')}`;
    return printTrouble(because({ code: 'usage', message, hint }), terminal, json);
  }
  const { user, machine } = startedBy(site, '', 'person');
  const at = new Date().toISOString();
  const notification: TestNotification = { type: 'test', id: randomUUID(), at, machine, user };
  const signal = new AbortController().signal;
  const { style, print } = terminal.out;
  const tries = chosen.map((receiver) => ({
    receiver,
    delivery: deliver(notification, receiver.notify, { site, secrets: options }, signal),
  }));
  let code = 0;
  for (const { receiver, delivery } of tries) {
    const { kind, note } = await delivery;
    const sent = kind === 'sent';
    if (!sent) code = NOT_TOLD;
    const word = sent ? style('good', 'sent') : style('bad', 'not sent');
    print(
      json
        ? `${JSON.stringify({ receiver: receiver.name, sent, note })}\n`
        : `${printableLine(receiver.name)}: ${word}: ${printableLine(note)}\n`,
    );
  }
  return code;
}

const NOBODY: ErrorInfo = {
  code: 'configuration',
  message: 'nobody is to be told anything: the configuration has no notify',
  hint: 'write notify with a webhook or an email into ~/.config/runbook/config.yaml, or into /etc/runbook/config.yaml',
};
