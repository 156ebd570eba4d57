// The least that any tracer costs: stops processes where strace does, and looks at nothing.
// `bare run PROGRAM [ARGUMENT...]` picks sendmsg and recvmsg by a seccomp filter;
// `bare attach PID...` stops at every call, as there is no filter to be had.
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  follow = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
           PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP,
};

static void seize(pid_t pid, long options) {
  if (ptrace(PTRACE_SEIZE, pid, NULL, options) == -1) _exit(3);
}

// The program begins when its tracer is there.
static void start(char **command) {
  struct sock_filter picks[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvmsg, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof picks / sizeof *picks, picks};
  int gate[2];
  if (pipe(gate) == -1) _exit(3);
  pid_t child = fork();
  if (child == 0) {
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) != 1) _exit(3);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == -1) _exit(3);
    execvp(command[0], command);
    _exit(3);
  }
  seize(child, follow | PTRACE_O_EXITKILL);
  if (write(gate[1], "", 1) != 1) _exit(3);
  close(gate[0]);
  close(gate[1]);
}

static void serve(pid_t tid, int status, int is_filtered) {
  int signal = WSTOPSIG(status), event = status >> 16, next = 0;
  struct __ptrace_syscall_info call = {0};
  int reach = is_filtered ? PTRACE_CONT : PTRACE_SYSCALL;
  if (event == PTRACE_EVENT_SECCOMP || (event == 0 && signal == (SIGTRAP | 0x80))) {
    ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof call, &call);
    if (call.op != PTRACE_SYSCALL_INFO_EXIT) reach = PTRACE_SYSCALL;
  } else if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
    ptrace(PTRACE_LISTEN, tid, NULL, NULL);
    return;
  } else if (event == 0) {
    next = signal;
  }
  ptrace(reach, tid, NULL, (long)next);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  int is_run = !strcmp(argv[1], "run");
  if (is_run) start(argv + 2);
  for (int i = 2; !is_run && i < argc; i++) {
    seize(atoi(argv[i]), follow);
    ptrace(PTRACE_INTERRUPT, atoi(argv[i]), NULL, NULL);
  }
  int status;
  for (pid_t tid; (tid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;)
    if (tid > 0 && WIFSTOPPED(status)) serve(tid, status, is_run);
  return 0;
}
