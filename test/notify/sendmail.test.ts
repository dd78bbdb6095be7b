import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Delivery } from '../../src/notify/delivery.ts';
import { mail } from '../../src/notify/mail.ts';
import { sendmail } from '../../src/notify/sendmail.ts';
import { RUN } from './support/notifications.ts';

describe('sendmail', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-sendmail-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const file = (name: string): string => join(folder, name);
  /** With a program that does this in the place of sendmail. */
  function send(script: string, text = mail(RUN, 'ops@example.org'), signal = new AbortController().signal) {
    writeFileSync(file('sendmail'), `#!/bin/sh\n${script}\n`);
    chmodSync(file('sendmail'), 0o755);
    const environment = { ...process.env, HOME: folder, RUNBOOK_SECRET_TOKEN: 'canary' };
    return sendmail(text, { signal, environment, program: file('sendmail') });
  }

  it('hands over the mail as it is, with -t -i and without our secrets', async () => {
    const text = mail(RUN, 'ops@example.org');
    const delivery = await send('echo "$@" >"$HOME/argv"; env >"$HOME/env"; cat >"$HOME/mail"', text);
    assert.deepEqual(delivery, { kind: 'sent', note: `taken by ${file('sendmail')}` });
    assert.equal(readFileSync(file('argv'), 'utf8'), '-t -i\n');
    assert.equal(readFileSync(file('mail'), 'utf8'), text);
    assert.doesNotMatch(readFileSync(file('env'), 'utf8'), /canary/);
  });

  const ENDS: readonly (readonly [script: string, kind: Delivery['kind'], note: RegExp])[] = [
    ['cat >/dev/null; echo "queue file write error" >&2; exit 75', 'later', /exit code 75: queue file write error$/],
    ['exit 1', 'later', /exit code 1$/],
    ['cat >/dev/null; exit 67', 'never', /exit code 67: there is no such user$/],
    ['kill -KILL $$', 'later', /was ended by SIGKILL/],
    ["printf '\\033[31mbad\\n\\nworse' >&2; exit 70", 'later', /\\x1b\[31mbad worse$/],
  ];
  for (const [script, kind, note] of ENDS) {
    it(`is ${kind === 'never' ? 'of no use' : 'tried again'} when it does: ${script}`, async () => {
      const delivery = await send(script);
      assert.equal(delivery.kind, kind);
      assert.match(delivery.note, note);
    });
  }

  it('says what to do where there is none', async () => {
    const signal = new AbortController().signal;
    const delivery = await sendmail('', { signal, environment: {}, program: file('none') });
    assert.equal(delivery.kind, 'later');
    assert.match(delivery.note, /^there is no .*none: install a mail server/);
  });

  it('is ended when it is cancelled', async () => {
    const cancel = new AbortController();
    const sending = send('touch "$HOME/begun"; sleep 60; touch "$HOME/ended"', undefined, cancel.signal);
    while (!existsSync(file('begun'))) await new Promise((resolve) => setImmediate(resolve));
    cancel.abort();
    assert.deepEqual(await sending, { kind: 'later', note: `${file('sendmail')} has not ended so far` });
    assert.ok(!existsSync(file('ended')));
  });
});
