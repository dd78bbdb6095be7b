import assert from 'node:assert/strict';
import { deadCode, deadCodeShipped } from '../../scripts/gates/dead-code.ts';
import { SmallProject } from './small-project.ts';

const KNIP = `{ "entry": ["src/cli/main.ts!", "test/**/*.test.ts"], "project": ["src/**/*.ts!", "test/**/*.ts"] }\n`;
const PACKAGE = '{ "type": "module" }\n';
const MAIN =
  "import { port } from '../model/port.ts';\n\nexport async function main(): Promise<void> {\n  console.log(port);\n}\n";

function project(files: Readonly<Record<string, string>>): SmallProject {
  return new SmallProject({
    'knip.json': KNIP,
    'knip.shipped.jsonc': KNIP,
    'package.json': PACKAGE,
    '.mocharc.json': '{}\n',
    'test/support/reporter.ts': '',
    'test/support/skip.ts': '',
    'src/cli/main.ts': MAIN,
    'src/model/port.ts': 'export const port = 22;\n',
    'test/main.test.ts': "import { main } from '../src/cli/main.ts';\n\nawait main();\n",
    ...files,
  });
}

describe('the gates dead-code and dead-code-shipped', function () {
  this.timeout(60_000);

  it('find an export that nobody uses', async () => {
    using own = project({ 'src/model/port.ts': 'export const port = 22;\nexport const unused = 23;\n' });
    const verdict = await deadCode.run(own.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /unused\s+src\/model\/port\.ts:2/);
    assert.ok(verdict.looked >= 3);
  });

  it('find a type that nobody uses', async () => {
    using own = project({ 'src/model/port.ts': 'export const port = 22;\nexport type Port = number;\n' });
    const verdict = await deadCode.run(own.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /Port\s+type\s+src\/model\/port\.ts:2/);
  });

  it('find a file of the product that only a test uses', async () => {
    using own = project({
      'src/model/host.ts': "export const host = 'web01';\n",
      'test/host.test.ts': "import { host } from '../src/model/host.ts';\n\nconsole.log(host);\n",
    });
    const verdict = await deadCodeShipped.run(own.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /src\/model\/host\.ts/);
  });

  it('count the files of the product alone when asked about what is shipped', async () => {
    using own = project({});
    const verdict = await deadCodeShipped.run(own.root);
    assert.equal(verdict.ok, true, verdict.output);
    assert.equal(verdict.looked, 2);
  });
});
