import assert from 'node:assert/strict';
import { lint } from '../../scripts/gates/lint.ts';
import { SmallProject } from './small-project.ts';

// In pieces, or this file would be a finding itself.
const SILENCER = ['oxlint', 'disable', 'next', 'line'].join('-');

const VIOLATIONS = [
  {
    title: 'a promise that nobody waits for',
    path: 'src/execute/run.ts',
    text: 'async function connect(): Promise<void> {}\n\nexport function run(): void {\n  connect();\n}\n',
    rule: /no-floating-promises/,
  },
  {
    title: 'a switch that forgets a member of its union',
    path: 'src/execute/end.ts',
    text: "export function end(status: 'ok' | 'failed'): void {\n  switch (status) {\n    case 'ok':\n      break;\n  }\n}\n",
    rule: /switch-exhaustiveness-check/,
  },
  {
    title: 'an engine that prints',
    path: 'src/execute/print.ts',
    text: "console.log('ok');\n",
    rule: /no-console/,
  },
  {
    title: 'an engine that reads the clock by itself',
    path: 'src/execute/now.ts',
    text: 'export const now = Date.now();\n',
    rule: /no-restricted-properties/,
  },
  {
    title: 'an engine that sets a timer by itself',
    path: 'src/execute/wait.ts',
    text: 'setTimeout(() => {}, 1);\n',
    rule: /no-restricted-globals/,
  },
  {
    title: 'SSH outside the transports',
    path: 'src/execute/ssh.ts',
    text: "import { Client } from 'ssh2';\n\nexport const client = new Client();\n",
    rule: /no-restricted-imports/,
  },
  {
    title: 'any',
    path: 'src/execute/any.ts',
    text: 'export function read(text: string): any {\n  return text;\n}\n',
    rule: /no-explicit-any/,
  },
  {
    title: 'a comment that silences the linter',
    path: 'src/execute/silent.ts',
    text: `// ${SILENCER}\nexport const phase = 1;\n`,
    rule: /silent\.ts:1: silences a tool/,
  },
];

describe('the gate lint', function () {
  this.timeout(60_000);

  it('passes a sound project and counts its files', async () => {
    using project = new SmallProject({ 'src/transports/ssh.ts': VIOLATIONS[5]?.text ?? '' });
    const verdict = await lint.run(project.root);
    assert.equal(verdict.ok, true, verdict.output);
    assert.ok(verdict.looked >= 3);
  });

  for (const { title, path, text, rule } of VIOLATIONS) {
    it(`finds ${title}`, async () => {
      using project = new SmallProject({ [path]: text });
      const verdict = await lint.run(project.root);
      assert.equal(verdict.ok, false);
      assert.match(verdict.output, rule);
    });
  }
});
