#define _GNU_SOURCE
#include "CBrokers.h"

#include <sys/mman.h>

int cbrokers_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }
