#ifndef CBROKERS_H
#define CBROKERS_H

// What Swift's module of the C library leaves out: epoll(7), eventfd(2), signalfd(2), statfs(2).
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/vfs.h>

#include <stdint.h>

// openat2(2), for which glibc has no function; syscall(2) is variadic, which Swift cannot call.
// `flags` and `resolve` are those of struct open_how. A negative result leaves the reason in errno.
int cbrokers_openat2(int directory, const char *path, uint64_t flags, uint64_t resolve);

// memfd_create(2), closed on exec; glibc declares it for programs of _GNU_SOURCE only. A negative
// result leaves the reason in errno.
int cbrokers_memory_file(const char *name);

#endif
