import { defineAction } from '../model/action.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { isLocal } from './support/file-system.ts';
import { readFstab } from './support/fstab.ts';
import { readSections, SECTIONS } from './support/sections.ts';
import { seenMounts } from './support/seen-mounts.ts';

const TEXT = `${SECTIONS}
below() {
  printf ' %s' "$1"
  [ -e "/sys/class/block/$1" ] || return 0
  whole=$(readlink "/sys/class/block/$1") whole=\${whole%/*} whole=\${whole##*/}
  [ "$whole" = block ] || below "$whole"
  for under in "/sys/class/block/$1/slaves"/*; do
    [ ! -e "$under" ] || below "\${under##*/}"
  done
}
names() {
  for link in /sys/dev/block/*; do
    [ -e "$link" ] || continue
    target=$(readlink "$link") && echo "\${link##*/}$(below "\${target##*/}")"
  done
}
fstab() { [ ! -e /etc/fstab ] || cat /etc/fstab; }
section mounts cat /proc/self/mountinfo
section fstab fstab
section names names
sections_end
`;

export const action = defineAction({
  name: 'mounts',
  summary: 'Lists what is mounted, whether it can be written to, and whether /etc/fstab wants that.',
  notes: `
In the order of the mount table; of several mounts on one place the one that is seen. \`forced_read_only\` is true when the file system is read-only although
it was not mounted so: that is what ext4, btrfs and others do after an error. XFS stops without any sign here: only the kernel's messages tell, by
the names in \`kernel_names\`. What mounts without a line in \`/etc/fstab\` are wanted for is not known.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {},
  output: {
    mounts: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'MountPoint',
          key: 'mount',
          fields: {
            mount: { type: { kind: 'string' }, description: 'Where it is mounted.' },
            device: { type: { kind: 'string' }, description: 'What is mounted, as in the mount table.' },
            kernel_names: {
              type: { kind: 'list', of: { kind: 'string' } },
              description:
                'Its block device in the messages of the kernel, and what that lies on: dm-0, sda3, sda; empty: none.',
            },
            fs_type: { type: { kind: 'string' }, description: '`ext4`, `xfs`, `tmpfs`, `nfs4` ...' },
            local: {
              type: { kind: 'bool' },
              description: 'Its data is on this host: no network file system, no FUSE.',
            },
            read_only: { type: { kind: 'bool' }, description: 'Nothing can be written to it.' },
            forced_read_only: { type: { kind: 'bool' }, description: 'The kernel made it read-only.' },
            in_fstab: { type: { kind: 'bool' }, description: '`/etc/fstab` has a line for this place.' },
            wanted_read_only: {
              type: { kind: 'bool' },
              description: 'That line says `ro`, or names a kind of file system that cannot be written.',
            },
          },
        },
      },
      description: 'What is mounted.',
    },
  },
  examples: [{ title: 'What is mounted', params: {} }],
  work: {
    kind: 'script',
    compose: () => ({ summary: 'read /proc/self/mountinfo and /etc/fstab', text: TEXT }),
    interpret(answer) {
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const [fstab, names] = ['fstab', 'names'].map((name) => sections.value.get(name));
      const mounts = seenMounts(sections.value, answer);
      if (!mounts.ok) return mounts.error;
      if (fstab?.code !== 0) return failed('cannot-check', 'cannot read /etc/fstab');
      const wanted = readFstab(fstab.lines);
      const named = new Map((names?.lines ?? []).map((line) => [line.split(' ')[0], line.split(' ').slice(1)]));
      return {
        status: 'ok',
        output: {
          mounts: mounts.value.map((mount) => ({
            mount: mount.mount,
            device: mount.device,
            kernel_names: [...new Set(named.get(mount.deviceNumber))],
            fs_type: mount.fsType,
            local: isLocal(mount.fsType),
            read_only: mount.readOnly,
            forced_read_only: mount.forcedReadOnly,
            in_fstab: wanted.has(mount.mount),
            wanted_read_only: wanted.get(mount.mount)?.readOnly ?? false,
          })),
        },
      };
    },
  },
});
