#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A handler may touch only what is async-signal-safe: lock-free atomics and write(2).

enum { wake_slots = 1024 };
static _Atomic int wake_fds[wake_slots];  // descriptor + 1; 0 is free
static _Atomic int wake_slots_used;       // no slot from here on was ever taken
static _Atomic int wakers;                // handlers that may still write to what they have read

static void on_child(int number) {
  (void)number;
  int saved = errno;
  uint64_t one = 1;
  atomic_fetch_add(&wakers, 1);
  int used = atomic_load(&wake_slots_used);
  for (int slot = 0; slot < used; slot++) {
    int fd = atomic_load(&wake_fds[slot]) - 1;
    if (fd >= 0) {
      ssize_t ignored = write(fd, &one, sizeof one);
      (void)ignored;
    }
  }
  atomic_fetch_sub(&wakers, 1);
  errno = saved;
}

int clinux_eventfd(void) {
  int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd == -1 ? -errno : fd;
}

int clinux_child_wake_add(int eventfd) {
  struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGCHLD, &action, NULL) == -1) return -errno;
  for (int slot = 0; slot < wake_slots; slot++) {
    int free = 0;
    if (!atomic_compare_exchange_strong(&wake_fds[slot], &free, eventfd + 1)) continue;
    int used = atomic_load(&wake_slots_used);
    while (used <= slot && !atomic_compare_exchange_weak(&wake_slots_used, &used, slot + 1)) {
    }
    return slot;
  }
  return -ENOSPC;
}

void clinux_block_signal(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

sigset_t clinux_program_mask;

void clinux_keep_mask_for_programs(void) { pthread_sigmask(SIG_SETMASK, NULL, &clinux_program_mask); }

void clinux_stop_ourselves(int number) {
  struct sigaction usual = {.sa_handler = SIG_DFL}, before;
  if (sigaction(number, &usual, &before) == -1) return;
  // To this thread: so it has had its effect when the call returns.
  raise(number);
  sigaction(number, &before, NULL);
}

int clinux_sleep(struct pollfd *requests, unsigned long count, int milliseconds) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, NULL, &mask);
  sigdelset(&mask, SIGCHLD);
  struct timespec timeout = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  int ready = ppoll(requests, count, milliseconds < 0 ? NULL : &timeout, &mask);
  return ready == -1 ? -errno : ready;
}

// The descriptor may be closed after this, and its number may soon be another file's.
void clinux_child_wake_remove(int slot) {
  atomic_store(&wake_fds[slot], 0);
  while (atomic_load(&wakers) > 0) sched_yield();
}

static void on_tick(int number) { (void)number; }

static int tick_signal(void) { return SIGRTMIN + 3; }

static void let_ticks(int how) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, tick_signal());
  pthread_sigmask(how, &set, NULL);
}

// The kernel's own calls: Glibc's header hides where the thread's number goes, and its timer_t may
// be a pointer.
int clinux_ticks_make(void) {
  struct sigaction action = {.sa_handler = on_tick};  // no SA_RESTART: it is to interrupt
  sigemptyset(&action.sa_mask);
  if (sigaction(tick_signal(), &action, NULL) == -1) return -errno;
  let_ticks(SIG_BLOCK);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = tick_signal()};
  event._sigev_un._tid = gettid();
  int timer;
  return syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == -1 ? -errno : timer;
}

void clinux_ticks_set(int timer, int microseconds) {
  struct timespec time = {0, microseconds * 1000L};
  struct itimerspec ticks = {time, time};
  syscall(SYS_timer_settime, timer, 0, &ticks, NULL);
}

void clinux_ticks_remove(int timer) { syscall(SYS_timer_delete, timer); }

int clinux_wait_any(struct clinux_wait *report, bool sleeps) {
  int status;
  pid_t tid;
  // Elsewhere a tick would interrupt what must not be interrupted.
  if (sleeps) let_ticks(SIG_UNBLOCK);
  // Not waitpid: Glibc makes it a cancellation point, which costs about as much as the call itself.
  do tid = syscall(SYS_wait4, -1, &status, (sleeps ? 0 : WNOHANG) | __WALL | __WNOTHREAD, NULL);
  while (tid == -1 && errno == EINTR && !sleeps);
  int error = errno;
  if (sleeps) let_ticks(SIG_BLOCK);
  memset(report, 0, sizeof *report);
  if (tid == -1) return error == EINTR ? 0 : -error;
  report->tid = tid;
  if (WIFEXITED(status)) {
    report->kind = CLINUX_EXITED;
    report->value = WEXITSTATUS(status);
  } else if (WIFSIGNALED(status)) {
    report->kind = CLINUX_KILLED;
    report->value = WTERMSIG(status);
  } else if (WIFSTOPPED(status)) {
    report->kind = CLINUX_STOPPED;
    report->value = WSTOPSIG(status);
    report->event = status >> 16;
  } else {
    report->kind = CLINUX_OTHER;
  }
  return 0;
}

static struct {
  _Atomic int armed;
  int terminal;
  struct termios modes;
  uint8_t bytes[512];
  size_t count;
} restoration;

void clinux_restore_now(void) {
  if (!atomic_exchange(&restoration.armed, 0)) return;
  ssize_t ignored = write(restoration.terminal, restoration.bytes, restoration.count);
  (void)ignored;
  // A background process would be stopped by SIGTTOU instead of restoring.
  sigset_t block, before;
  sigemptyset(&block);
  sigaddset(&block, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &block, &before);
  tcsetattr(restoration.terminal, TCSANOW, &restoration.modes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

enum { MOST_LEFTOVERS = 32, LONGEST_LEFTOVER = 128 };
static struct {
  _Atomic int count;
  char paths[MOST_LEFTOVERS][LONGEST_LEFTOVER];
} leftover;

void clinux_remove_now(void) {
  int count = atomic_exchange(&leftover.count, 0);
  // What is in a folder was added after the folder.
  while (count-- > 0)
    if (unlink(leftover.paths[count]) == -1) rmdir(leftover.paths[count]);
}

static void on_crash(int number) {
  clinux_restore_now();
  clinux_remove_now();
  // SA_RESETHAND put the default back; the signal kills us when the handler returns.
  raise(number);
}

static int catch_fatal_signals(void) {
  static const int fatal[] = {SIGSEGV, SIGBUS,  SIGILL,  SIGFPE, SIGABRT,
                              SIGTRAP, SIGQUIT, SIGPIPE, SIGSYS};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    if (sigaction(fatal[i], &action, NULL) == -1) return -errno;
  }
  return 0;
}

int clinux_remove_at_death(const char *path) {
  int count = atomic_load(&leftover.count);
  if (count == MOST_LEFTOVERS) return -ENOSPC;
  if (strlen(path) >= LONGEST_LEFTOVER) return -ENAMETOOLONG;
  strcpy(leftover.paths[count], path);
  atomic_store(&leftover.count, count + 1);
  return catch_fatal_signals();
}

int clinux_restore_on_crash(int terminal, const struct termios *modes, const uint8_t *bytes,
                            size_t count) {
  if (count > sizeof restoration.bytes) return -ENOSPC;
  restoration.terminal = terminal;
  restoration.modes = *modes;
  memcpy(restoration.bytes, bytes, count);
  restoration.count = count;
  atomic_store(&restoration.armed, 1);
  return catch_fatal_signals();
}

static _Atomic int forward_fds[NSIG];

static void on_forwarded(int number) {
  int saved = errno;
  uint8_t byte = (uint8_t)number;
  ssize_t ignored = write(atomic_load(&forward_fds[number]), &byte, 1);
  (void)ignored;
  errno = saved;
}

int clinux_forward_signal(int number, int fd) {
  if (number < 1 || number >= NSIG) return -EINVAL;
  struct sigaction before;
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return 0;
  atomic_store(&forward_fds[number], fd);
  struct sigaction action = {.sa_handler = on_forwarded, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  return sigaction(number, &action, NULL) == -1 ? -errno : 0;
}

int clinux_default_signal(int number) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigemptyset(&action.sa_mask);
  return sigaction(number, &action, NULL) == -1 ? -errno : 0;
}

void clinux_die(int number) {
  clinux_remove_now();
  clinux_default_signal(number);
  raise(number);
}
