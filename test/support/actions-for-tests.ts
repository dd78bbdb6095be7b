import type { Action, UndoPolicy } from '../../src/model/action.ts';
import type { Field, Fields, Type } from '../../src/model/type.ts';

/**
 * Declarations of the actions that the ten example runbooks use, without any code: enough to check runbooks against, and
 * independent of how the real actions come along. Each line: name | effect, undo and risk | params | output.
 */
const DECLARATIONS = String.raw`
apache_info | reads | [unit] string | installed bool, unit string, binary string, version string, mpm string, running bool, parent_pid int, started timestamp, run_user string, run_uid int, pid_file string, error_log string, lock_dir string, lock_dir_local bool, log_dir string, mutex {mechanism string, file string, needed bool}, ports list<int>, urls list<string>, config_ok bool, config_error string, configtest list<string>, remove_ipc bool
disk_usage | reads | [paths] list<string> | mounts [{mount string, device string, fs_type string, local bool, read_only bool, size_bytes int, used_bytes int, free_bytes int, used_percent double, inodes int, inodes_used int, inodes_used_percent double}], worst {mount string, device string, fs_type string, local bool, read_only bool, size_bytes int, used_bytes int, free_bytes int, used_percent double, inodes int, inodes_used int, inodes_used_percent double}
semaphores | reads | owner string, [service] string | limits {semmsl int, semmns int, semopm int, semmni int}, sets_used int, semaphores_used int, exhausted string, top_owner string, sets [{id int, key int, owner string, uid int, mode string, semaphores int, last_pid int, waiting int, otime timestamp, ctime timestamp, age duration, reason string}], orphans [{id int, key int, owner string, uid int, mode string, semaphores int, last_pid int, waiting int, otime timestamp, ctime timestamp, age duration, reason string}]
log_search | reads | sources list<string>, since since, patterns patterns, [limit] int | counts {each pattern: int}, last {each pattern: timestamp}, lines [{time timestamp, source string, pattern string, text string}], truncated bool
oom_kills | reads | since since | kills [{time timestamp, pid int, command string, unit string, scope string, rss_bytes int}]
semaphores_remove | changes; undo none; destructive | sets list<object with id, otime, ctime> | removed list<int>, kept [{id int, reason string}]
sysctl | changes; undo builtin | name string, value string, [persist] bool | before string, after string
apache_mutex | changes; undo builtin | mechanism string, [dir] string | file string, before string
service | changes; undo builtin; restart | name string, [state] string, [enabled] bool, [check] list<string>, [daemon_reload] bool | before string, after string, main_pid int
service_status | reads | name string | unit string, exists bool, active bool, enabled bool, masked bool, can_reload bool, state string, sub_state string, result string, main_pid int, restarts int, last_signal string, since timestamp, memory_bytes int, memory_max_bytes int
http | reads | url string, [method] string, [headers] map, [body] string, [timeout] duration, [tls_verify] bool, [follow] bool | code int, error string, duration duration, body string, headers map<string, string>
deleted_files | reads | [min_size] size | files [{pid int, command string, unit string, path string, mount string, size_bytes int}], total_bytes int
journal_usage | reads | - | present bool, used_bytes int, mount string
package_cache | reads | - | manager string, used_bytes int, mount string
find | reads | paths list<string>, [patterns] list<string>, [older_than] duration, [min_size] size, [type] string, [one_file_system] bool, [limit] int | files [{path string, type string, size_bytes int, modified timestamp, age duration, owner string, mode string, mount string}], count int, total_bytes int, truncated bool
directory_counts | reads | paths list<string>, [top] int | directories [{path string, entries int, mount string}]
journal_vacuum | changes; undo none; destructive | keep size | freed_bytes int
package_cache_clean | changes; undo none | - | freed_bytes int
file | changes; undo builtin | path string, state string, [mode] string, [owner] string, [group] string | before string
files_remove | changes; undo none; destructive | paths list<string>, [patterns] list<string>, [older_than] duration, [type] string, [one_file_system] bool | removed int, freed_bytes int
tls_certificate | reads | [files] list<string>, [address] string, [server_name] string | certificates [{path string, subject string, issuer string, names list<string>, not_before timestamp, not_after timestamp, days_left double, fingerprint string, key_found bool, key_matches bool}]
clock | reads | - | service string, unit string, synchronised bool, offset duration, rtc_offset duration, sources int, reachable_sources int
clock_step | changes; undo none; destructive | max duration | stepped duration
command | changes; undo declare | argv list<string>+, [cwd] string, [stdin] string, [timeout] duration | code int, stdout string, stderr string, stdout_lines list<string>, truncated bool, duration duration
shell | changes; undo declare | text string | code int, stdout string, stderr string, stdout_lines list<string>, truncated bool, duration duration
memory | reads | - | total_bytes int, available_bytes int, available_percent double, swap_total_bytes int, swap_free_bytes int, top [{pid int, command string, unit string, rss_bytes int}]
systemd_dropin | changes; undo builtin | unit string, name string, section string, settings map | path string
open_files | reads | [service] string | unit_limit int, host_used int, host_max int, host_used_percent double, processes [{pid int, command string, open int, limit int, used_percent double, sockets_close_wait int}]
lock_file | reads | path string, [process] string | path string, exists bool, local bool, held bool, pid int, owner_alive bool, owner_command string, age duration, size_bytes int
lock_file_remove | changes; undo builtin; destructive | path string, [process] string, pid int | removed bool, reason string
`;

const KEYS: Readonly<Record<string, string>> = {
  mounts: 'mount',
  worst: 'mount',
  sets: 'id',
  orphans: 'id',
  files: 'path',
  directories: 'path',
  kills: 'pid',
  top: 'pid',
  processes: 'pid',
  certificates: 'fingerprint',
};

function parseAction(line: string): Action {
  const [name = '', about = '', params = '', output = ''] = line.split(' | ');
  const changes = about.includes('changes');
  const undo = /undo (builtin|none|declare)/.exec(about)?.[1];
  const policy: UndoPolicy | undefined =
    undo === 'none'
      ? { kind: 'none', reason: 'it cannot be undone' }
      : undo === 'builtin'
        ? { kind: undo, how: 'all is put back' }
        : undo === 'declare'
          ? { kind: undo }
          : undefined;
  return {
    name,
    summary: `Test declaration of ${name}.`,
    effect: changes ? 'changes' : 'reads',
    risk: about.includes('destructive') ? 'destructive' : about.includes('restart') ? 'restart' : 'none',
    ...(policy !== undefined && { undo: policy }),
    idempotent: !changes,
    params: new FieldParser(params).fields(name),
    output: new FieldParser(output).fields(name),
    examples: [],
    work: {
      kind: 'script',
      compose: () => ({ summary: name, text: ':' }),
      interpret: () => ({ status: 'ok', output: {} }),
    },
  };
}

/** Reads the notation of the table: `name type`, `[optional] type`, `{ object }`, `[{ list of objects }]`, `{each pattern: type}`, `list<type>+` with an item at least. */
class FieldParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fields(owner: string): Fields {
    const fields: Record<string, Field> = {};
    while (this.#at < this.#text.length && this.#text[this.#at] !== '}') {
      if (this.#skip(/-\s*|,\s*/y)) continue;
      const optional = this.#skip(/\[(?=[a-z_]+\])/y);
      const name = this.#take(/[a-z_]+/y);
      this.#skip(/\]/y);
      this.#skip(/\s+/y);
      const type = this.#type(name, owner);
      fields[name] = { type, description: name, ...(optional && { optional: true }) };
    }
    return fields;
  }

  #type(name: string, owner: string): Type {
    if (this.#skip(/\[\{/y)) {
      const of = this.#object(name, owner);
      this.#skip(/\}\]/y);
      return { kind: 'list', of };
    }
    const each = this.#skip(/\{each pattern: /y);
    if (each) {
      const of = this.#type(name, owner);
      this.#skip(/\}/y);
      return { kind: 'by-pattern', param: 'patterns', of };
    }
    if (this.#skip(/\{/y)) {
      const object = this.#object(name, owner);
      this.#skip(/\}/y);
      return object;
    }
    if (this.#skip(/list<object with id, otime, ctime>/y)) {
      const timestamp: Field = { type: { kind: 'timestamp' }, description: 'A time.' };
      const fields = {
        id: { type: { kind: 'int' }, description: 'An id.' },
        otime: timestamp,
        ctime: timestamp,
      } as const;
      return { kind: 'list', of: { kind: 'object', name: 'SetToRemove', key: 'id', fields } };
    }
    if (this.#skip(/list</y)) {
      const of = this.#type(name, owner);
      this.#skip(/>/y);
      return { kind: 'list', of, ...(this.#skip(/\+/y) && { nonempty: true }) };
    }
    if (this.#skip(/map(?:<string, string>)?/y)) return { kind: 'map', of: { kind: 'string' } };
    const word = this.#take(/[a-z]+/y);
    if (owner === 'shell' && name === 'text') return { kind: 'shell-text' };
    switch (word) {
      case 'int':
      case 'double':
      case 'bool':
      case 'duration':
      case 'timestamp':
      case 'size':
      case 'since':
      case 'patterns':
        return { kind: word };
      default:
        return { kind: 'string' };
    }
  }

  #object(name: string, owner: string): Type {
    const fields = this.fields(owner);
    const key = KEYS[name];
    const title = ['mounts', 'worst'].includes(name)
      ? 'Mount'
      : ['sets', 'orphans'].includes(name)
        ? 'SemaphoreSet'
        : `${owner}_${name}`;
    return { kind: 'object', name: title, fields, ...(key !== undefined && key in fields && { key }) };
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return false;
    this.#at += match[0].length;
    return true;
  }

  #take(pattern: RegExp): string {
    const start = this.#at;
    if (!this.#skip(pattern)) throw new Error(`cannot read ${this.#text.slice(start, start + 30)}`);
    return this.#text.slice(start, this.#at);
  }
}

export const TEST_ACTIONS: ReadonlyMap<string, Action> = new Map(
  DECLARATIONS.trim()
    .split('\n')
    .map((line) => parseAction(line))
    .map((action) => [action.name, action]),
);
