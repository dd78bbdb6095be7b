import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Shell } from './shells.ts';

/** Semaphore sets made in an IPC namespace of their own, by their ids. */
export interface SemaphoreRoom {
  /** Their processes are gone. More than are read at once. */
  readonly leaked: readonly number[];
  /** Has a key; its process is gone. */
  readonly keyed: number;
  /** Its process sleeps. */
  readonly live: number;
  /** Its last process is gone, another one waits on it. */
  readonly waited: number;
  /** Of user 1; its process is gone. */
  readonly otherUser: number;
  /** Left by a child of a process named `apache2` that still runs: only with `apache`. */
  readonly younger?: number;
  /** Such a shell as given, but inside. */
  enter(shell: Shell): Shell;
  close(): void;
}

/** The user who owns the sets, unless said otherwise. */
export const OWNER = '65534';

// What APR does: a private set of one semaphore. `use` forks, so that the last process of a set is gone or not as wanted.
const MAKE = String.raw`
use POSIX ();
sub set { my ($key) = @_; my $id = semget($key, 1, 0600 | 512) // die $!; semop($id, pack("s!3", 0, 1, 0)) or die $!; $id }
sub use_in { my ($uid, $after, $key) = @_; pipe(my $from, my $to); my $pid = fork // die $!;
  if (!$pid) { close $from; POSIX::setuid($uid); my $id = set($key // 0); syswrite $to, $id; close $to; $after->($id) if $after; POSIX::_exit(0) }
  close $to; my $id = <$from>; waitpid $pid, 0 unless $after; $id }
my $owner = 65534;
my %made = (leaked => [map { use_in($owner) } 1 .. 43], keyed => use_in($owner, undef, 4711), otherUser => use_in(1));
$made{live} = use_in($owner, sub { sleep 600 });
$made{waited} = use_in($owner);
if (!fork) { POSIX::setuid($owner); semop($made{waited}, pack("s!3", 0, -5, 0)); POSIX::_exit(0) }
if ($ARGV[0]) {
  sleep 2;
  if (!(my $parent = fork)) { $0 = "apache2"; if (!fork) { $0 = "apache2"; POSIX::setuid($owner); sleep 600; POSIX::_exit(0) } sleep 600; POSIX::_exit(0) }
  sleep 2;
  $made{younger} = use_in($owner);
}
$| = 1;
my $list = sub { join ",", map { $_ + 0 } @{$_[0]} };
print "{", join(",", map { my $v = $made{$_}; "\"$_\":" . (ref $v ? "[" . $list->($v) . "]" : $v + 0) } keys %made), "}\n";
sleep 600;
`;

export async function semaphoreRoom(options: { readonly apache?: boolean } = {}): Promise<SemaphoreRoom> {
  const child = spawn('unshare', ['--ipc', 'perl', '-e', MAKE, options.apache === true ? '1' : ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const made = JSON.parse(line) as Omit<SemaphoreRoom, 'enter' | 'close'>;
  return {
    ...made,
    enter: ({ name, argv }) => ({ name, argv: ['nsenter', `--ipc=/proc/${child.pid}/ns/ipc`, ...argv] }),
    close: () => end(child),
  };
}

/** Its children are in its process group. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}
