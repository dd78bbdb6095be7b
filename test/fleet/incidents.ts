import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetHost } from './host.ts';
import { logIn } from './login.ts';
import { onHost } from './on-host.ts';

/** Ids of semaphore sets. */
export interface LeakedSets {
  /** Lost by killed Apaches: these, and only these, are to be removed. */
  leaked: number[];
  /** Has a key, and the run user as owner. */
  keyed: number | undefined;
  /** Looks just like Apache's, but another live program of the same user works with it. */
  live: number | undefined;
  /** Looks just like Apache's, but another user (`daemon`) owns it; its last process is gone. */
  otherUser: number | undefined;
}

export interface LeakOptions {
  /** The kernel's limit on sets, those of other programs included. Default 8. */
  semmni?: number;
  keyedSet?: boolean;
  foreignLiveSet?: boolean;
  otherUserSet?: boolean;
}

/** Unit of the program that holds the `live` set. */
export const LIVE_SET_UNIT = 'license-server.service';

// Key 0, one semaphore, mode 0600, used once: as APR makes them.
const PRIVATE_SET = '$id = semget(0, 1, 0600) // die $!; semop($id, pack("s!3", 0, 1, 0)) or die $!;';

// From a file: systemd-run would expand the `$id`.
const LIVE_PROGRAM = `
echo '${PRIVATE_SET} sleep' >/usr/local/sbin/license-server
systemd-run -q --unit=${LIVE_SET_UNIT} --uid=www-data perl /usr/local/sbin/license-server`;

const START_OVER = `
systemctl stop apache2 ${LIVE_SET_UNIT} 2>/dev/null || true
for id in $(awk 'NR > 1 { print $2 }' /proc/sysvipc/sem); do ipcrm -s $id; done`;

const CONFIGURE = `
a2dismod -qf mpm_event; a2enmod -q mpm_prefork
sed -i 's|^#\\?Mutex .*|Mutex sysvsem default|' /etc/apache2/apache2.conf; grep -q '^Mutex sysvsem' /etc/apache2/apache2.conf
rm -f /etc/apache2/conf-enabled/runbook-mutex.conf /etc/apache2/conf-available/runbook-mutex.conf
grep -qx 'Listen 8080' /etc/apache2/ports.conf || echo 'Listen 8080' >>/etc/apache2/ports.conf
apachectl configtest`;

const RUN_AS_PERSON = `
id web 2>/dev/null || useradd --create-home --uid 1501 --password '*' web
install -d -o web -g web -m 700 ~web/.ssh; install -o web -g web -m 600 ~root/.ssh/authorized_keys ~web/.ssh
sed -i 's/^export APACHE_RUN_\\(USER\\|GROUP\\)=.*/export APACHE_RUN_\\1=web/' /etc/apache2/envvars`;

const KILL_UNTIL_FULL = `
rounds=0
while systemctl start apache2; do
  systemctl kill -s KILL apache2; systemctl reset-failed apache2 || true
  rounds=$((rounds + 1)); [ $rounds -lt 100 ] || { echo "Apache still starts: is its Mutex sysvsem?" >&2; exit 1; }
done
systemctl is-failed -q apache2`;

/** Incident A: Apache was killed so often that no set is left for its accept mutex; it is down and will not start. Can be repeated. */
export async function leakApacheSemaphores(host: FleetHost, options: LeakOptions = {}): Promise<LeakedSets> {
  await onHost(host, `${START_OVER}; ${CONFIGURE}; sysctl -qw kernel.sem="250 32000 32 ${options.semmni ?? 8}"`);
  const asRunUser = 'setpriv --reuid www-data --regid www-data --clear-groups';
  const asDaemon = 'setpriv --reuid daemon --regid daemon --clear-groups';
  const keyed = options.keyedSet ? await newSet(host, `${asRunUser} ipcmk -S 1 -p 0600`) : undefined;
  const live = options.foreignLiveSet ? await newSet(host, LIVE_PROGRAM) : undefined;
  const otherUser = options.otherUserSet ? await newSet(host, `${asDaemon} perl -e '${PRIVATE_SET}'`) : undefined;
  const before = await semaphoreSets(host);
  await onHost(host, KILL_UNTIL_FULL);
  const leaked = (await semaphoreSets(host)).filter((id) => !before.includes(id));
  return { leaked, keyed, live, otherUser };
}

/**
 * Incident B: Apache's run user `web` (uid 1501) logged in and out, logind removed its semaphores, and Apache died of it.
 * Takes about 12 s, most of them logind's delay.
 */
export async function removeApacheSemaphores(host: FleetHost): Promise<void> {
  await onHost(host, `${CONFIGURE}; ${RUN_AS_PERSON}; systemctl restart apache2`);
  await logIn(host, 'web', 'true');
  await onHost(host, 'for i in $(seq 40); do sleep 1; systemctl is-active -q apache2 || exit 0; done; exit 1');
}

/** Apache as in incident A, up and well: prefork, SysV semaphores, on ports 80 and 8080. */
export async function healthyApache(host: FleetHost): Promise<void> {
  await onHost(host, `${CONFIGURE}; systemctl restart apache2; curl -fsS -o /dev/null http://127.0.0.1:8080/`);
}

export async function noApache(host: FleetHost): Promise<void> {
  await onHost(host, "DEBIAN_FRONTEND=noninteractive apt-get -qq purge 'apache2*'; ! command -v apache2");
}

/** Ids of all System V semaphore sets on the host. */
export async function semaphoreSets(host: FleetHost): Promise<number[]> {
  return (await onHost(host, "awk 'NR > 1 { print $2 }' /proc/sysvipc/sem")).split('\n').filter(Boolean).map(Number);
}

async function newSet(host: FleetHost, command: string): Promise<number> {
  const before = await semaphoreSets(host);
  await onHost(host, command);
  for (let tries = 0; tries < 50; tries++) {
    const [made] = (await semaphoreSets(host)).filter((id) => !before.includes(id));
    if (made !== undefined) return made;
    await sleep(100);
  }
  throw new Error(`${host.name}: no semaphore set was made by: ${command}`);
}
