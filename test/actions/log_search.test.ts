import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { action } from '../../src/actions/log_search.ts';
import type { Answer, Interpretation } from '../../src/model/action.ts';
import type { Script } from '../../src/model/script.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { output, runScript } from './support/run-script.ts';
import { shells, type Shell } from './support/shells.ts';

const SINCE = '2026-11-23T00:00:00Z';

interface Params {
  readonly sources: readonly string[];
  readonly patterns: Readonly<Record<string, string>>;
  readonly since?: string;
  readonly limit?: number;
}

describe('what log_search asks a host for', () => {
  it('is lines with a literal of each pattern', () => {
    const script = compose({ sources: ['kernel'], patterns: { a: 'abc|def', b: '(?i)xyz' } });
    assert.equal(script.variables?.['wanted'], 'abc\ndef\nxyz');
    assert.equal(script.variables?.['fold'], 'i');
    assert.equal(script.env?.['RUNBOOK_LITERALS'], 'cabc\ncdef\nixyz');
  });

  it('is all lines as soon as one pattern has no literal', () => {
    const script = compose({ sources: ['kernel'], patterns: { a: 'abc', b: '[0-9]+' } });
    assert.equal(script.variables?.['wanted'], '');
    assert.equal(script.env?.['RUNBOOK_LITERALS'], '');
  });
});

for (const name of ['dash', 'bash', 'busybox'] as const) {
  describe(`logs in ${name}`, () => {
    let shell: Shell;
    let folder: string;

    before(function () {
      shell = shells().find((candidate) => candidate.name === name) ?? skip(this, `no ${name} on this machine`);
    });
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'runbook log '))));
    afterEach(() => rmSync(folder, { recursive: true }));

    const write = (file: string, ...lines: readonly string[]): string => {
      const path = join(folder, file);
      writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
      return path;
    };
    const search = async (params: Params): Promise<Interpretation<JsonObject>> =>
      interpret(await runScript(compose(params), shell), params);

    it('are counted by pattern, and nothing else of them leaves the host', async () => {
      const path = write(
        'a.log',
        '2026-11-23T00:01:00Z needle 1',
        '2026-11-23T00:02:00Z secret',
        ' needle 2',
        '2026-11-22T23:59:59Z needle 3',
      );
      const params = { sources: [path], patterns: { one: 'needle [12]', two: 'needle 1', none: 'straw' } };
      const answer = await runScript(compose(params), shell);
      assert.doesNotMatch(answer.stdout.text, /Z secret\n/);
      assert.deepEqual(outputOf(interpret(answer, params)), {
        counts: { one: 2, two: 1, none: 0 },
        last: { one: '2026-11-23T00:02:00Z', two: '2026-11-23T00:01:00Z', none: '1970-01-01T00:00:00Z' },
        lines: [
          { time: '2026-11-23T00:01:00Z', source: path, pattern: 'one', text: '2026-11-23T00:01:00Z needle 1' },
          { time: '2026-11-23T00:01:00Z', source: path, pattern: 'two', text: '2026-11-23T00:01:00Z needle 1' },
          { time: '2026-11-23T00:02:00Z', source: path, pattern: 'one', text: ' needle 2' },
        ],
        truncated: false,
      });
    });

    it('are searched for literals as they are, whatever characters these have', async () => {
      const path = write('a.log', String.raw`2026-11-23T00:01:00Z a\b.*"$(id)'[x]`, '2026-11-23T00:01:00Z -e nothing');
      const result = await search({
        sources: [path],
        patterns: { quoted: String.raw`\Qa\b.*"$(id)'[x]\E`, dashed: '-e nothing' },
      });
      assert.deepEqual(outputOf(result)['counts'], { quoted: 1, dashed: 1 });
    });

    it('include rotated and packed files as far as the moment reaches', async () => {
      const path = write('app.log', '2026-11-23T00:05:00Z needle');
      write('app.log.1', '2026-11-23T00:04:00Z needle');
      const old = write('app.log.3', '2026-11-23T00:03:00Z needle, but last written to before');
      utimesSync(old, 1_700_000_000, 1_700_000_000);
      writeFileSync(join(folder, 'app.log.2.gz'), gzipSync('2026-11-23T00:02:00Z needle\n'));
      write('app-20261123.log', '2026-11-23T00:01:00Z needle');
      write('apple.log', '2026-11-23T00:01:00Z needle of another log');
      assert.deepEqual(outputOf(await search({ sources: [path], patterns: { x: 'needle' } }))['counts'], { x: 4 });
    });

    it('say when there are more lines than are sent, and the newest are those', async () => {
      const path = write(
        'many.log',
        ...Array.from({ length: 20_100 }, (_, index) => `2026-11-23T00:01:00Z needle ${index}`),
      );
      const { counts, lines, truncated } = outputOf(
        await search({ sources: [path], patterns: { x: 'needle' }, limit: 1 }),
      );
      assert.deepEqual(counts, { x: 20_000 });
      assert.equal((lines as { text: string }[])[0]?.text, '2026-11-23T00:01:00Z needle 20099');
      assert.equal(truncated, true);
    });

    it('say when there are more bytes than are sent, and no part of a line is taken for one', async () => {
      const long = 'needle '.repeat(150);
      const path = write('big.log', ...Array.from({ length: 3000 }, () => `2026-11-23T00:01:00Z ${long}`));
      const { counts, truncated } = outputOf(await search({ sources: [path], patterns: { x: '^2026.*needle $' } }));
      assert.ok((counts as { x: number }).x > 1500);
      assert.equal(truncated, true);
    });

    it('are complete when what was not sent is older than the moment', async () => {
      const old = Array.from({ length: 20_100 }, () => '2026-11-22T00:01:00Z needle');
      const path = write('old.log', ...old, '2026-11-23T00:01:00Z needle');
      const { counts, truncated } = outputOf(await search({ sources: [path], patterns: { x: 'needle' } }));
      assert.deepEqual([counts, truncated], [{ x: 1 }, false]);
    });

    it('are searched from the very moment on where lines are fine enough to tell', async () => {
      const path = write(
        'a.log',
        '2026-11-23T00:01:00.100Z needle',
        '2026-11-23T00:01:00.300Z needle',
        '2026-11-23T00:01:00Z needle',
      );
      const params = { sources: [path], patterns: { x: 'needle' }, since: '2026-11-23T00:01:00.250Z' };
      assert.deepEqual(outputOf(await search(params))['counts'], { x: 2 });
    });

    it('that are no files fail the step', async () => {
      const result = await search({ sources: [folder], patterns: { x: 'needle' } });
      assert.ok(result.status === 'failed');
      assert.deepEqual([result.reason, result.error], ['cannot-check', `${folder} is not a file`]);
    });
  });
}

describe('an answer of log_search that was cut on its way', () => {
  it('fails the step', () => {
    const params = { sources: ['kernel'], patterns: { x: 'abc' } };
    const result = interpret({ code: 0, stdout: output('@end 0\n', true), stderr: output(''), durationMs: 1 }, params);
    assert.deepEqual(result.status === 'failed' && result.reason, 'output');
  });
});

const filled = (params: Params): Params & { readonly since: string } => ({ since: SINCE, ...params });

function compose(params: Params): Script {
  assert.ok(action.work.kind === 'script');
  return action.work.compose(filled(params) as never, contextOf());
}

function interpret(answer: Answer, params: Params): Interpretation<JsonObject> {
  assert.ok(action.work.kind === 'script');
  return action.work.interpret(answer, filled(params) as never, contextOf());
}

function outputOf(result: Interpretation<JsonObject>): JsonObject {
  assert.ok(result.status === 'ok', JSON.stringify(result));
  return result.output;
}
