import { defineAction, type Preparation } from '../model/action.ts';
import { ok, err, type Result } from '../util/result.ts';
import { prepareFileChange } from './support/file-change.ts';
import type { FileOperation } from './support/file-operation.ts';
import { cannot, type CannotPrepare } from './support/file-seen.ts';
import { writeOperation } from './support/file-write.ts';
import { normalValue, settingsOf, sysctlFile, sysctlPath } from './support/sysctl-files.ts';
import { lookAtSysctl, readSysctl, type SeenSysctl } from './support/sysctl-look.ts';

// Through cat, which tells the kernel's complaint; a shell's own words do not.
const SET_SH = `
value_now() { tr -s '[:space:]' ' ' <"$sysctl_path" | sed 's/^ //; s/ $//'; }
set_value() { printf '%s\\n' "$1" | cat >"$sysctl_path"; }
confirm() {
  [ "$sysctl_value" != "$sysctl_before" ] || return 0
  [ "$(value_now)" = "$sysctl_before" ] || { objection="$sysctl_name changed since it was looked at"; return 1; }
  said=$(set_value "$sysctl_value" 2>&1) || { objection="the kernel refused $sysctl_value: \${said##*: }"; return 1; }
  [ "$(value_now)" = "$sysctl_value" ] || {
    objection="the kernel made it $(value_now) instead of $sysctl_value"
    set_value "$sysctl_before" 2>/dev/null
    return 1
  }
}
`;

export const action = defineAction({
  name: 'sysctl',
  summary: 'Sets a kernel parameter, now and on request at every boot.',
  notes: `
Values are compared without regard to how many blanks or tabs are in them. The value is read back: the step fails, with all put back, when the
kernel refused it or made something else of it.

With \`persist\` it is also set at boot, by a file of its own in \`/etc/sysctl.d\`, unless the file that counts sets it so already. When a file that
is read later (or \`/etc/sysctl.conf\`) sets something else, the step fails and names it: what is written would not hold.
`.trim(),
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'builtin', how: 'the former value is set again, in its file too' },
  idempotent: true,
  params: {
    name: {
      type: {
        kind: 'string',
        pattern: '^[A-Za-z0-9_-]+([./][A-Za-z0-9_:@-]+)+$',
        form: 'the whole name of a parameter, such as vm.swappiness',
      },
      description:
        'Its name, such as `kernel.sem`; with `/` where a part has a dot: `net/ipv4/conf/eth0.1/forwarding`.',
    },
    value: {
      type: {
        kind: 'string',
        pattern: String.raw`^[^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x08\x0a-\x1f\x7f]*$`,
        form: 'a value on one line that is not blank',
      },
      description: 'Its value, as the kernel takes it.',
    },
    persist: {
      type: { kind: 'bool' },
      description: 'Set it at every boot too; false by default.',
      optional: true,
    },
  },
  output: {
    before: { type: { kind: 'string' }, description: 'Its value as it was, with single blanks.' },
    after: { type: { kind: 'string' }, description: 'The same, as it is left.' },
    persisted_in: {
      type: { kind: 'string' },
      description: 'The file that sets it at boot; empty without `persist`.',
    },
  },
  examples: [
    { title: 'Until the next boot', params: { name: 'vm.swappiness', value: '10' } },
    { title: 'For good', params: { name: 'kernel.sem', value: '250 32000 32 256', persist: true } },
  ],
  work: {
    kind: 'prepared',
    look({ name, persist = false }) {
      return lookAtSysctl(name, sysctlPath(name), persist ? sysctlFile(name) : undefined);
    },
    prepare(seen, { name, value }): Preparation<Output> {
      const looked = readSysctl(seen);
      if (!looked.ok) return { ...looked.error, error: `${name}: ${looked.error.error}` };
      const wanted = normalValue(value);
      const { value: before } = looked.value;
      const boot = atBoot(name, wanted, looked.value);
      if (!boot.ok) return boot.error;
      const { operation, path } = boot.value;
      return prepareFileChange({
        summary: `sysctl ${name}='${wanted}'${operation === undefined ? '' : `, at boot by ${path}`}`,
        operations: operation === undefined ? [] : [operation],
        confirm: SET_SH,
        also: before === wanted ? undefined : runtimeChange(name, before, wanted),
        variables: {
          sysctl_name: name,
          sysctl_path: sysctlPath(name),
          sysctl_before: before,
          sysctl_value: wanted,
        },
        output: { before, after: wanted, persisted_in: path },
      });
    },
  },
});

interface Output {
  readonly before: string;
  readonly after: string;
  readonly persisted_in: string;
}

function runtimeChange(
  name: string,
  before: string,
  wanted: string,
): NonNullable<Parameters<typeof prepareFileChange>[0]['also']> {
  return {
    difference: { path: sysctlPath(name), lines: [`${name}: ${before} -> ${wanted}`] },
    undo: { action: 'sysctl', params: { name, value: before } },
  };
}

/** What has to be written so that it is set at boot, and which file sets it then. */
function atBoot(
  name: string,
  wanted: string,
  { files, own }: SeenSysctl,
): Result<{ readonly operation?: FileOperation | undefined; readonly path: string }, CannotPrepare> {
  if (own === undefined) return ok({ path: '' });
  const settings = settingsOf(name, files);
  const last = settings.at(-1);
  if (last?.value === wanted) return ok({ path: last.path });
  const ownPath = sysctlFile(name);
  const others = files.filter(({ path }) => path !== ownPath);
  const counts = settingsOf(name, [...others, { path: ownPath, lines: [`${name} = ${wanted}`] }]).at(-1);
  if (counts !== undefined && counts.path !== ownPath) {
    const why = `${counts.path} sets it to ${counts.value} at boot, after any file of ours`;
    return err(cannot('cannot-start', `${name}: ${why}: change it there, or leave persist out`));
  }
  const content = `# Set by runbook.\n${name} = ${wanted}\n`;
  const operation = writeOperation(own, Buffer.from(content, 'utf8'));
  return operation.ok ? ok({ operation: operation.value, path: own.path }) : operation;
}
