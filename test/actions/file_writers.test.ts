import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { action } from '../../src/actions/file_writers.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { skip } from '../support/skip.ts';
import { outputOf, userlands } from './support/userlands.ts';

describe('file_writers on this machine', function () {
  this.timeout(60_000);
  let top: string;

  before(function () {
    if (process.getuid?.() !== 0) skip(this, 'needs root');
    top = mkdtempSync(join(tmpdir(), 'runbook-writers-'));
  });
  after(() => {
    if (top !== undefined) rmSync(top, { recursive: true });
  });

  for (const userland of userlands()) {
    it(`finds who writes to the file system of a path, and not who only reads (${userland.name})`, async () => {
      const ours = async (path: string): Promise<JsonObject | undefined> => {
        const { processes } = await outputOf(action, { paths: [path, join(top, 'none'), ''] }, userland);
        return (processes as JsonObject[]).find(({ pid }) => pid === process.pid);
      };
      // So many that it is among those that are listed.
      const written = Array.from({ length: 300 }, (_, number) =>
        openSync(join(top, `${userland.shell.name}${number}`), 'a'),
      );
      const read = Array.from({ length: 300 }, () => openSync(join(top, `${userland.shell.name}1`), 'r'));
      const found = await ours(top);
      const elsewhere = await ours('/proc');
      for (const file of [...written, ...read]) closeSync(file);
      assert.ok(Number(found?.['files']) >= 300 && Number(found?.['files']) < 340, JSON.stringify(found));
      assert.notEqual(found?.['command'], '');
      assert.equal(elsewhere, undefined);
    });
  }
});
