/** What the shell of a step said as it began: its pid, and that of the shell it is a fork of. Undefined: those are no processes. */
export function readPids(text: string): { readonly pid: number; readonly shell: number } | undefined {
  const [, pid, shell] = /^(\d{1,10}):(\d{1,10})$/.exec(text) ?? [];
  const pids = { pid: Number(pid), shell: Number(shell) };
  return pids.pid > 1 && pids.shell > 1 ? pids : undefined;
}

/** What it said as it ended: the status that it exits with. Undefined: that is none. */
export function readExit(text: string): number | undefined {
  const [, status] = /^(\d{1,3})(?!\d)/.exec(text) ?? [];
  return status === undefined ? undefined : Number(status);
}
