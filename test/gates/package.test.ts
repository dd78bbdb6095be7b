import assert from 'node:assert/strict';
import { packed } from '../../scripts/gates/package.ts';
import { SmallProject } from './small-project.ts';

const PACKAGE = '{ "name": "runbook", "version": "0.0.1", "bin": "bin/runbook.cjs", "files": ["bin", "runbooks"] }\n';
const PROGRAM = `#!/usr/bin/env node
const { readdirSync } = require('node:fs');
console.log(process.argv[2], readdirSync(__dirname + '/../runbooks'));
`;

function project(program: string, manifest = PACKAGE): SmallProject {
  return new SmallProject({
    'package.json': manifest,
    'bin/runbook.cjs': program,
    'runbooks/disk-full.yaml': 'x: 1\n',
  });
}

describe('the gate package', function () {
  this.timeout(60_000);

  it('passes when every command works in the installed package, and counts its files', async () => {
    using own = project(PROGRAM);
    const verdict = await packed.run(own.root);
    assert.equal(verdict.ok, true, verdict.output);
    assert.equal(verdict.looked, 3);
  });

  it('finds a file that the program needs and the package lacks', async () => {
    using own = project(PROGRAM, PACKAGE.replace(', "runbooks"', ''));
    const verdict = await packed.run(own.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /runbook list: said nothing, exit status 1/);
    assert.match(verdict.output, /ENOENT/);
  });

  it('finds a command that succeeds and says nothing', async () => {
    using own = project('#!/usr/bin/env node\n');
    const verdict = await packed.run(own.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /runbook --help: said nothing/);
  });

  it('finds that a thread which decrypts keys is not in the package', async () => {
    using own = new SmallProject({
      'package.json': PACKAGE,
      'bin/runbook.cjs': PROGRAM,
      'runbooks/disk-full.yaml': 'x: 1\n',
      'src/transports/ssh/key-decrypt.ts': 'export const decryptKey = 1;\n',
    });
    const verdict = await packed.run(own.root);
    assert.equal(verdict.ok, false);
    assert.match(verdict.output, /a key is not decrypted in a thread/);
  });

  it('finds a package that cannot be built', async () => {
    using own = project(PROGRAM, PACKAGE.replace('{', '{ "scripts": { "prepack": "exit 3" }, '));
    const verdict = await packed.run(own.root);
    assert.equal(verdict.ok, false);
  });
});
