import assert from 'node:assert/strict';
import { imports } from '../../scripts/gates/imports.ts';
import { SmallProject } from './small-project.ts';

const HOST = "export interface Host {\n  readonly name: string;\n}\n\nexport const local: Host = { name: 'local' };\n";

const VIOLATIONS = [
  {
    title: 'a type-only import from a higher row',
    files: {
      'src/app/host.ts': HOST,
      'src/model/plan.ts': "import type { Host } from '../app/host.ts';\n\nexport type Hosts = readonly Host[];\n",
    },
    rule: /model-imports-only-lower-rows/,
  },
  {
    title: 'a type-only import from the same row',
    files: {
      'src/reporters/host.ts': HOST,
      'src/execute/run.ts':
        "import type { Host } from '../reporters/host.ts';\n\nexport type Hosts = readonly Host[];\n",
    },
    rule: /execute-imports-only-lower-rows/,
  },
  {
    title: 'a cycle of type-only imports',
    files: {
      'src/model/host.ts':
        "import type { Group } from './group.ts';\n\nexport type Host = { readonly groups: Group[] };\n",
      'src/model/group.ts':
        "import type { Host } from './host.ts';\n\nexport type Group = { readonly hosts: Host[] };\n",
    },
    rule: /no-cycle/,
  },
  {
    title: 'SSH outside the transports',
    files: { 'src/execute/run.ts': "import { Client } from 'ssh2';\n\nexport const client = new Client();\n" },
    rule: /only-transports-know-ssh/,
  },
  {
    title: 'a core that reads files',
    files: { 'src/execute/run.ts': "import { readFileSync } from 'node:fs';\n\nexport const read = readFileSync;\n" },
    rule: /the-core-does-no-io/,
  },
  {
    title: 'a folder that has no row',
    files: { 'src/model/host.ts': HOST, 'src/helpers/all.ts': "export { local } from '../model/host.ts';\n" },
    rule: /every-folder-has-a-row/,
  },
  {
    title: 'an import that cannot be found',
    files: {
      'src/model/plan.ts': "import type { Host } from './nowhere.ts';\n\nexport type Hosts = readonly Host[];\n",
    },
    rule: /resolvable/,
  },
];

describe('the gate imports', function () {
  this.timeout(60_000);

  it('passes imports that go down the rows, and counts the modules', async () => {
    using project = new SmallProject({
      'src/model/host.ts': HOST,
      'src/app/run.ts': "import { local } from '../model/host.ts';\n\nexport const hosts = [local];\n",
    });
    const verdict = await imports.run(project.root);
    assert.equal(verdict.ok, true, verdict.output);
    assert.equal(verdict.looked, 2);
  });

  for (const { title, files, rule } of VIOLATIONS) {
    it(`finds ${title}`, async () => {
      using project = new SmallProject(files);
      const verdict = await imports.run(project.root);
      assert.equal(verdict.ok, false);
      assert.match(verdict.output, rule);
    });
  }

  it('has looked at nothing when src holds no module', async () => {
    using project = new SmallProject({ 'src/README.md': '# Source\n' });
    const { looked } = await imports.run(project.root);
    assert.equal(looked, 0);
  });
});
