import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Action, ComposeContext, PreparedWork } from '../../src/model/action.ts';
import { readLiteral } from '../../src/model/literal.ts';
import type { Script } from '../../src/model/script.ts';
import type { Field, Fields, Type } from '../../src/model/type.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { contextOf } from '../actions/support/context.ts';
import { output } from '../actions/support/run-script.ts';
import { HOSTILE, hostileParams } from './hostile-params.ts';

const INITS = ['systemd', 'openrc', 'sysv', 'none'] as const;

/** What every action keeps, whatever it does. `file` is the name of its file without `.ts`. */
export function describeAction(file: string, action: Action): void {
  describe(file, () => {
    it('is named like its file', () => assert.equal(action.name.replaceAll('-', '_'), file));

    it('has a summary of one sentence', () => assert.match(action.summary, /^[A-Z][^\n]*[^.\n]\.$/));

    it('describes every field at every depth', () => {
      for (const [path, field] of fieldsOf({ ...action.params, ...action.output })) {
        assert.match(field.description, /\S/, path);
        assert.ok(!field.description.includes('\n'), path);
      }
    });

    it('says in words what its patterns let through', () => {
      for (const [path, { type }] of fieldsOf(action.params)) {
        const inner = innermost(type);
        if (inner.kind === 'string' && inner.pattern !== undefined) assert.match(inner.form ?? '', /^[a-z]/, path);
      }
    });

    it('leaves nothing out of its output', () => {
      for (const [path, field] of fieldsOf(action.output)) assert.notEqual(field.optional, true, path);
      assert.equal(Object.hasOwn(action.output, 'status'), false);
    });

    it('says how it is undone when it changes something, and only then', () => {
      assert.equal(action.undo !== undefined, action.effect === 'changes');
      if (action.effect === 'reads') assert.deepEqual([action.risk, action.idempotent], ['none', true]);
      if (action.judges === true) assert.equal(action.effect, 'reads');
      if (action.work.kind === 'probe') assert.equal(action.effect, 'reads');
    });

    it('has examples that fit its params', () => {
      assert.ok(action.examples.length > 0);
      for (const { title, params } of action.examples) {
        for (const name of Object.keys(params)) assert.ok(Object.hasOwn(action.params, name), `${title}: ${name}`);
        for (const [name, field] of Object.entries(action.params)) {
          const value = params[name];
          if (value === undefined) assert.equal(field.optional, true, `${title}: ${name} is missing`);
          else assert.ok(fits(field.type, value), `${title}: ${name}`);
        }
        if (!hasSpan(params))
          assert.equal(action.conflict?.(readExample(action.params, params) as never), undefined, title);
      }
    });

    const { work } = action;
    if (work.kind === 'script') describeScript(action, (params, context) => work.compose(params, context));
    if (work.kind === 'probe') {
      it('says on one line what it looks at', () => {
        for (const { params } of action.examples.filter((example) => !hasSpan(example.params)))
          assert.match(work.summary(readExample(action.params, params) as never), /^[^\n]+$/);
      });
    }
    if (work.kind === 'prepared') {
      describeScript(action, (params, context) => work.look(params, context));
      describePreparation(action, work);
    }
  });
}

function describeScript(action: Action, work: (params: never, context: ComposeContext) => Script): void {
  const compose = (params: unknown, init: (typeof INITS)[number]): Script =>
    work(params as never, contextOf({ host: { init } }));
  const samples = [
    ...action.examples.filter(({ params }) => !hasSpan(params)).map(({ params }) => readExample(action.params, params)),
    hostileParams(action.params),
  ];

  it('composes the same script twice, on one line for people', () => {
    for (const params of samples) {
      for (const init of INITS) {
        const script = compose(params, init);
        assert.deepEqual(compose(params, init), script);
        assert.notEqual(script.summary.trim(), '');
        if (params !== samples.at(-1)) assert.ok(!script.summary.includes('\n'), script.summary);
      }
    }
  });

  it('keeps data out of the source', () => {
    for (const init of INITS) {
      const { text } = compose(hostileParams(action.params), init);
      for (const word of HOSTILE) assert.ok(!text.includes(word), `${word} is in the text`);
    }
  });

  it('names its variables so that they can be assigned', () => {
    for (const name of Object.keys(compose(samples[0], 'systemd').variables ?? {}))
      assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/);
  });

  it('composes what a POSIX shell can parse, without here-documents, which need a temporary file', () => {
    for (const params of samples.slice(0, -1)) {
      for (const init of INITS) {
        const { text } = compose(params, init);
        execFileSync('/bin/sh', ['-n'], { input: text, stdio: ['pipe', 'ignore', 'pipe'] });
        assert.doesNotMatch(text, /<<-?\s*['"\\]?[A-Za-z_]/);
      }
    }
  });
}

/** A `${{ }}` in an example stands for any value. */
function fits(type: Type, value: unknown): boolean {
  if (typeof value === 'string' && /^\$\{\{.*\}\}$/s.test(value)) return true;
  if (type.kind === 'list' && Array.isArray(value)) return value.every((item) => fits(type.of, item));
  return readLiteral(type, value).ok;
}

function hasSpan(params: JsonObject): boolean {
  return JSON.stringify(params).includes('${{');
}

function describePreparation(action: Action, work: PreparedWork): void {
  it('changes something, and says beforehand how that is undone', () => {
    assert.equal(action.effect, 'changes');
    assert.notEqual(action.undo?.kind, 'declare');
  });

  it('prepares nothing from a look that failed or was cut short', () => {
    for (const code of [0, 1, 69, 127]) {
      for (const stdout of ['', '\n', 'sh: not found\n', 'end']) {
        for (const { params } of action.examples) {
          const answer = { code, stdout: output(stdout), stderr: output(''), durationMs: 1 };
          const prepared = work.prepare(answer, readExample(action.params, params) as never, contextOf());
          assert.equal(prepared.kind, 'failed', JSON.stringify([code, stdout]));
        }
      }
    }
  });
}

function readExample(fields: Fields, params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    const field = fields[name] ?? assert.fail(`unknown param ${name}`);
    const read = readLiteral(field.type, value);
    values[name] = read.ok
      ? field.type.kind === 'since'
        ? '2026-11-22T00:10:00Z'
        : read.value
      : assert.fail(read.error);
  }
  return values;
}

function* fieldsOf(fields: Fields, path = ''): Generator<[string, Field]> {
  for (const [name, field] of Object.entries(fields)) {
    yield [`${path}${name}`, field];
    const inner = innermost(field.type);
    if (inner.kind === 'object') yield* fieldsOf(inner.fields, `${path}${name}.`);
  }
}

function innermost(type: Type): Type {
  return type.kind === 'list' || type.kind === 'map' || type.kind === 'by-pattern' ? innermost(type.of) : type;
}
