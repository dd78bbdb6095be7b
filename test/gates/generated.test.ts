import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generated } from '../../scripts/gates/generated.ts';
import { SmallProject } from './small-project.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');

/** A copy of this project in which the generator has just run. */
function generatedProject(): SmallProject {
  const project = new SmallProject({});
  for (const folder of ['src', 'scripts', 'bin', 'runbooks']) {
    cpSync(join(CHECKOUT, folder), join(project.root, folder), { recursive: true });
  }
  const { status, stderr } = spawnSync(process.execPath, [join(project.root, 'scripts/generate.ts')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return project;
}

describe('the gate generated', function () {
  this.timeout(60_000);

  it('passes right after the generator ran, and finds a page edited by hand, a new action, and a page of none', async () => {
    using project = generatedProject();
    const fresh = await generated.run(project.root);
    assert.equal(fresh.ok, true, fresh.output);
    assert.ok(fresh.looked >= 3);

    const page = readFileSync(join(project.root, 'docs/exit-codes.md'), 'utf8');
    project.write('docs/exit-codes.md', page.replace('a person must look', 'nobody must look'));
    project.write('docs/actions/reboot_all.md', '# An action that is gone\n');
    const action = readFileSync(join(project.root, 'src/actions/command.ts'), 'utf8');
    project.write('src/actions/zzz-last.ts', action.replace(/name: 'command'/, "name: 'zzz_last'"));
    const { ok, output } = await generated.run(project.root);
    assert.equal(ok, false);
    assert.match(output, /^stale: docs\/exit-codes\.md$/m);
    assert.match(output, /^stale: src\/actions\/index\.ts$/m);
    assert.match(output, /^stale: docs\/actions\/zzz_last\.md$/m);
    assert.match(output, /^no longer made from anything: docs\/actions\/reboot_all\.md$/m);
  });
});
