import { Command, Option } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { exitCodeTable } from './exit-code-table.ts';
import { RISKS } from '../model/action.ts';
import {
  collect,
  forksOption,
  inventoryOption,
  lockWaitOption,
  percent,
  pingUrl,
  scheduleName,
  tags,
  text,
  vaultOption,
} from './option-kinds.ts';
import { addDoctor } from './doctor-command.ts';
import { addExec } from './exec-command.ts';
import { addFreeze } from './freeze-commands.ts';
import { addCases } from './case-commands.ts';
import { addConfig } from './config-commands.ts';
import { addInstall } from './install-command.ts';
import { addInventory } from './inventory-command.ts';
import { addNotify } from './notify-command.ts';
import { addResume } from './resume-commands.ts';
import { addSchedule } from './schedule-commands.ts';
import { addReport } from './report-command.ts';
import { addServe } from './serve-command.ts';
import { addStore } from './store-commands.ts';
import type { JsonOption, NewOptions, RunOptions, ShowOptions } from './options.ts';
import type { Terminal } from './terminal.ts';

/** What a plan has chosen already. */
const CHOOSING = [
  'inventory',
  'vaultPasswordFile',
  'hosts',
  'limit',
  'local',
  'param',
  'paramsFile',
  'tags',
  'skipTags',
  'askPass',
  'askBecomePass',
  'brake',
  'ignoreCooldown',
];

const EXAMPLES = `
Examples:
  runbook plan apache-accept-lock --limit web01   what is wrong, and what it would do
  runbook run --plan 01kb                         carry out that plan, and nothing else
  runbook run apache-accept-lock --limit web01    diagnose, ask, repair, prove
  runbook show 01kb                               the run whose id begins with 01kb
  runbook exec web --reads -- uptime              one command on many hosts
`;

const SELECTION = `
A pattern is Ansible's: a host, a group, all, a glob (web*), ~ and a regular
expression, or several of these (web01,web02); all:!web03 leaves web03 out,
webservers:&live takes those that are in both, webservers[0:4] the first five.
--limit @FILE takes names from a file. The inventory is the first of: -i,
$RUNBOOK_INVENTORY, ./inventory.yaml, that of ./ansible.cfg, that of the
configuration, /etc/runbook/inventory.yaml. A param comes from --param, else from
--params-file, else from the inventory, else from the runbook. !secret NAME comes
from $RUNBOOK_SECRET_NAME, else from $CREDENTIALS_DIRECTORY/NAME, else from the first
of: --secrets, $RUNBOOK_SECRETS, secrets of the configuration, secrets.yaml or
secrets.age in ~/.config/runbook. The configuration is /etc/runbook/config.yaml with
~/.config/runbook/config.yaml, or --config FILE: runbook config show.`;

/**
 * The commands and their options. `typed`: what is parsed then. Parsing does nothing but find out what is to be done and tell `choose`; the code of a command
 * is loaded only when it is run, so that `--help` is answered at once.
 */
export function createProgram(
  { out, err }: Terminal,
  typed: readonly string[],
  choose: (command: ChosenCommand) => void,
): Command {
  const program = new Command('runbook')
    .description('Repairs servers from runbooks: diagnose, fix, verify, roll back, over SSH.')
    .usage('COMMAND [OPTIONS]')
    .option('-V, --version', 'show the version')
    .addOption(text('--config <file>', 'read it instead of ~/.config/runbook/config.yaml; with any command'))
    .helpOption('-h, --help', 'show help; COMMAND --help for the options of a command')
    .helpCommand(false)
    .showHelpAfterError('See runbook --help, or runbook COMMAND --help.')
    .exitOverride()
    .configureOutput({
      writeOut: out.print,
      writeErr: err.print,
      outputError: (text, write) => {
        write(text.replace(/^error:/, err.style('bad', 'error:')));
      },
      getOutHelpWidth: out.columns,
      getErrHelpWidth: err.columns,
    })
    .addHelpText('after', `${EXAMPLES}\n${exitCodeTable()}`);

  const chooseRun = (mode: 'run' | 'plan', runbook: string, options: RunOptions): void => {
    choose(async (terminal) => {
      const { run } = await import('./commands/run.ts');
      const { unlessPaused } = await import('./unless-paused.ts');
      const { watchRun } = await import('./watch-run.ts');
      const what = { runbook, isShadow: mode === 'plan' && options.onSchedule !== undefined };
      return unlessPaused(options, terminal, () =>
        watchRun(what, options, terminal, (watched) => run(mode, runbook, { ...options, watched }, terminal)),
      );
    });
  };

  const choosePlan = (plan: string, options: RunOptions): void => {
    choose(async (terminal) => {
      const { runPlan } = await import('./commands/run-plan.ts');
      const { watchRun } = await import('./watch-run.ts');
      return watchRun({ runbook: '', isShadow: false }, options, terminal, (watched) =>
        runPlan(plan, { ...options, watched }, terminal),
      );
    });
  };

  runOptions(program.command('run [runbook]'))
    .summary('diagnose hosts, and repair those that need it')
    .description('Diagnoses hosts, shows what it would do, and repairs those that need it once that is approved.')
    .option('--yes', 'repair without asking')
    .addOption(lockWaitOption())
    .addOption(text('--plan <id>', 'carry out a plan that runbook plan made; all else is in it').conflicts(CHOOSING))
    .action((runbook: string | undefined, options: RunOptions, command: Command) => {
      const { plan } = options;
      if (runbook === undefined && plan === undefined) command.error('error: name a runbook, or a plan with --plan');
      else if (plan === undefined) chooseRun('run', runbook ?? '', options);
      else if (runbook !== undefined) command.error('error: --plan has its runbook; leave out one of the two');
      else choosePlan(plan, options);
    });

  runOptions(program.command('plan <runbook>'))
    .summary('diagnose hosts, and show the exact commands a run would send')
    .description('Diagnoses hosts, and shows for each the exact commands a run would send. Changes nothing.')
    .action((runbook: string, options: RunOptions) => {
      chooseRun('plan', runbook, options);
    });

  addExec(program, typed, choose);
  addDoctor(program, choose);
  addInventory(program, choose);
  addConfig(program, choose);
  addSchedule(program, choose);
  addInstall(program, choose);
  addNotify(program, choose);
  addCases(program, choose);

  program
    .command('list')
    .summary('list the runbooks')
    .description('Lists the runbooks that can be run by name, and where each comes from.')
    .option('--json', 'one JSON object a line')
    .action((options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/list.ts')).list(options, terminal));
    });

  program
    .command('show <runbook-or-run>')
    .summary('show a runbook, or what happened in a run')
    .description('Shows a runbook by its name or path, or a past run by its id or the beginning of its id.')
    .option('-v, --verbose', 'of a run: every step and all it printed')
    .option('--json', 'of a run: its events, one a line; of a runbook: one JSON object')
    .action((what: string, options: ShowOptions) => {
      choose(async (terminal) => (await import('./commands/show.ts')).show(what, options, terminal));
    });

  program
    .command('new <name>')
    .summary('write a runbook to begin from, with a fault and cases')
    .description('Writes a commented runbook that works, its faults and its cases, into ./runbooks. Never overwrites.')
    .addOption(text('--service <name>', 'one that starts this service when it is down'))
    .addHelpText('after', '\nLater: runbook lint NAME, runbook record NAME --on HOST, runbook plan NAME --limit HOST')
    .action((name: string, options: NewOptions) => {
      choose(async (terminal) => (await import('./commands/new.ts')).newCommand(name, options, terminal));
    });

  program
    .command('lint [runbooks...]')
    .summary('check runbooks, without contacting any host')
    .description('Checks runbooks by name or path, or all of them, and tells all errors at once. Contacts no host.')
    .option('--json', 'one JSON object a line')
    .action((runbooks: readonly string[], options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/lint.ts')).lint(runbooks, options, terminal));
    });

  program
    .command('schema [kind]')
    .summary('print the JSON Schema of a kind of file, for editors')
    .description(
      'Prints a JSON Schema for editors: runbook (the default), fragment, inventory, config, faults or cases.',
    )
    .action((kind: string | undefined) => {
      choose(async (terminal) => (await import('./commands/schema.ts')).schema(kind ?? 'runbook', terminal));
    });

  program
    .command('actions [name]')
    .summary('list what steps can do, or show one action')
    .description('Lists what a step of a runbook can do; with a name, the params and outputs of that action.')
    .option('--json', 'one JSON object a line')
    .action((name: string | undefined, options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/actions.ts')).actions(name, options, terminal));
    });

  addResume(program, choose);
  addReport(program, choose);
  addServe(program, choose);
  addStore(program, choose);
  addFreeze(program, choose);

  return program;
}

function runOptions(command: Command): Command {
  return command
    .addOption(inventoryOption())
    .addOption(text('--hosts <pattern>', "instead of the runbook's own hosts"))
    .addOption(text('--limit <pattern>', 'only those hosts that are also in this'))
    .addOption(new Option('--local', 'this machine, without an inventory').conflicts(['inventory', 'hosts', 'limit']))
    .addOption(new Option('--param <name=value>', 'set a param; may be repeated').argParser(collect))
    .addOption(text('--params-file <file>', 'set params, from YAML or JSON'))
    .addOption(new Option('--tags <tags>', 'only fix steps with one of these, a,b').argParser(tags))
    .addOption(new Option('--skip-tags <tags>', 'no fix steps with one of these').argParser(tags))
    .addOption(vaultOption())
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .option('-k, --ask-pass', 'ask for the password of the SSH login, for hosts without their own')
    .option('-K, --ask-become-pass', 'ask for the password of sudo, su or doas, where a host has none')
    .addOption(forksOption())
    .addOption(new Option('--max-risk <risk>', 'leave hosts alone that need a step beyond it').choices(RISKS))
    .addOption(new Option('--brake <percent>', 'go on though so many hosts have the same finding').argParser(percent))
    .addOption(text('--ignore-cooldown <reason>', 'repair again what was repaired just now, or too often'))
    .addOption(text('--reason <text>', 'why, for the record'))
    .addOption(
      new Option('--on-schedule <name>', 'started by this schedule: for the rules of the site').argParser(scheduleName),
    )
    .addOption(text('--metrics-file <file>', "how it ended, for node_exporter's textfile collector"))
    .addOption(
      new Option('--ping <url>', 'tell URL/start that it begins, and URL/EXITCODE how it ended').argParser(pingUrl),
    )
    .addOption(new Option('--json', 'events, one a line, and nothing else').conflicts(['quiet', 'verbose']))
    .addOption(
      new Option('--quiet', 'only what is not healthy; without a terminal what needs somebody').conflicts(['verbose']),
    )
    .option('-v, --verbose', 'every step and all it prints')
    .addHelpText('after', SELECTION);
}
