import { defineAction } from '../model/action.ts';
import { FORMER_CONFIG_OUTPUT, NO_FORMER_CONFIG, readFormerConfig } from './support/apache-former.ts';
import { FORMER_CONFIG_SH, FORMER_CONFIG_TEST_SH } from './support/apache-former-script.ts';
import { apacheSurvey } from './support/apache-survey.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { readSections } from './support/sections.ts';

export const action = defineAction({
  name: 'apache_former_config',
  summary:
    'Finds former versions of the files that break the configuration of Apache, and the newest with which it parses.',
  notes: `
Former versions are what lies beside the file: \`FILE~\`, \`FILE.bak\`, \`FILE.orig\`, \`FILE.save\`, \`FILE.old\`, \`FILE.dpkg-old\`, \`FILE.rpmsave\`, names with a
date, and what Ansible's \`backup\` makes; and the last ten commits of a git repository that holds the file, such as etckeeper's. What never
was in place (\`.dpkg-dist\`, \`.rpmnew\`, \`.swp\`) does not count, nor what is empty, larger than 1 MiB, or may be written by others than root
and the owner of the file.

Each is tested, the newest first, without touching anything that the host sees: in a mount namespace of its own, where it lies over the
broken file while Apache's \`-t\` reads the configuration. Where two files are broken, a version is searched for the first, then for the next. That needs
root and \`unshare\`; else \`trouble\` says so, and the versions are listed untested.

\`-t\` reads the configuration and does not start Apache: a port that is taken, or a key that does not belong to its certificate, is
not seen.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    unit: {
      type: { kind: 'string' },
      description: 'Its unit or init script, as for `apache_info`.',
      optional: true,
    },
  },
  output: FORMER_CONFIG_OUTPUT,
  examples: [{ title: 'Is there a version that parses?', params: {} }],
  work: {
    kind: 'script',
    compose: ({ unit = '' }) => ({
      summary: "test former versions of Apache's configuration, out of sight of the host",
      text: apacheSurvey(FORMER_CONFIG_SH),
      variables: { unit, former_test: FORMER_CONFIG_TEST_SH },
      timeoutMs: 120_000,
    }),
    interpret(answer) {
      if (answer.code !== 0) return failed('exit', `Apache could not be examined: ${answer.stderr.text.trim()}`);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      if (sections.value.get('binary')?.code === 1) return { status: 'ok', output: NO_FORMER_CONFIG };
      const output = readFormerConfig(sections.value);
      return output.ok ? { status: 'ok', output: output.value } : unexpectedOutput(output.error, answer);
    },
  },
});
