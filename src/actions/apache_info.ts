import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { readApache } from './support/apache-facts.ts';
import { APACHE_OUTPUT, NO_APACHE } from './support/apache-info.ts';
import { apacheSurvey } from './support/apache-survey.ts';
import { failed, unexpectedOutput } from './support/failure.ts';
import { readSections } from './support/sections.ts';

export const action = defineAction({
  name: 'apache_info',
  summary: 'Finds out which Apache HTTP server a host has, how it is configured, and whether it runs.',
  notes: `
Works while Apache is down: what it says comes from the binary itself (\`-V\`, \`-t -D DUMP_RUN_CFG\`), its environment (Debian's \`envvars\`,
Red Hat's \`/etc/sysconfig/httpd\`) and the files it includes. \`apachectl\` is not called, since it makes directories. A configuration that
does not parse is an observation: \`config_ok\` is false, and the rest is told as far as the files tell it.

\`running\` means that a live Apache process is the unit's main process or owns the pid file. \`urls\` has one for each \`Listen\`, with the
loopback address where Apache listens on all; \`https\` for ports of virtual hosts with \`SSLEngine on\`. \`mutex.needed\` is false when this
Apache, as configured, creates no mutex of that kind: with one listener it needs none.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    unit: {
      type: { kind: 'string' },
      description:
        'Its unit or init script, such as `apache2@intranet`; by default `apache2` or `httpd`, whichever is there.',
      optional: true,
    },
  },
  output: APACHE_OUTPUT,
  examples: [
    { title: 'The Apache of this host', params: {} },
    { title: 'One of several instances', params: { unit: 'apache2@intranet' } },
  ],
  work: {
    kind: 'script',
    compose({ unit }): Script {
      return { summary: 'ask Apache for its configuration', text: apacheSurvey(), variables: { unit: unit ?? '' } };
    },
    interpret(answer, _params, { host }) {
      if (answer.code !== 0) return failed('exit', `Apache could not be examined: ${answer.stderr.text.trim()}`);
      const sections = readSections(answer.stdout.text);
      if (!sections.ok) return unexpectedOutput(sections.error, answer);
      if (sections.value.get('binary')?.code === 1) return { status: 'ok', output: NO_APACHE };
      const apache = readApache(sections.value);
      if (!apache.ok) return unexpectedOutput(apache.error, answer);
      const { config_error: complaint } = apache.value;
      if (host.uid !== 0 && complaint.includes('Permission denied'))
        return failed(
          'cannot-check',
          `Apache's configuration cannot be read by this login: ${complaint}; set become: true`,
        );
      return { status: 'ok', output: apache.value };
    },
  },
});
