import assert from 'node:assert/strict';
import type { RunEvent, Stamp } from '../../src/model/event.ts';
import type { Evidence } from '../../src/model/step-event.ts';
import { shortened } from '../../src/stores/shortened.ts';

const printed = (text: string): Stamp & Evidence => ({
  type: 'evidence',
  runId: 'r1',
  seq: 1,
  at: '',
  host: 'web01',
  step: 's',
  execution: 'web01.1',
  stream: 'stdout',
  output: { text, bytes: text.length, sha256: 'ab', truncated: false },
});

describe('an event for which there is little room', () => {
  it('keeps the beginning and the end of what was printed, and says how much is left out', () => {
    const text = `first ${'x'.repeat(1_000_000)} last`;
    const short = shortened(printed(text));
    assert.ok(short.type === 'evidence');
    assert.ok(short.output.text.length < 4300);
    assert.match(short.output.text, /^first x+\n\[\.\.\. 995915 characters left out: .*\]\nx+ last$/);
    assert.equal(short.output.truncated, true);
    assert.equal(short.output.bytes, text.length);
    assert.equal(short.output.sha256, 'ab');
  });

  it('cuts no sign in two', () => {
    const short = shortened(printed('𝒳'.repeat(5001).slice(1)));
    assert.ok(short.type === 'evidence' && short.output.text.isWellFormed());
  });

  it('stays as it is when it is small, or tells of nothing printed', () => {
    const finished: RunEvent = {
      type: 'run-interrupted',
      runId: 'r1',
      seq: 2,
      at: '',
      signal: 'SIGINT',
    };
    for (const event of [printed('short'), finished]) assert.equal(shortened(event), event);
  });
});
