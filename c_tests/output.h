#ifndef DIO_OUTPUT_H
#define DIO_OUTPUT_H

/* A stream that collects what is written to it, few bytes at a time if it is to, and fails when it is to. */

#include "support.h"

struct output {
    uint8_t *bytes;
    size_t size, at;
    /* Bytes that it takes in one call; 0: all. */
    size_t most;
    /* Bytes that it takes before it fails, and those that it took. */
    size_t fail_after, taken;
    /* Fails once and goes on. */
    int once;
};

static inline int64_t take(void *user, const uint8_t *from, size_t n)
{
    struct output *out = user;
    size_t left = out->fail_after - out->taken;
    if (left == 0) {
        if (out->once)
            out->fail_after = SIZE_MAX;
        return -5;
    }
    if (out->most > 0 && n > out->most)
        n = out->most;
    if (n > left)
        n = left;
    if (out->at + n > out->size) {
        out->bytes = realloc(out->bytes, out->at + n);
        CHECK(out->bytes != NULL);
        out->size = out->at + n;
    }
    memcpy(out->bytes + out->at, from, n);
    out->at += n;
    out->taken += n;
    return (int64_t)n;
}

static inline int64_t move_to(void *user, int64_t offset, int32_t whence)
{
    struct output *out = user;
    int64_t from = whence == 0 ? 0 : whence == 1 ? (int64_t)out->at : (int64_t)out->size;
    if (from + offset < 0 || from + offset > (int64_t)out->size)
        return -1;
    out->at = (size_t)(from + offset);
    return (int64_t)out->at;
}

/* An empty output that never fails. */
static inline struct output output(void)
{
    struct output out = { NULL, 0, 0, 0, SIZE_MAX, 0, 0 };
    return out;
}

static inline DIO_Stream stream_to(struct output *out, int seekable)
{
    DIO_Stream stream = { sizeof stream, 0, out, NULL, take, seekable ? move_to : NULL };
    return stream;
}

#endif
