#ifndef DIO_FAULTY_H
#define DIO_FAULTY_H

/* System calls that fail when a test wants them to. These functions stand in for the C library's in the whole program, the
   shared library included. Include first, in one file: it asks for GNU's names. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* What happens: a call that is interrupted or moves one byte only is to be made again, the others are failures. */
enum fault { INTERRUPTED, SHORT, FAILED };

static struct {
    /* The call that it happens to, from 1, or 0; whether it happens to each from there on. */
    long at;
    int all, error;
    enum fault fault;
    /* Calls until now. */
    long seen;
} faulty;

static void faults_begin(long at, int all, enum fault fault, int error)
{
    faulty.seen = 0;
    faulty.fault = fault;
    faulty.error = fault == INTERRUPTED ? EINTR : error;
    faulty.all = all;
    faulty.at = at;
}

/* No more of them. Says whether there was one. */
static int faults_end(void)
{
    int struck = faulty.at != 0 && faulty.seen >= faulty.at;
    faulty.at = 0;
    return struck;
}

/* Whether it happens to this call. Interruptions let every second call through, or nothing would ever be done. */
static int strikes(void)
{
    if (faulty.at == 0)
        return 0;
    long past = ++faulty.seen - faulty.at;
    if (past != 0 && (past < 0 || !faulty.all || (faulty.fault == INTERRUPTED && past % 2 != 0)))
        return 0;
    if (faulty.fault != SHORT)
        errno = faulty.error;
    return 1;
}

/* Moves bytes as the call would, unless it fails. */
#define MOVES(call, n)                                                   \
    int struck_ = strikes();                                             \
    if (struck_ && faulty.fault != SHORT)                                \
        return -1;                                                       \
    size_t most_ = struck_ && (n) > 1 ? 1 + (n) / 3 : (n);               \
    return (ssize_t)(call)

ssize_t read(int file, void *to, size_t n)
{
    MOVES(syscall(SYS_read, file, to, most_), n);
}

ssize_t write(int file, const void *from, size_t n)
{
    MOVES(syscall(SYS_write, file, from, most_), n);
}

ssize_t pread64(int file, void *to, size_t n, off_t at)
{
    MOVES(syscall(SYS_pread64, file, to, most_, at), n);
}

ssize_t pwrite64(int file, const void *from, size_t n, off_t at)
{
    MOVES(syscall(SYS_pwrite64, file, from, most_, at), n);
}

/* What has no part that could be done is done, unless it fails. */
#define DOES(call)                                   \
    if (faulty.fault != SHORT && strikes())          \
        return -1;                                   \
    return (call)

int fsync(int file)
{
    DOES((int)syscall(SYS_fsync, file));
}

int ftruncate64(int file, off_t len)
{
    DOES((int)syscall(SYS_ftruncate, file, len));
}

/* These are never interrupted. */
#define MOVES_NAMES(call)                               \
    if (faulty.fault == FAILED && strikes())            \
        return -1;                                      \
    return (call)

off_t lseek64(int file, off_t offset, int whence)
{
    MOVES_NAMES(syscall(SYS_lseek, file, offset, whence));
}

int rename(const char *from, const char *to)
{
    MOVES_NAMES((int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    MOVES_NAMES((int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

#endif
