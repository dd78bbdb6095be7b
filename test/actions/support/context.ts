import type { ComposeContext } from '../../../src/model/action.ts';
import type { HostFacts } from '../../../src/model/host.ts';

const FACTS: HostFacts = {
  os: 'debian',
  os_version: '12',
  kernel: '6.1.0-28-amd64',
  arch: 'x86_64',
  init: 'systemd',
  boot_id: '6d8e0e3a-9d0b-4cb5-8f0c-7d1f6f7f5b11',
  boot_time: '2026-11-20T06:00:00Z',
  time: '2026-11-23T00:10:00Z',
  cpus: 2,
  memory_bytes: 2_147_483_648,
  machine_id: '5f0a1c5d6a9e4a0f8a0b7f2d9c3e4b1a',
  uid: 0,
};

export interface ContextChanges {
  readonly host?: Partial<HostFacts>;
  readonly now?: string;
  readonly judged?: boolean;
}

/** What an action is told on a Debian host with systemd; a test changes what it is about. */
export function contextOf(changes: ContextChanges = {}): ComposeContext {
  return {
    host: { ...FACTS, ...changes.host },
    now: changes.now ?? FACTS.time,
    judged: changes.judged ?? false,
  };
}
