import { defineAction } from '../model/action.ts';
import { commandLine } from '../util/command-line.ts';
import { DISK_USAGE_TEXT, interpretDiskUsage, MOUNT_USAGE } from './support/disk-usage.ts';

export const action = defineAction({
  name: 'disk_usage',
  summary: 'Reads how full file systems are, in bytes and in inodes.',
  notes: [
    'Without `paths`, or with an empty list: all mounted local file systems that have a size. Left out are network and FUSE file',
    'systems, which may hang; images that cannot be written (squashfs, iso9660, udf, erofs, cramfs, romfs), which are always full;',
    'overlays other than `/`, whose space is that of the file systems under them; read-only tmpfs and what is below `/sys` and',
    '`/proc`. A file system that is mounted several times is listed once. What the user may not see is left out too.',
    '',
    'A path stands for the mount that holds it, of any kind; two paths on one mount give one element. A path that does not exist',
    'stands for its nearest directory that does. Empty paths are ignored.',
    '',
    '`used_percent` is what df shows: used / (used + available to users), rounded up, so the reserve of root counts as not',
    'available. A file system without fixed inodes (btrfs), and a df without `-i`, give 0 inodes and 0 percent.',
  ].join('\n'),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    paths: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Files or directories whose mounts to look at; empty: all local ones.',
      optional: true,
    },
  },
  output: {
    mounts: {
      type: { kind: 'list', of: MOUNT_USAGE },
      description: 'The mounts, in the order of the paths or of the mount table.',
    },
    worst: {
      type: MOUNT_USAGE,
      description: 'The one with the highest of used_percent and inodes_used_percent; zero values when there is none.',
    },
  },
  examples: [
    { title: 'All local file systems', params: {} },
    { title: 'Where the logs are', params: { paths: ['/var/log', '/'] } },
  ],
  work: {
    kind: 'script',
    compose({ paths = [] }) {
      return {
        summary: paths.length === 0 ? 'df of all local mounts' : `df ${commandLine(paths)}`,
        text: DISK_USAGE_TEXT,
        args: paths,
      };
    },
    interpret: (answer, { paths = [] }) => interpretDiskUsage(answer, paths),
  },
});
