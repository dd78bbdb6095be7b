/** A set of semaphores of the simulated machine. */
export interface SimulatedSet {
  readonly id: number;
  /** Signed, as /proc/sysvipc/sem has it. */
  readonly key: number;
  readonly uid: number;
  /** Seconds since 1970. */
  readonly otime: number;
  readonly ctime: number;
  readonly lastPid: number;
  /** How many processes wait on it. */
  readonly waiting: number;
  /** Whether the last process lives. */
  readonly isAlive: boolean;
}

export interface SimulatedApache {
  readonly pid: number;
  readonly startedAt: number;
  readonly set: number;
}

export const RUN_UID = 33;
export const OTHER_UID = 34;
export const USERS: ReadonlyMap<number, string> = new Map([
  [RUN_UID, 'www-data'],
  [OTHER_UID, 'backup'],
]);
const MOST_SETS = 8;

/** SEMMSL SEMMNS SEMOPM SEMMNI. */
export const LIMITS = `250\t32000\t32\t${MOST_SETS}`;

export const COMPLAINT = `[core:emerg] (28)No space left on device: AH00023: Couldn't create the mpm-accept mutex
(28)No space left on device: could not create accept mutex`;

/** What happens on a machine with an Apache whose mutex is a set of semaphores, as numbers: no process and no set is made. */
export class SimulatedMachine {
  readonly bootTime: number;
  #apache: SimulatedApache | undefined;
  #sets: readonly SimulatedSet[] = [];
  #nextId = 0;
  #nextPid = 400;

  constructor() {
    this.bootTime = this.now() - 86_400;
  }

  get apache(): SimulatedApache | undefined {
    return this.#apache;
  }

  get sets(): readonly SimulatedSet[] {
    return this.#sets;
  }

  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  makeSet(set: Partial<SimulatedSet> = {}): number {
    const id = this.#nextId++;
    const now = this.now();
    const made = { key: 0, uid: RUN_UID, otime: now, ctime: now, lastPid: this.#nextPid++, waiting: 0, isAlive: false };
    this.#sets = [...this.#sets, { id, ...made, ...set }];
    return id;
  }

  removeSet(id: number): void {
    this.#sets = this.#sets.filter((set) => set.id !== id);
  }

  /** False when no set is left for its mutex. */
  startApache(): boolean {
    if (this.#apache !== undefined) return true;
    if (this.#sets.length >= MOST_SETS) return false;
    const pid = this.#nextPid++;
    const set = this.makeSet({ waiting: 4, isAlive: true });
    this.#apache = { pid, startedAt: this.now(), set };
    return true;
  }

  /** kill -9 of parent and children: the set stays behind. */
  killApache(): void {
    const left = this.#apache?.set;
    this.#apache = undefined;
    this.#sets = this.#sets.map((set) => (set.id === left ? { ...set, waiting: 0, isAlive: false } : set));
  }
}
