import assert from 'node:assert/strict';
import { types, typesNative } from '../../scripts/gates/types.ts';
import { SmallProject } from './small-project.ts';

const SOUND = "export const name: string = 'web01';\n";

for (const gate of [types, typesNative]) {
  describe(`the gate ${gate.name}`, function () {
    this.timeout(60_000);

    it('passes a sound project and counts its files', async () => {
      using project = new SmallProject({ 'src/model/host.ts': SOUND });
      const verdict = await gate.run(project.root);
      assert.equal(verdict.output.trim(), '');
      assert.equal(verdict.ok, true);
      assert.equal(verdict.looked, 3, 'one source file and two of test/support');
    });

    it('finds a value of the wrong type', async () => {
      using project = new SmallProject({ 'src/model/host.ts': SOUND.replace("'web01'", '22') });
      const verdict = await gate.run(project.root);
      assert.equal(verdict.ok, false);
      assert.match(verdict.output, /src\/model\/host\.ts\(1,14\): error TS2322/);
    });

    it('finds syntax that cannot be stripped', async () => {
      using project = new SmallProject({ 'src/model/host.ts': 'export enum Phase {\n  Fix,\n}\n' });
      const verdict = await gate.run(project.root);
      assert.equal(verdict.ok, false);
      assert.match(verdict.output, /TS1294/);
    });
  });
}
