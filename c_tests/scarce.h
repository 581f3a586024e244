#ifndef DIO_SCARCE_H
#define DIO_SCARCE_H

/* Memory that runs out when a test wants it to. These functions stand in for the C library's in the whole program, the
   shared library included, which is the one that ships. Include first, in one file: it asks for GNU's names. */

#define _GNU_SOURCE

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What counts as large. */
#define LARGE ((size_t)64 << 10)

/* The large allocation that fails, from 1; 0 = none. Allocations before it are counted, and blocks that live. */
static long scarce_at, scarce_seen, scarce_live;

/* Whether the allocation that was to fail has been asked for. */
static int scarce_struck(void)
{
    return __atomic_load_n(&scarce_seen, __ATOMIC_SEQ_CST) >= __atomic_load_n(&scarce_at, __ATOMIC_SEQ_CST);
}

static void scarce_begin(long at)
{
    __atomic_store_n(&scarce_seen, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&scarce_at, at, __ATOMIC_SEQ_CST);
}

/* Memory is there again. Returns whether it ran out. */
static int scarce_end(void)
{
    int struck = scarce_struck();
    __atomic_store_n(&scarce_at, 0, __ATOMIC_SEQ_CST);
    return struck;
}

static long scarce_blocks(void)
{
    return __atomic_load_n(&scarce_live, __ATOMIC_SEQ_CST);
}

/* Sanitizers have an allocator of their own, which nothing stands in for. */
#if !defined(__SANITIZE_ADDRESS__)

static int scarce(size_t size)
{
    long at = __atomic_load_n(&scarce_at, __ATOMIC_SEQ_CST);
    if (size < LARGE || at == 0)
        return 0;
    return __atomic_add_fetch(&scarce_seen, 1, __ATOMIC_SEQ_CST) == at;
}

static void *scarce_counted(void *block)
{
    if (block != NULL)
        __atomic_add_fetch(&scarce_live, 1, __ATOMIC_SEQ_CST);
    else
        errno = ENOMEM;
    return block;
}

/* What the C library calls itself. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

void *malloc(size_t size)
{
    return scarce_counted(scarce(size) ? NULL : __libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return scarce_counted(scarce(size != 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size)
                              ? NULL
                              : __libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    if (block == NULL)
        return malloc(size);
    /* Only what grows can fail: memory that is given back is not asked for. */
    if (scarce(size)) {
        errno = ENOMEM;
        return NULL;
    }
    void *moved = __libc_realloc(block, size);
    if (moved == NULL && size == 0)
        __atomic_sub_fetch(&scarce_live, 1, __ATOMIC_SEQ_CST);
    return moved;
}

void *memalign(size_t alignment, size_t size)
{
    return scarce_counted(scarce(size) ? NULL : __libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *made = memalign(alignment, size);
    if (made == NULL)
        return ENOMEM;
    *block = made;
    return 0;
}

void free(void *block)
{
    if (block != NULL)
        __atomic_sub_fetch(&scarce_live, 1, __ATOMIC_SEQ_CST);
    __libc_free(block);
}

/* Large pixel buffers and the stacks of threads come from here. */
void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    if (scarce(size)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    void *map = (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
    if (map != MAP_FAILED)
        __atomic_add_fetch(&scarce_live, 1, __ATOMIC_SEQ_CST);
    return map;
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    return mmap(address, size, protection, flags, file, offset);
}

int munmap(void *address, size_t size)
{
    __atomic_sub_fetch(&scarce_live, 1, __ATOMIC_SEQ_CST);
    return (int)syscall(SYS_munmap, address, size);
}

#endif

#endif
