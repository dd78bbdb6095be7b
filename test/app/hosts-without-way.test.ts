import assert from 'node:assert/strict';
import { othersOf, problemsOf } from '../../src/app/hosts-without-way.ts';
import type { InventoryHost } from '../../src/model/host.ts';
import type { Diagnostic } from '../../src/model/source.ts';
import { inventoryHost } from '../support/hosts.ts';

describe('Hosts that cannot be reached as they are written', () => {
  const at = (line: number): Diagnostic['at'] => {
    const start = { line, column: 1, offset: line };
    return { file: '/hosts', start, end: start };
  };
  const windows = (name: string, line: number): InventoryHost =>
    inventoryHost(name, {
      problems: [{ severity: 'error', code: 'E_CONNECTION', message: 'not by winrm', at: at(line) }],
    });
  const linux = inventoryHost('web01');

  it('are named, those of one line together', () => {
    const problems = problemsOf([windows('dc01', 3), linux, windows('dc02', 3), windows('dc03', 3), windows('pc', 4)]);
    assert.deepEqual(
      problems.map(({ message, at: { start } }) => [message, start.line]),
      [
        ['dc01 and 2 more hosts: not by winrm', 3],
        ['pc: not by winrm', 4],
      ],
    );
  });

  it('can be left out by a limit that is written out', () => {
    const hosts = [windows('dc01', 3), linux, windows('dc02', 3)];
    assert.deepEqual(othersOf(hosts, undefined), {
      code: 'usage',
      message: '2 of 3 chosen hosts cannot be reached as they are written',
      hint: "to leave them out: --limit 'all:!dc01:!dc02'",
    });
    assert.match(othersOf(hosts, 'a:b')?.hint ?? '', /'a:b:!dc01:!dc02'$/);
    assert.match(othersOf(hosts, 'a,b')?.hint ?? '', /'a,b,!dc01,!dc02'$/);
    assert.match(othersOf([linux, windows('::1', 1)], undefined)?.hint ?? '', /'all,!::1'$/);
    assert.match(othersOf([linux, windows('::1', 1)], 'a:b')?.hint ?? '', /^choose others/);
  });

  it('are no choice where all of them are, or none, and no list that nobody would type', () => {
    assert.equal(othersOf([windows('dc01', 3)], undefined), undefined);
    assert.equal(othersOf([linux], undefined), undefined);
    const many = Array.from({ length: 9 }, (_, index) => windows(`dc${index}`, index + 1));
    assert.match(othersOf([linux, ...many], undefined)?.hint ?? '', /^choose others/);
  });
});
