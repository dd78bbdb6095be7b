import { defineAction } from '../model/action.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { PACKAGE_CACHE_CLEAN_SH } from './support/package-cache.ts';
import { readSections } from './support/sections.ts';

export const action = defineAction({
  name: 'package_cache_clean',
  summary: 'Removes downloaded packages that can be downloaded again.',
  notes: `
\`apt-get clean\`, \`dnf clean packages\`, \`yum clean packages\` or \`apk cache clean\`. While the package manager is at work it fails and removes nothing.
Where there is no cache nothing is done.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'none', reason: 'the package manager downloads again what it needs' },
  idempotent: true,
  params: {},
  output: { freed_bytes: { type: { kind: 'int' }, description: 'How much less the cache takes on disk.' } },
  examples: [{ title: 'Empty the cache', params: {} }],
  work: {
    kind: 'script',
    compose: () => ({ summary: 'empty the cache of the package manager', text: PACKAGE_CACHE_CLEAN_SH }),
    interpret(answer) {
      if (answer.code === 71)
        return failed('exit', `${lastLine(answer.stderr.text).replace(/^runbook: /, '')}; nothing was removed`);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      const [before = '', after = ''] = ['before', 'after'].map((name) => sections.value.get(name)?.lines[0]);
      if (!/^\d+$/.test(before) || !/^\d+$/.test(after))
        return unexpectedOutput('the cache could not be measured', answer);
      const freed = Math.max(0, Number(before) - Number(after));
      const clean = sections.value.get('clean');
      if (clean !== undefined && clean.code !== 0) {
        const did = freed === 0 ? 'nothing was removed' : `${freed} bytes were freed before`;
        return failed('exit', `${clean.lines.find((line) => line !== '') ?? `exit code ${clean.code}`}; ${did}`);
      }
      return { status: freed > 0 ? 'changed' : 'ok', output: { freed_bytes: freed } };
    },
  },
});
