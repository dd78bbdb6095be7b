import assert from 'node:assert/strict';
import { Workplace, type Ended } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';
import { controller, type Death } from './controller.ts';
import { countOf, leftOn, makeSick, quiet } from './counted-host.ts';
import { ALL_KINDS, UNTOUCHED, type CountedRunbook, type Course } from './counted-runbook.ts';
import { brokenRules } from './invariants.ts';
import { newestRun, type RunRecord } from './run-record.ts';

const MOST_RESUMES = 8;

/** Where a host is reached. */
export interface Way {
  readonly address: string;
  readonly port: number;
}

interface Options {
  readonly runbook?: CountedRunbook;
  /** In place of each host's own address, in the same order. */
  readonly ways?: readonly Way[];
  /** The folder that the place with the store is made in. Default: that for temporary files. */
  readonly parent?: string;
  readonly transport?: 'ssh' | 'openssh';
  /** So many hosts are worked on at once. Default: as the program has it. */
  readonly forks?: number;
}

/** One run of the counting runbook, with a store of its own, by controllers that may be killed. */
export class CountedRun {
  readonly place: Workplace;
  readonly course: Course;
  /** The words that begin it. */
  readonly beginning: readonly string[];
  readonly hosts: readonly FleetHost[];
  readonly #runbook: CountedRunbook;
  readonly #forks: readonly string[];

  constructor(hosts: readonly FleetHost[], course: Course, options: Options = {}) {
    const { runbook = ALL_KINDS, ways = hosts, parent, transport = 'ssh', forks } = options;
    this.#forks = forks === undefined ? [] : ['--forks', `${forks}`];
    this.beginning = ['run', './count.yaml', '-i', 'inventory.yaml', '--yes', '--json', ...this.#forks];
    this.place = new Workplace(parent);
    this.hosts = hosts;
    this.#runbook = runbook;
    this.course = course;
    this.place.write({
      known_hosts: hosts.map((host, at) => knownHostsLine(host, ways[at] ?? host)).join(''),
      'inventory.yaml': inventoryOf(hosts, ways, transport),
      'count.yaml': runbook.text,
    });
  }

  async makeSick(): Promise<void> {
    for (const host of this.hosts) await makeSick(host, this.course);
  }

  begin(death?: Death): Promise<Ended> {
    return controller(this.place, this.beginning, death);
  }

  plan(): Promise<Ended> {
    return controller(this.place, ['plan', './count.yaml', '-i', 'inventory.yaml', '--json']);
  }

  resume({ runId }: RunRecord, death?: Death, ...options: readonly string[]): Promise<Ended> {
    return controller(this.place, ['resume', runId, '--json', ...this.#forks, ...options], death);
  }

  /**
   * Goes on with what a controller left, until the run has its end: one that was not approved has changed nothing and is begun anew.
   * `death` says how the next controller dies.
   */
  async bringToItsEnd(death: () => Death | undefined = () => undefined): Promise<RunRecord> {
    let said = '';
    for (let resumes = 0; resumes < MOST_RESUMES; resumes += 1) {
      const run = await newestRun(this.place);
      if (run?.finished === true) return run;
      if (run?.approved === true) said = this.#words(await this.resume(run, death()));
      else {
        for (const host of this.hosts) {
          await quiet(host);
          assert.deepEqual(countOf(host), UNTOUCHED, 'a run that was not approved has changed something');
        }
        said = this.#words(await this.begin(death()));
      }
    }
    throw new Error(`the run has no end after ${MOST_RESUMES} resumes; the last one said:\n${said}`);
  }

  /** Throws what is not as after a run that nobody cut. */
  async judge(run: RunRecord): Promise<void> {
    this.judgeDeeds(run);
    for (const host of this.hosts) assert.deepEqual(await leftOn(host), [], `what is left on ${host.name}`);
  }

  /** The same while another controller may still be connected. */
  judgeDeeds(run: RunRecord): void {
    this.judgeRecord(run);
    for (const host of this.hosts) this.judgeHost(run, host);
  }

  /** What the record says by itself. */
  judgeRecord(run: RunRecord): void {
    assert.deepEqual(brokenRules(run.events), [], this.story(run));
  }

  /** After a run that nobody resumed: one host is as after a run that nobody cut, or else the run never got there, and changed nothing. */
  async judgeUnresumed(run: RunRecord, host: FleetHost): Promise<void> {
    if (run.outcomes.get(host.name) === 'unreachable')
      assert.deepEqual(countOf(host), UNTOUCHED, `unreachable, and changed\n${this.story(run, host)}`);
    else {
      this.judgeHost(run, host);
      assert.deepEqual(await leftOn(host), [], `what is left on the host\n${this.story(run, host)}`);
    }
  }

  /** As after a run that nobody cut. */
  judgeHost(run: RunRecord, host: FleetHost): void {
    const counted = countOf(host);
    const story = `\n${this.story(run, host)}`;
    assert.equal(run.outcomes.get(host.name), this.course, `the outcome, with ${JSON.stringify(counted)}${story}`);
    assert.deepEqual(counted, this.#runbook.whole[this.course], `what the host has counted${story}`);
  }

  remove(): void {
    this.place.remove();
  }

  /** The events in short, of one host or all, for a failure: the folder with the whole record is kept then. */
  story({ events }: RunRecord, host?: FleetHost): string {
    const told = host === undefined ? events : events.filter((event) => !('host' in event) || event.host === host.name);
    const lines = told.map((event) => {
      const step = 'step' in event ? ` ${event.step} ${event.execution}` : '';
      const end = 'status' in event ? ` ${event.status} ${event.error}` : 'reason' in event ? ` ${event.reason}` : '';
      return `${event.seq} ${event.type}${step}${end}`;
    });
    return [...lines.filter((line) => !/ (evidence|step-started) /.test(line)), `in ${this.place.directory}`].join(
      '\n',
    );
  }

  #words({ code, out, err }: Ended): string {
    return `exit ${code}\n${err}\n${out.slice(-2000)}`;
  }
}

function knownHostsLine({ knownHostsLine: line }: FleetHost, { address, port }: Way): string {
  const [, type, key] = line.split(' ');
  return `${port === 22 ? address : `[${address}]:${port}`} ${type} ${key}\n`;
}

function inventoryOf(hosts: readonly FleetHost[], ways: readonly Way[], transport: string): string {
  const lines = hosts.map((host, at) => {
    const { address, port } = ways[at] ?? host;
    return `    ${host.name}: { ansible_host: ${address}, ansible_port: ${port} }\n`;
  });
  return `all:
  hosts:
${lines.join('')}  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${hosts[0]?.rootKeyFile}
    runbook_known_hosts: known_hosts
    runbook_connection: ${transport}
`;
}
