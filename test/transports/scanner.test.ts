import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Scanner } from '../../src/transports/shell/scanner.ts';

interface Told {
  lead: string;
  data: Buffer[];
  status?: string;
}

/** Sections with nonces n0, n1, ... on one scanner, and what each was told. */
function scanning(count: number): { scanner: Scanner; told: Told[] } {
  const scanner = new Scanner({ start: Buffer.from('\n@cut:'), onLine: () => undefined });
  const told = Array.from({ length: count }, (_, index) => {
    const section: Told = { lead: '', data: [] };
    scanner.expect({
      begin: Buffer.from(`\n@n${index}:begin\n`),
      end: Buffer.from(`\n@n${index}:end:`),
      lead: Buffer.from(`\n@t${index}:pid:`),
      begun: false,
      onBegin: () => undefined,
      onLead: (rest) => (section.lead = rest),
      onData: (bytes) => section.data.push(Buffer.from(bytes)),
      onEnd: (tail, status) => {
        section.data.push(Buffer.from(tail));
        section.status = status;
      },
    });
    return section;
  });
  return { scanner, told };
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc
    .constantFrom('\n@n', '\n@n0:end', '\n@n0:begin\n', '\n\n@', '\n@t0:pid:', '@n1:end:0:')
    .map((text) => Buffer.from(text)),
);

describe('the scanner of a shell’s output', () => {
  it('gives every command its own bytes, however the stream is cut', () => {
    const part = fc.record({ body: bytes, stray: bytes, lead: fc.boolean(), status: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 9 }),
        (parts, cuts) => {
          const clean = parts.map((one, index) => ({
            ...one,
            // A nonce can't be known to what is printed.
            body: Buffer.from(
              one.body.toString('latin1').replaceAll(`@n${index}:`, '').replaceAll(`@t${index}:`, ''),
              'latin1',
            ),
            stray: Buffer.from(one.stray.toString('latin1').replaceAll(`@n${index}:`, ''), 'latin1'),
          }));
          const stream = Buffer.concat(
            clean.flatMap(({ body, stray, lead, status }, index) => [
              stray,
              Buffer.from(`\n@n${index}:begin\n${lead ? `\n@t${index}:pid:12:3\n` : ''}`),
              body,
              Buffer.from(`\n@n${index}:end:${status}:\n`),
            ]),
          );
          const { scanner, told } = scanning(parts.length);
          for (let at = 0; at < stream.length;) {
            const size = cuts[at % cuts.length] ?? 1;
            scanner.feed(stream.subarray(at, at + size));
            at += size;
          }
          for (const [index, { body, lead, status }] of clean.entries()) {
            assert.equal(told[index]?.status, `${status}:`);
            assert.equal(told[index]?.lead, lead ? '12:3' : '');
            assert.deepEqual(Buffer.concat(told[index]?.data ?? []), body);
          }
        },
      ),
    );
  });

  it('names a process as soon as its line is there, before any end', () => {
    const { scanner, told } = scanning(1);
    scanner.feed(Buffer.from('\n@n0:begin\n\n@t0:pid:7:8\n'));
    assert.equal(told[0]?.lead, '7:8');
  });

  it('gives what was printed when the stream ends without an end', () => {
    const { scanner, told } = scanning(1);
    scanner.feed(Buffer.from('\n@n0:begin\nhalf'));
    scanner.finish();
    assert.equal(Buffer.concat(told[0]?.data ?? []).toString(), 'half');
    assert.equal(told[0]?.status, undefined);
  });

  it('takes an interruption for the end of what has begun, and tells it when nothing has', () => {
    let lines = 0;
    const ends: string[] = [];
    const scanner = new Scanner({ start: Buffer.from('\n@cut:'), onLine: () => (lines += 1) });
    const section = (name: string, begun = false) => ({
      begin: Buffer.from(`\n@${name}:begin\n`),
      end: Buffer.from(`\n@${name}:end:`),
      begun,
      onBegin: () => undefined,
      onLead: () => undefined,
      onData: () => undefined,
      onEnd: (tail: Buffer, status: string, cutShort: boolean) =>
        ends.push(`${name} ${tail.toString()} ${status} ${cutShort}`),
    });
    scanner.expect(section('a'));
    scanner.feed(Buffer.from('\n@a:begin\nhalf\n@cut:137:\n'));
    assert.deepEqual([ends, lines], [['a half 137: true'], 0]);
    scanner.expect(section('b'));
    scanner.feed(Buffer.from('stray\n@cut:0'));
    scanner.feed(Buffer.from(':\n\n@b:begin\nwhole\n@b:end:0:\n'));
    assert.deepEqual([ends.slice(1), lines], [['b whole 0: false'], 1]);
    // It had begun on the other stream.
    scanner.expect(section('c', true));
    scanner.feed(Buffer.from('\n@cut:9:\n'));
    assert.deepEqual([ends.slice(2), lines], [['c  9: true'], 1]);
  });

  it('goes on inside of what an interruption does not end, and tells it', () => {
    let lines = 0;
    const told: string[] = [];
    const scanner = new Scanner({ start: Buffer.from('\n@cut:'), onLine: () => (lines += 1) });
    scanner.expect({
      begin: Buffer.from('\n@a:begin\n'),
      end: Buffer.from('\n@a:end:'),
      begun: true,
      outlasts: true,
      onBegin: () => undefined,
      onLead: () => undefined,
      onData: (bytes: Buffer) => told.push(bytes.toString()),
      onEnd: (tail: Buffer, status: string, cutShort: boolean) => told.push(tail.toString(), status, String(cutShort)),
    });
    scanner.feed(Buffer.from('\n@cut:0:\n\n@a:begin\none\n@cut:0:\ntwo\n@a:end:7:\n'));
    assert.deepEqual([told.join(' '), lines], ['one two 7: false', 2]);
  });
});
