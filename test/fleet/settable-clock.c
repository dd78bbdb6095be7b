/*
 * A clock of its own for one host of the fleet. All hosts share the kernel of this machine, and so its clock, which no test may set.
 * Loaded into every program by /etc/ld.so.preload, this shows them a clock that is off by what /run/host-clock says, and keeps what they
 * set in that file: date -s, hwclock, chronyd (which steps it and slews it) work on it, and none of them reaches the kernel's.
 * Times of files are those of the kernel all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define BILLION 1000000000LL
#define SHOWN __attribute__((visibility("default")))

struct host_clock {
  int64_t ahead, since; /* ns ahead of the kernel at that moment of CLOCK_MONOTONIC */
  int64_t gains;        /* ns gained each 1000 s from then on */
  int64_t tick, frequency, status;
};
static struct host_clock *host;
static int settable;

static int64_t kernel_time(clockid_t clock) {
  struct timespec now;
  syscall(SYS_clock_gettime, clock, &now);
  return now.tv_sec * BILLION + now.tv_nsec;
}

__attribute__((constructor)) static void start(void) {
  int file = open("/run/host-clock", O_RDWR | O_CLOEXEC);
  settable = file >= 0;
  if (file < 0) file = open("/run/host-clock", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  host = mmap(0, sizeof *host, settable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (host == MAP_FAILED) host = 0;
  if (host && settable && host->tick == 0) host->tick = 10000, host->status = STA_UNSYNC;
}

static int64_t ahead(void) {
  if (!host) return 0;
  __int128 gained = (__int128)(kernel_time(CLOCK_MONOTONIC) - host->since) * host->gains;
  return host->ahead + (int64_t)(gained / (1000 * BILLION));
}

static int move(int64_t by) {
  if (!host || !settable) return errno = EPERM, -1;
  host->ahead = ahead() + by;
  host->since = kernel_time(CLOCK_MONOTONIC);
  return 0;
}

SHOWN int clock_gettime(clockid_t clock, struct timespec *now) {
  long failed = syscall(SYS_clock_gettime, clock, now);
  if (failed || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE && clock != CLOCK_TAI)) return failed;
  int64_t time = now->tv_sec * BILLION + now->tv_nsec + ahead();
  now->tv_sec = time / BILLION;
  now->tv_nsec = time % BILLION;
  return 0;
}

SHOWN int gettimeofday(struct timeval *now, void *zone) {
  struct timespec time;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

SHOWN time_t time(time_t *now) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (now) *now = time.tv_sec;
  return time.tv_sec;
}

SHOWN int clock_settime(clockid_t clock, const struct timespec *to) {
  struct timespec now;
  if (clock != CLOCK_REALTIME) return errno = EINVAL, -1;
  clock_gettime(clock, &now);
  return move((to->tv_sec - now.tv_sec) * BILLION + to->tv_nsec - now.tv_nsec);
}

SHOWN int settimeofday(const struct timeval *to, const struct timezone *zone) {
  (void)zone;
  if (!to) return 0;
  struct timespec time = {to->tv_sec, to->tv_usec * 1000};
  return clock_settime(CLOCK_REALTIME, &time);
}

SHOWN int adjtime(const struct timeval *by, struct timeval *left) {
  if (left) left->tv_sec = left->tv_usec = 0;
  return by ? move(by->tv_sec * BILLION + by->tv_usec * 1000LL) : 0;
}

SHOWN int clock_adjtime(clockid_t clock, struct timex *asked) {
  (void)clock;
  unsigned modes = asked->modes;
  if (modes && move(0)) return -1;
  if (modes & ADJ_SETOFFSET) move(asked->time.tv_sec * BILLION + asked->time.tv_usec * (modes & ADJ_NANO ? 1LL : 1000LL));
  if ((modes & ADJ_OFFSET_SINGLESHOT) == ADJ_OFFSET_SINGLESHOT && !(modes & 0x2000)) move(asked->offset * 1000LL);
  if (modes & ADJ_STATUS) host->status = asked->status;
  if (modes & ADJ_TICK) host->tick = asked->tick;
  if (modes & ADJ_FREQUENCY) host->frequency = asked->freq;
  if (modes) host->gains = (host->tick - 10000) * 100000000LL + host->frequency * 1000000LL / 65536;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  asked->offset = 0;
  asked->freq = host ? host->frequency : 0;
  asked->tick = host ? host->tick : 10000;
  asked->status = host ? host->status : 0;
  asked->maxerror = asked->esterror = 0;
  asked->constant = 2;
  asked->precision = 1;
  asked->tolerance = 32768000;
  asked->time.tv_sec = now.tv_sec;
  asked->time.tv_usec = now.tv_nsec / 1000;
  return asked->status & STA_UNSYNC ? TIME_ERROR : TIME_OK;
}

SHOWN int adjtimex(struct timex *asked) { return clock_adjtime(CLOCK_REALTIME, asked); }
SHOWN int ntp_adjtime(struct timex *asked) { return clock_adjtime(CLOCK_REALTIME, asked); }
