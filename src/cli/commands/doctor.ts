import { controllerComplaints } from '../../app/doctor/controller.ts';
import { examine } from '../../app/doctor/doctor.ts';
import type { ExaminedHost } from '../../app/doctor/examine-host.ts';
import { complaintsOfTrouble } from '../../app/doctor/ready-hosts.ts';
import { undeliveredComplaints } from '../../app/doctor/undelivered.ts';
import { openInventory } from '../../app/open-inventory.ts';
import { stateDirectory } from '../../app/surroundings.ts';
import type { Trouble } from '../../app/trouble.ts';
import type { Complaint } from '../../model/complaint.ts';
import { DEFAULT_FORKS } from '../../model/configuration.ts';
import type { BoundHost } from '../../model/host.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { count } from '../../util/count.ts';
import { ok, type Result } from '../../util/result.ts';
import { renderController, renderExamined, troubleOf } from '../doctor-text.ts';
import { siteOf } from '../open-site.ts';
import type { DoctorOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { printWarnings } from '../print-warnings.ts';
import type { Terminal } from '../terminal.ts';
import { askPasswords } from '../typed-password.ts';

const PROBLEM = 2;
const UNREACHABLE = 4;

/** `runbook doctor [PATTERN]`. */
export async function doctor(pattern: string | undefined, options: DoctorOptions, terminal: Terminal): Promise<number> {
  const site = siteOf(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const store = openSqliteStore(stateDirectory(here));
  const undelivered = store.ok ? undeliveredComplaints(store.value.outbox, Date.now()) : [];
  if (store.ok) await store.value.close();
  const looked = await controllerComplaints(options, here, store.ok ? undefined : store.error);
  const own = [...looked, ...undelivered];
  const inventory = await openInventory(options, here);
  const from = inventory.ok ? inventory.value.value.inventory : undefined;
  const complaints = pattern === undefined && !inventory.ok ? [...own, ...complaintsOfTrouble(inventory.error)] : own;
  const named = from === undefined ? '' : `${from.name}, ${count(from.hosts.length, 'host')}`;
  if (json) terminal.out.print(`${JSON.stringify({ host: null, complaints })}\n`);
  else terminal.out.print(renderController(complaints, named, terminal.out));
  if (!json && inventory.ok) printWarnings(inventory.value, terminal);
  const controllerCode = exitCodeOf([{ host: '', complaints }]);
  if (pattern === undefined) return controllerCode;
  if (!inventory.ok) return printTrouble(inventory.error, terminal, json);

  const { become = true, becomeUser } = options;
  const forks = options.forks ?? here.configuration.forks?.value ?? DEFAULT_FORKS;
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once('SIGINT', stop);
  try {
    const askFor = async (hosts: readonly BoundHost[]): Promise<Result<readonly BoundHost[], Trouble>> => {
      const answered = await askPasswords(hosts, options, terminal);
      return answered.ok ? ok(answered.value.hosts) : answered;
    };
    const signal = interrupt.signal;
    const request = { ...options, pattern, become: becomeUser ?? become, forks, signal, askPasswords: askFor };
    const examined = await examine(request, inventory.value, here);
    if (!examined.ok) return printTrouble(examined.error, terminal, json);
    if (json) for (const host of examined.value) terminal.out.print(`${JSON.stringify(jsonOf(host))}\n`);
    else terminal.out.print(renderExamined(examined.value, terminal.out));
    return signal.aborted ? 130 : controllerCode | exitCodeOf(examined.value);
  } finally {
    process.off('SIGINT', stop);
  }
}

function exitCodeOf(hosts: readonly ExaminedHost[]): number {
  const isProblem = ({ severity }: Complaint): boolean => severity === 'problem';
  return hosts.reduce(
    (code, { complaints, error }) =>
      code | (complaints.some(isProblem) ? PROBLEM : 0) | (error === undefined ? 0 : UNREACHABLE),
    0,
  );
}

const jsonOf = (host: ExaminedHost) => ({
  host: host.host,
  ...(host.reached !== undefined && { reached: host.reached }),
  ...(host.error !== undefined && { error: host.error }),
  complaints: troubleOf(host),
});
