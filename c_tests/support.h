#ifndef DIO_SUPPORT_H
#define DIO_SUPPORT_H

/* What the C tests share: a claim about a call, small pictures, a folder of their own. */

#include <dio.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* The call returns this code; else the message of the library is shown. */
#define RETURNS(code, call)                                                                       \
    do {                                                                                          \
        DIO_ErrorCode got_ = (call);                                                              \
        if (got_ != (code)) {                                                                     \
            fprintf(stderr, "%s:%d: %s returned %d (%s), not %s\n", __FILE__, __LINE__, #call,    \
                    (int)got_, got_ ? DIO_GetLastErrorMessage() : "ok", #code);                   \
            exit(EXIT_FAILURE);                                                                   \
        }                                                                                         \
    } while (0)

#define OK(call) RETURNS(DIO_EC_OK, call)

/* The call fails with this code, and the message contains these words. */
#define FAILS(code, words, call)                                                                  \
    do {                                                                                          \
        RETURNS(code, call);                                                                      \
        if (strstr(DIO_GetLastErrorMessage(), words) == NULL) {                                   \
            fprintf(stderr, "%s:%d: \"%s\" is not in \"%s\"\n", __FILE__, __LINE__, words,        \
                    DIO_GetLastErrorMessage());                                                   \
            exit(EXIT_FAILURE);                                                                   \
        }                                                                                         \
    } while (0)

/* An image of R, G, B bytes in a pattern that no two neighbours share. */
static inline DIO_ImageData *make_colour(uint32_t width, uint32_t height)
{
    size_t size = (size_t)width * height * 3;
    uint8_t *pixels = malloc(size);
    CHECK(pixels != NULL);
    for (size_t at = 0; at < size; at++)
        pixels[at] = (uint8_t)(at * 7 + at / 31);
    DIO_PixelLayout layout = { sizeof layout, width, height, DIO_IPF_BGR_888, 0, 0, (size_t)width * 3, size };
    DIO_ImageData *image = NULL;
    OK(DIO_ReadFromPixels(pixels, &layout, &image));
    free(pixels);
    return image;
}

/* The same in another pixel format. */
static inline DIO_ImageData *make_image(uint32_t width, uint32_t height, DIO_ImagePixelFormat format)
{
    DIO_ImageData *colour = make_colour(width, height), *image = NULL;
    OK(DIO_ImageDataConvert(colour, format, &image));
    DIO_FreeImageData(colour);
    return image;
}

static inline int same_pixels(const DIO_ImageData *a, const DIO_ImageData *b)
{
    return DIO_ImageDataGetWidth(a) == DIO_ImageDataGetWidth(b) &&
           DIO_ImageDataGetHeight(a) == DIO_ImageDataGetHeight(b) &&
           DIO_ImageDataGetPixelFormat(a) == DIO_ImageDataGetPixelFormat(b) &&
           DIO_ImageDataGetBytesLength(a) == DIO_ImageDataGetBytesLength(b) &&
           memcmp(DIO_ImageDataGetBytes(a), DIO_ImageDataGetBytes(b), DIO_ImageDataGetBytesLength(a)) == 0;
}

/* DIR/NAME in one of a few buffers. */
static inline const char *in_folder(const char *folder, const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* tests/data, the first argument of every test program. */
static inline const char *data_folder(int argc, char **argv)
{
    CHECK(argc > 1);
    return argv[1];
}

#endif
