import assert from 'node:assert/strict';
import { format } from '../../scripts/gates/format.ts';
import { SmallProject } from './small-project.ts';

describe('the gate format', () => {
  it('passes a formatted project and counts its files', async () => {
    using project = new SmallProject({ 'src/model/host.ts': "export const name = 'web01';\n" });
    const before = await format.run(project.root);
    project.write('src/model/port.ts', 'export const port = 22;\n');
    const after = await format.run(project.root);
    assert.deepEqual([before.ok, after.ok], [true, true], after.output);
    assert.equal(after.looked, before.looked + 1);
  });

  it('finds an unformatted file and says how to format it', async () => {
    using project = new SmallProject({ 'src/model/host.ts': 'export const name = "web01"\n' });
    const verdict = await format.run(project.root);
    assert.equal(verdict.ok, false);
    assert.equal(verdict.output, 'npx prettier --write src/model/host.ts');
  });

  it('finds a file that does not parse', async () => {
    using project = new SmallProject({ 'src/model/host.ts': 'export const = ;\n' });
    assert.equal((await format.run(project.root)).ok, false);
  });
});
