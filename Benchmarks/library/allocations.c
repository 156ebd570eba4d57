// Preloaded, it counts a program's heap allocations and says at the end how many there were.
#include <stddef.h>
#include <stdio.h>

// glibc's own names of its functions, which are not replaced by ours.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static long count;

void *malloc(size_t size) { return ++count, __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return ++count, __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { return ++count, __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return ++count, __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
  return (*result = memalign(alignment, size)) ? 0 : 12;
}

__attribute__((destructor)) static void report(void) { fprintf(stderr, "allocations %ld\n", count); }
