#pragma once

#include <sys/types.h>

ssize_t send_fds(int sock, const void *data, size_t count, const int *fds, int n);
ssize_t receive_fds(int sock, void *data, size_t count, int *fds, int room, int *got);

// Sends and receives as its words say; see exchange.c.
int exchange(const char *type, char **words);

// See routes.c.
int to_address(const char *name, const char *relative);
int disconnect(void);
int before_accept(const char *name);
int relay(void);
int conversation(void);
int sockets_over_sockets(void);

// Programs that run until a signal ends them; -1 when `argv` names none of them.
int run_lasting(int argc, char **argv);

// A program where some system calls fail; -1 when `argv` does not ask for that.
int run_forbidden(int argc, char **argv);

// A pass by 32-bit calls; -1 when `argv` does not ask for that, 77 where there are none.
int run_compat(int argc, char **argv);

// Messages of every kind; -1 when `argv` does not ask for that.
int run_varied(int argc, char **argv);

// Programs with ways of their own; -1 when `argv` names none of them.
int run_guest(int argc, char **argv);

// Calls that signals interrupt; -1 when `argv` names none of them.
int run_interrupted(int argc, char **argv);

// Programs with tables of their own kind; -1 when `argv` names none of them.
int run_tables(int argc, char **argv);

// One call that somebody else may change; -1 when `argv` does not ask for that.
int run_changed(int argc, char **argv);

// Programs that make one mistake each, and some that make none; -1 when `argv` names none.
int run_mistake(int argc, char **argv);

// A server and clients of a park; see parking.c.
int parking(int argc, char **argv);
