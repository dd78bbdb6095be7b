import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readDfRow } from '../../src/actions/support/df-row.ts';
import { mountOf, readMountInfo, type Mount } from '../../src/actions/support/mount-table.ts';
import { readSections } from '../../src/actions/support/sections.ts';

const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\0') && !text.includes('/'));
const path = fc.array(word, { maxLength: 3 }).map((words) => `/${words.join('/')}`);

describe('what actions read from hosts', () => {
  it('sections give back any content, line by line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ code: fc.nat(255), lines: fc.array(fc.string()) }), { maxLength: 4 }),
        (contents) => {
          const clean = contents.map(({ code, lines }) => ({
            code,
            lines: lines.map((line) => line.replaceAll('\n', '')),
          }));
          const printed = clean.map(
            ({ code, lines }, number) => `@s${number} ${code}\n${lines.map((line) => `|${line}\n`).join('')}`,
          );
          const read = readSections(`${printed.join('')}@end 0\n`);
          assert.ok(read.ok);
          assert.deepEqual([...read.value.values()].slice(0, -1), clean);
        },
      ),
    );
  });

  it('sections that are cut anywhere are an error', () => {
    const whole = '@a 0\n|one\n|two\n@b 1\n@end 0\n';
    for (let length = 0; length < whole.length - 1; length += 1)
      assert.equal(readSections(whole.slice(0, length)).ok, false, JSON.stringify(whole.slice(0, length)));
    assert.equal(readSections(whole).ok, true);
  });

  it('sections with anything before, between or after them are an error', () => {
    for (const text of [
      'x\n@end 0\n',
      '|x\n@end 0\n',
      '@a 0\nx\n@end 0\n',
      '@end 0\nx\n',
      '@a 0\n@a 0\n@end 0\n',
      '@a b 0\n@end 0\n',
    ])
      assert.equal(readSections(text).ok, false, JSON.stringify(text));
  });

  it('the mount table gives back any path that the kernel escapes', () => {
    fc.assert(
      fc.property(path, (place) => {
        const escaped = place.replace(
          /[ \t\n\\#]/g,
          (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`,
        );
        fc.pre(!/\s/.test(escaped));
        const read = readMountInfo([`36 35 98:0 / ${escaped} rw,noatime master:1 shared:2 - ext4 /dev/sda1 rw`]);
        assert.equal(read.ok && read.value[0]?.mount, place);
      }),
    );
  });

  it('a path is on the longest mount that holds it, and on the last one mounted there', () => {
    const read = readMountInfo([
      '1 0 8:1 / / rw - ext4 /dev/a rw',
      '2 1 8:2 / /srv rw - ext4 /dev/b rw',
      '3 1 8:3 / /srv rw - xfs /dev/c ro',
    ]);
    assert.ok(read.ok);
    assert.deepEqual(
      ['/srv', '/srv/x', '/srvx', '/'].map((place) => mountOf(place, read.value)?.deviceNumber),
      ['8:3', '8:3', '8:1', '8:1'],
    );
    assert.equal(mountOf('/srv', read.value)?.readOnly, true);
  });

  it('a row of df gives its numbers, whatever the device and the mount are called', () => {
    const number = fc.nat(1_000_000_000);
    fc.assert(
      fc.property(word, path, number, number, number, (device, place, total, used, available) => {
        fc.pre(!/\p{Cc}/u.test(device + place));
        const mounts: Mount[] = [mountAt('/'), mountAt(place)];
        const lines = [
          'Filesystem 1024-blocks Used Available Capacity Mounted on',
          `${device} ${total} ${used} ${available} 5% ${place}`,
        ];
        const row = readDfRow(lines, mounts);
        assert.deepEqual(row.ok && [row.value.mount.mount, row.value.total, row.value.used, row.value.available], [
          place,
          total,
          used,
          available,
        ]);
      }),
    );
  });
});

function mountAt(mount: string): Mount {
  return { deviceNumber: '8:1', mount, device: 'x', fsType: 'ext4', readOnly: false, forcedReadOnly: false };
}
