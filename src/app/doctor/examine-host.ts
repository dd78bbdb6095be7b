import type { Complaint } from '../../model/complaint.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { BoundHost } from '../../model/host.ts';
import type { Become, Connection, Transport } from '../../model/transport.ts';
import { complaintsOf } from './host-rules.ts';
import { lookScript, parseLook } from './look.ts';

/** How a host was found. */
export interface ExaminedHost {
  readonly host: string;
  readonly complaints: readonly Complaint[];
  /** Nobody could log in; absent: somebody did. */
  readonly error?: ErrorInfo;
  /** One line: as whom, how, how fast. Absent without a login. */
  readonly reached?: string;
  /** The machine behind the name, where it says. */
  readonly machine?: string;
}

const CONNECT_MS = 15_000;
const LOOK_MS = 20_000;
const DIAL_MS = 5000;

/** Connects, looks, and closes. Nothing is written on the host, and no lock is taken. */
export async function examineHost(
  { host, secrets }: BoundHost,
  become: Become,
  transport: Transport,
  signal: AbortSignal,
): Promise<ExaminedHost> {
  const begun = performance.now();
  const connected = await transport.connect(host, { become, connectTimeoutMs: CONNECT_MS, secrets }, signal);
  const connectMs = performance.now() - begun;
  if (!connected.ok) return { host: host.name, complaints: [], error: connected.error };
  const connection = connected.value;
  try {
    const before = Date.now();
    const answer = await connection.read({ script: lookScript(host.user), timeoutMs: LOOK_MS }, signal);
    const look = parseLook(answer);
    if (look === undefined) return { host: host.name, complaints: [NO_ANSWER] };
    const aheadMs = aheadOf(look.time, before, Date.now());
    const forwards = 'ssh' in host ? await canForward(connection, host.port, signal) : undefined;
    const { os, os_version: version, boot_id: boot, machine_id: machine } = connection.facts;
    return {
      host: host.name,
      complaints: [
        ...(connection.learned ?? []).map(believed),
        ...complaintsOf({
          look,
          connectMs,
          ...(aheadMs !== undefined && { aheadMs }),
          ...(forwards !== undefined && { forwards }),
          loginUser: host.user,
          os,
        }),
      ],
      reached: reachedOf(host.user, look.uid, connection, `${os} ${version}`, connectMs),
      ...(boot !== '' && { machine: `${machine} ${boot}` }),
    };
  } finally {
    await connection.close();
  }
}

const NO_ANSWER: Complaint = {
  severity: 'problem',
  what: 'it let us in and gave no answer that could be read',
  why: 'a diagnosis would get none either',
  fix: 'log in and run: sh -c "echo ok"; id; df -P /',
};

const believed = (what: string): Complaint => ({
  severity: 'warning',
  what,
  why: 'whoever answered is believed from now on',
  fix: 'compare the fingerprint with the one its owner gives',
});

/** Zero while its clock may be right: the answer came somewhere between the two. */
function aheadOf(time: number | undefined, before: number, after: number): number | undefined {
  if (time === undefined) return undefined;
  if (time > after) return time - after;
  return time < before ? time - before : 0;
}

/** sshd's own port is there for sure; it is only connected to. */
async function canForward(connection: Connection, port: number, signal: AbortSignal): Promise<boolean | undefined> {
  const dialed = await connection.dial('127.0.0.1', port, AbortSignal.any([signal, AbortSignal.timeout(DIAL_MS)]));
  if (dialed.ok) dialed.value.destroy();
  if (dialed.ok || dialed.error.code === 'connection-refused') return true;
  return dialed.error.code === 'channel-refused' ? false : undefined;
}

function reachedOf(user: string, uid: number, { chosen }: Connection, os: string, connectMs: number): string {
  const root = user !== 'root' && uid === 0 ? `${user}, then root` : user;
  const carried = chosen === undefined ? '' : `, by ${chosen}`;
  return `${root}${carried}, ${os.trim()}, ${(connectMs / 1000).toFixed(1)} s`;
}
