#ifndef CSOCKETS_H
#define CSOCKETS_H

// accept(2) whose result is closed on exec from the start, where the system can do that in one
// call. Glibc declares accept4 for programs of _GNU_SOURCE only, and a header that Swift imports
// cannot define it. A negative result leaves the reason in errno.
int csockets_accept(int listener);

#endif
