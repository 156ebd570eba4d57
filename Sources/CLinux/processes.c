#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Without the filter the program runs all the same, only slower; whoever traces it can see in
// /proc whether it took. Only those without privileges have to give up setuid programs for it.
static void install_filter(const struct clinux_spawn *spawn) {
  struct sock_fprog program = {spawn->filter_count, (struct sock_filter *)spawn->filter};
  if (program.len == 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0) return;
  if (errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

_Static_assert(sizeof(struct clinux_filter_step) == sizeof(struct sock_filter), "same layout");

extern sigset_t clinux_program_mask;  // signals.c

// A handler of ours must not run in the child. What was ignored when we began stays ignored, as it
// would have without us (nohup); we ourselves ignore nothing that we did not find so.
static void reset_handlers(void) {
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
      signal(number, SIG_DFL);
  }
}

// What is given goes out of the way first, as it may stand where another is to go.
static int place_given(const struct clinux_spawn *spawn, int *failure) {
  enum { MOST = 16, OUT_OF_THE_WAY = 64 };
  int moved[MOST];
  if (spawn->given_count > MOST) {
    errno = EMFILE;
    return -1;
  }
  *failure = fcntl(*failure, F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
  for (int i = 0; i < spawn->given_count; i++) {
    moved[i] = fcntl(spawn->given[i], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY);
    if (moved[i] == -1) return -1;
  }
  for (int i = 0; i < spawn->given_count; i++)
    if (dup2(moved[i], 3 + i) == -1) return -1;
  return 0;
}

// Between fork and exec only async-signal-safe calls may be made, and Swift promises none.
static _Noreturn void run_child(const struct clinux_spawn *spawn, int go, int failure) {
  if (spawn->terminal >= 0) {
    setsid();
    if (ioctl(spawn->terminal, TIOCSCTTY, 0) == -1) goto failed;
    for (int fd = 0; fd < 3; fd++)
      if (dup2(spawn->terminal, fd) == -1) goto failed;
  }
  char byte;
  ssize_t got;
  do got = read(go, &byte, 1);
  while (got == -1 && errno == EINTR);
  if (got != 1) _exit(127);  // the inspector is gone
  reset_handlers();
  sigprocmask(SIG_SETMASK, &clinux_program_mask, NULL);
  // Our own descriptors are close-on-exec; this is about what our parent left open for us.
  if (spawn->close_inherited) syscall(SYS_close_range, 3, ~0U, 4 /* CLOSE_RANGE_CLOEXEC */);
  if (spawn->given_count > 0 && place_given(spawn, &failure) == -1) goto failed;
  install_filter(spawn);
  execve(spawn->path, spawn->argv, spawn->envp);
failed:;
  int error = errno;
  ssize_t ignored = write(failure, &error, sizeof error);
  (void)ignored;
  _exit(127);
}

pid_t clinux_spawn_held(const struct clinux_spawn *spawn, int *go, int *failure) {
  int go_pipe[2], failure_pipe[2];
  if (pipe2(go_pipe, O_CLOEXEC) == -1) return -errno;
  if (pipe2(failure_pipe, O_CLOEXEC) == -1) {
    int error = errno;
    close(go_pipe[0]);
    close(go_pipe[1]);
    return -error;
  }
  // Handlers of ours must not run in the child before it has reset them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) {
    close(go_pipe[1]);
    run_child(spawn, go_pipe[0], failure_pipe[1]);
  }
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(go_pipe[0]);
  close(failure_pipe[1]);
  if (pid == -1) {
    close(go_pipe[1]);
    close(failure_pipe[0]);
    return -error;
  }
  *go = go_pipe[1];
  *failure = failure_pipe[0];
  return pid;
}

int clinux_set_window_size(int terminal, unsigned short columns, unsigned short rows) {
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  return ioctl(terminal, TIOCSWINSZ, &size) == -1 ? -errno : 0;
}
