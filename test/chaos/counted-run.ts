import assert from 'node:assert/strict';
import { Workplace, type Ended } from '../cli/spawn.ts';
import type { FleetHost } from '../fleet/host.ts';
import { controller, type Death } from './controller.ts';
import { countOf, leftOn, makeSick, quiet } from './counted-host.ts';
import { ALL_KINDS, UNTOUCHED, type CountedRunbook, type Course } from './counted-runbook.ts';
import { brokenRules } from './invariants.ts';
import { newestRun, type RunRecord } from './run-record.ts';

const MOST_RESUMES = 8;

/** One run of the counting runbook on one host, with a store of its own, by controllers that may be killed. */
export class CountedRun {
  readonly place = new Workplace();
  readonly course: Course;
  /** The words that begin it. */
  readonly beginning = ['run', './count.yaml', '-i', 'inventory.yaml', '--yes', '--json'];
  readonly #host: FleetHost;
  readonly #runbook: CountedRunbook;

  constructor(host: FleetHost, course: Course, runbook = ALL_KINDS) {
    this.#host = host;
    this.#runbook = runbook;
    this.course = course;
    this.reachAt(host.address, host.port);
    this.place.write({ 'count.yaml': runbook.text });
  }

  /** The same host behind another address. */
  reachAt(address: string, port: number): void {
    const [, type, key] = this.#host.knownHostsLine.split(' ');
    const name = port === 22 ? address : `[${address}]:${port}`;
    this.place.write({
      known_hosts: `${name} ${type} ${key}\n`,
      'inventory.yaml': `all:
  hosts:
    counted: { ansible_host: ${address}, ansible_port: ${port} }
  vars:
    ansible_user: root
    ansible_ssh_private_key_file: ${this.#host.rootKeyFile}
    runbook_known_hosts: known_hosts
`,
    });
  }

  makeSick(): Promise<void> {
    return makeSick(this.#host, this.course);
  }

  begin(death?: Death): Promise<Ended> {
    return controller(this.place, this.beginning, death);
  }

  plan(): Promise<Ended> {
    return controller(this.place, ['plan', './count.yaml', '-i', 'inventory.yaml', '--json']);
  }

  resume({ runId }: RunRecord, death?: Death, ...options: readonly string[]): Promise<Ended> {
    return controller(this.place, ['resume', runId, '--json', ...options], death);
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
        await quiet(this.#host);
        assert.deepEqual(await countOf(this.#host), UNTOUCHED, 'a run that was not approved has changed something');
        said = this.#words(await this.begin(death()));
      }
    }
    throw new Error(`the run has no end after ${MOST_RESUMES} resumes; the last one said:\n${said}`);
  }

  /** Throws what is not as after a run that nobody cut. */
  async judge(run: RunRecord): Promise<void> {
    await this.judgeDeeds(run);
    assert.deepEqual(await leftOn(this.#host), [], 'what is left on the host');
  }

  /** The same while another controller may still be connected. */
  async judgeDeeds(run: RunRecord): Promise<void> {
    assert.deepEqual(brokenRules(run.events), []);
    const counted = await countOf(this.#host);
    const story = `\n${this.story(run)}`;
    assert.equal(run.outcome, this.course, `the outcome, with ${JSON.stringify(counted)}${story}`);
    assert.deepEqual(counted, this.#runbook.whole[this.course], `what the host has counted${story}`);
  }

  /** After a run that nobody resumed: as `judge` asks, or else it never got to the host, and changed nothing. */
  async judgeUnresumed(run: RunRecord): Promise<void> {
    if (run.outcome !== 'unreachable') return this.judge(run);
    assert.deepEqual(brokenRules(run.events), []);
    assert.deepEqual(await countOf(this.#host), UNTOUCHED, `unreachable, and changed\n${this.story(run)}`);
  }

  remove(): void {
    this.place.remove();
  }

  /** The events in short, for a failure: the folder with the whole record is kept then. */
  story({ events }: RunRecord): string {
    const lines = events.map((event) => {
      const step = 'step' in event ? ` ${event.step} ${event.execution}` : '';
      const end = 'status' in event ? ` ${event.status} ${event.error}` : 'reason' in event ? ` ${event.reason}` : '';
      return `${event.seq} ${event.type}${step}${end}`;
    });
    const told = lines.filter((line) => !/ (evidence|step-started) /.test(line));
    return [...told, `in ${this.place.directory}`].join('\n');
  }

  #words({ code, out, err }: Ended): string {
    return `exit ${code}\n${err}\n${out.slice(-2000)}`;
  }
}
