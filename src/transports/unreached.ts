import type { ErrorInfo } from '../model/error.ts';
import { printableLine } from '../util/printable.ts';

/* Why there is nobody to speak with. `where` is `ADDRESS:PORT`. */

const UP = 'Is the host up, and does a firewall let SSH through from here?';

export const addressUnknown = (name: string): ErrorInfo => ({
  code: 'address-unknown',
  message: `the name ${printableLine(name)} has no address`,
  hint: 'Correct ansible_host in the inventory, HostName in the configuration of ssh, or DNS.',
});

export const unresolved = (name: string, timeoutMs: number): ErrorInfo => ({
  code: 'address-unknown',
  message: `DNS did not say within ${timeoutMs / 1000} s what address the name ${printableLine(name)} has`,
  hint: 'Look at the servers in /etc/resolv.conf, or write the address into the inventory: ansible_host.',
});

export const connectionRefused = (where: string): ErrorInfo => ({
  code: 'connection-refused',
  message: `${where} refuses connections`,
  hint: 'Is sshd running there, and on this port?',
});

export const unanswered = (where: string, timeoutMs: number): ErrorInfo => ({
  code: 'connection-timeout',
  message: `${where} did not answer within ${timeoutMs / 1000} s`,
  hint: UP,
});

export const loginUnfinished = (where: string, timeoutMs: number): ErrorInfo => ({
  code: 'connection-timeout',
  message: `${where} did not finish the login within ${timeoutMs / 1000} s`,
  hint: 'The log of sshd there says what it waits for: a slow DNS or directory of users, as a rule.',
});

export const noWay = (where: string, why: string): ErrorInfo => ({
  code: 'connection-timeout',
  message: `there is no way to ${where} (${printableLine(why)})`,
  hint: UP,
});

export const dropped = (where: string): ErrorInfo => ({
  code: 'connection-lost',
  message: `${where} drops connections before the handshake`,
  hint: 'sshd may be overloaded (MaxStartups), or refuse this address for a while (PerSourcePenalties): its log says so.',
});

export const lostAtLogin = (where: string): ErrorInfo => ({
  code: 'connection-lost',
  message: `${where} closed the connection during login`,
  hint: 'The log of sshd there says why.',
});

export const CANCELLED: ErrorInfo = { code: 'interrupted', message: 'cancelled while connecting' };
