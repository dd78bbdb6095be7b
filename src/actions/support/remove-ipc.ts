// From the weakest to the strongest; a file hides those of the same name before it.
const FOLDERS = ['/usr/lib/systemd/', '/usr/local/lib/systemd/', '/run/systemd/', '/etc/systemd/'];

/**
 * Whether logind removes a user's IPC objects at logout, from lines `= FILE`, each followed by the values of its `RemoveIPC`
 * (logind.conf(5)). Its default is yes.
 */
export function readRemoveIpc(lines: readonly string[]): boolean {
  const files = new Map<string, { readonly rank: number; readonly values: string[] }>();
  let values: string[] = [];
  for (const line of lines) {
    if (!line.startsWith('= ')) {
      values.push(line.trim().toLowerCase());
      continue;
    }
    const path = line.slice(2);
    const rank = FOLDERS.findIndex((folder) => path.startsWith(folder));
    const name = path.includes('.conf.d/') ? path.slice(path.lastIndexOf('/') + 1) : '';
    values = [];
    if (rank >= (files.get(name)?.rank ?? -1)) files.set(name, { rank, values });
  }
  const all = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, file]) => file.values);
  const last = all.findLast((value) => /^(?:1|yes|y|true|t|on|0|no|n|false|f|off)$/.test(value)) ?? 'yes';
  return /^(?:1|yes|y|true|t|on)$/.test(last);
}
