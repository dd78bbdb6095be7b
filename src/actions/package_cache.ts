import { defineAction } from '../model/action.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { sharedMountOf } from './support/mount-table.ts';
import { PACKAGE_CACHE_USAGE_SH } from './support/package-cache.ts';
import { readSections } from './support/sections.ts';
import { seenMounts } from './support/seen-mounts.ts';

export const action = defineAction({
  name: 'package_cache',
  summary: 'Reads how much space downloaded packages take that can be downloaded again.',
  notes: `
apt: its archive folder, as configured, and the two index files that it makes anew when they are missing. dnf and yum: the packages in their caches, not
the metadata. apk: its cache, where one was set up. Installed packages are no part of it. \`package_cache_clean\` removes what is counted here; apk keeps
what is installed.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {},
  output: {
    manager: { type: { kind: 'string' }, description: '`apt`, `dnf`, `yum` or `apk`; empty: none of these.' },
    used_bytes: { type: { kind: 'int' }, description: 'What the cache takes on disk.' },
    mount: {
      type: { kind: 'string' },
      description: 'Its file system, by the mount that `disk_usage` lists; empty: no cache.',
    },
  },
  examples: [{ title: 'What the cache takes', params: {} }],
  work: {
    kind: 'script',
    compose: () => ({ summary: 'measure the cache of the package manager', text: PACKAGE_CACHE_USAGE_SH }),
    interpret(answer) {
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const mounts = seenMounts(sections.value, answer);
      if (!mounts.ok) return mounts.error;
      const [manager = '', folder = '', bytes = ''] = sections.value.get('cache')?.lines ?? [];
      if (folder === '') return failed('cannot-check', `the cache of ${manager} cannot be entered by this user`);
      if (!/^\d+$/.test(bytes)) return unexpectedOutput('the cache could not be measured', answer);
      const mount = folder === '/' ? '' : (sharedMountOf(folder, mounts.value)?.mount ?? '');
      return { status: 'ok', output: { manager, used_bytes: Number(bytes), mount } };
    },
  },
});
