import assert from 'node:assert/strict';
import { readSeenFile } from '../../../src/actions/support/file-seen.ts';
import { outputOf } from '../../../src/transports/output.ts';

const seen = (name: string): string =>
  `store /var/lib/runbook/kept\nuser 0\nfile /etc/app.conf\nowner \ngroup \ndirectory /etc\nname ${name}\nkind absent\nend\n`;

describe('what a host says of a file', () => {
  const read = (text: string) => readSeenFile({ code: 0, stdout: outputOf(text), stderr: outputOf(''), durationMs: 1 });

  it('is refused when no file can have that name, before it is compared and shown', () => {
    assert.ok(read(seen('a'.repeat(4000))).ok);
    const refused = read(seen('é'.repeat(5000)));
    assert.ok(!refused.ok);
    assert.deepEqual(
      [refused.error.reason, refused.error.error],
      ['output', 'the name of a file is longer than any can be'],
    );
  });
});
